import type { BackendChoice } from "../backends/choose.js";
import type { Capability } from "../host/capabilities.js";
import type { InstalledIptables } from "../host/installed-iptables.js";
import type { ModuleState } from "../host/kernel-modules.js";
import type { Family, Policy, TableName } from "../model/family.js";

/** One table as it was found. */
export interface FoundTable {
  readonly table: TableName;
  /** It says something: a rule, a chain of the user's, a policy other than ACCEPT. */
  readonly holds: boolean;
  readonly rules: number;
  /** The user's chains. */
  readonly chains: readonly string[];
}
/** One backend, for one family. */
export interface FoundBackend {
  /** The kernel has it in it now. */
  readonly available: boolean;
  readonly tables: readonly FoundTable[];
  /** It cannot be told: of legacy tables the kernel tells only the root of the machine, and this is a user namespace. */
  readonly hidden?: true;
}
export interface FamilyDiagnosis {
  /** What `open` takes, and why; undefined where it refuses, and then `problems` say why. */
  readonly choice?: BackendChoice;
  readonly legacy: FoundBackend;
  readonly nft: FoundBackend;
  readonly installed?: InstalledIptables;
}
/** A table of nf_tables that is none of iptables', or a base chain of another program's in one that is. */
export interface ForeignTable {
  /** As nft calls it: ip, ip6, inet, arp, bridge, netdev. */
  readonly family: string;
  readonly table: string;
  /** Whose it is, as far as its name tells. */
  readonly owner?: string;
  /** Its rules are not asked. */
  readonly dormant: boolean;
  readonly baseChains: readonly {
    readonly chain: string;
    readonly hook: string;
    readonly priority: number;
    readonly policy?: Policy;
  }[];
}
/** Chains that another program keeps up among iptables' tables. */
export interface Neighbour {
  readonly owner: string;
  readonly family: Family;
  readonly backend: "legacy" | "nft";
  readonly table: TableName;
  readonly chains: readonly string[];
}
export interface Problem {
  /** An error is in the way of what Rampart does; a warning will surprise somebody; a note is for those who wonder. */
  readonly severity: "error" | "warning" | "note";
  readonly problem: string;
  readonly remedy?: string;
}
/** What `diagnose` found. Safe for JSON. */
export interface Diagnosis {
  /** Nothing is in the way: no problem is an error. */
  readonly healthy: boolean;
  readonly kernel: string;
  readonly namespace?: string;
  readonly families: { readonly [F in Family]: FamilyDiagnosis };
  readonly modules: { readonly [name: string]: ModuleState };
  readonly foreign: readonly ForeignTable[];
  readonly neighbours: readonly Neighbour[];
  /** Undefined where the kernel has no sets, or one may not look. */
  readonly sets?: number;
  readonly lock: { readonly path: string; readonly holder?: number; readonly holderName?: string };
  /** Undefined where /proc does not tell. */
  readonly capabilities?: readonly Capability[];
  readonly problems: readonly Problem[];
}
