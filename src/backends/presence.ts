import type { TableName } from "../model/family.js";

/** What one backend has of the five tables of a family, found without making or loading anything. */
export interface Presence {
  /** The kernel has this backend in it now: what is not loaded is not there. */
  readonly available: boolean;
  /** The tables that exist, in the kernel's order. */
  readonly tables: readonly TableName[];
  /** Those of them that say anything: a rule, a chain of the user's, or a policy other than ACCEPT. */
  readonly holding: readonly TableName[];
  /** The kernel tells only the root of the machine what there is: this is a user namespace. */
  readonly hidden?: true;
}

export const NOTHING: Presence = Object.freeze({ available: false, tables: [], holding: [] });
