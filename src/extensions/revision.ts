import type { Layout, Struct, Values } from "../codec/struct.js";
import type { AnyOption, Option } from "./option-form.js";
import type { PerFamily } from "./plan.js";

/**
 * Another revision of an extension's struct, as an older program or kernel leaves it in a table. It is read into the same
 * options, and written back as it was; what is made anew has the extension's own revision.
 */
export interface Revision {
  readonly revision: PerFamily<number>;
  readonly info: PerFamily<Struct<Layout>>;
  /** The options that this struct can say, by the extension's own keys. */
  readonly options: Readonly<Record<string, AnyOption>>;
  /** The kernel's name for it, where it was an extension of its own. */
  readonly wire: string | undefined;
  readonly fixed: Readonly<Record<string, number>> | undefined;
}
interface RevisionSpec<L extends Layout> {
  readonly revision: PerFamily<number>;
  readonly info: PerFamily<Struct<L>>;
  // biome-ignore lint/suspicious/noExplicitAny: of every value; that the struct has their fields is checked
  readonly options: Readonly<Record<string, Option<Values<L>, any, boolean>>>;
  readonly wire?: string;
  readonly fixed?: Readonly<Record<string, number>>;
}
/** @example revision({ revision: 1, info: struct("xt_socket_mtinfo1", …), options: { transparent: flag(1) } }) */
export const revision = <L extends Layout>(spec: RevisionSpec<L>): Revision => ({
  wire: undefined,
  fixed: undefined,
  ...(spec as unknown as Pick<Revision, "revision" | "info" | "options">),
});
