import type { Layout, Struct } from "../codec/struct.js";
import type { Family } from "../model/family.js";
import type { Names } from "../model/names.js";
import type { Profile } from "../model/profile.js";
import type { Options } from "../model/rule.js";
import type { Rewrite } from "./option-form.js";

/** What a rule may refer to by name, and only the kernel or the namespace that it goes to can have. Sets are numbers there. */
export type ObjectKind = "nfacct" | "conntrack timeout" | "conntrack helper" | "bpf program" | "cgroup";
export interface KernelObject {
  readonly kind: ObjectKind;
  readonly name: string;
}

/** What a value may need that is not in the rule. */
export interface Context {
  readonly family: Family;
  readonly names: Names;
  /** Whose words are read and said. */
  readonly profile: Profile;
  /** The kernel's number of an ipset; throws "no-such-set". */
  setIndex(name: string): number;
  setName(index: number): string;
  /** Told of each object that a rule refers to, where rules go to a kernel; may refuse it. */
  readonly need?: ((object: KernelObject, rule: RuleFacts) => void) | undefined;
}
/** What an extension may need to know of the rule it stands in. */
export interface RuleFacts {
  readonly protocol: number | undefined;
  readonly notProtocol: boolean;
}

/** One option as words: what a parser and a printer need of it. */
export interface OptionSpec {
  /** How many words follow the option. */
  readonly words: number;
  readonly negatable: boolean;
  /** Words at the edges of what can be said, and just beyond. */
  readonly edges?: readonly string[];
  /** The word may be missing. */
  readonly optional?: boolean;
  /** The one family that has the option. */
  readonly only?: Family;
  /** `!` on the command line becomes another plain value. */
  readonly fold?: ((value: never) => unknown) | undefined;
  parse(words: readonly string[], ctx: Context): unknown;
  print(value: unknown, ctx: Context): string;
  /** What iptables-save says where the option is not given. */
  readonly unsaid?: ((ctx: Context) => string) | undefined;
  /** Whether iptables-save says anything about the option; unless told, it does. */
  readonly printed?: ((options: Options, ctx: Context) => boolean) | undefined;
}
/** What an alias stands for: the words of other options. */
export type Alias = readonly string[] | ((word: string, ctx: Context) => readonly string[]);

/** One match or target: all that the rest of Rampart knows about it. */
export interface Extension {
  readonly kind: "match" | "target";
  /** The name in text and in the model. */
  readonly name: string;
  /** The name the kernel knows it by. */
  readonly wire: string;
  /** The same over other revisions of the struct: what was read from one is written back to it. */
  readonly others: readonly Extension[];
  /** A face of another extension: it recognises its own bytes, and is asked before the one it is a face of. */
  readonly tagged: boolean;
  /** Its bytes depend on the namespace (the index of an ipset), so they are never kept. */
  readonly local: boolean;
  /** Its words depend on the names that the host has for numbers, so they are never kept. */
  readonly named: boolean;
  /** It refers to objects of the kernel, which are looked for before the commit. */
  readonly refers: boolean;
  /** `by` begins another element; of what stands behind it, `keys` belong to the last element begun. */
  readonly again: { readonly by: string; readonly keys: readonly string[] } | undefined;
  /** camelCase key → option; key order is print order. */
  readonly specs: Readonly<Record<string, OptionSpec>>;
  /** `--word`, or `! --word` where only the negated form is another one. */
  readonly aliases: Readonly<Record<string, Alias>>;
  /** Undefined where the family has no such extension. */
  revision(family: Family): number | undefined;
  /** The kernel's info struct. */
  struct(family: Family): Struct<Layout> | undefined;
  /** Bytes of the info struct, padded as the kernel pads it. */
  size(family: Family): number;
  owns(bytes: Uint8Array, base: number, family: Family): boolean;
  /** Writes `size(family)` bytes at `base`, whatever stood there. */
  encode(bytes: Uint8Array, base: number, options: Options, ctx: Context): void;
  /** How the option's value is put into bytes that hold another one, where that is all there is to do. */
  rewriter(key: string, family: Family): Rewrite | undefined;
  decode(bytes: Uint8Array, base: number, ctx: Context): Options;
  /** Whether both hold the same values: the kernel's scratch and what stands behind a NUL do not count. */
  same(a: Uint8Array, aBase: number, b: Uint8Array, bBase: number, family: Family): boolean;
  /** Options in declared order, without what the struct holds anyway, with what it shows anyway. */
  settle(options: Options): Options;
  /** The one form of options that were made by hand; refuses what is none of the extension's. */
  canonical(options: Options): Options;
  /** What the options must satisfy together. Throws "invalid-value". */
  checkOptions(options: Options, ctx: Context): void;
  /** What the rule around must satisfy. Throws "invalid-value". */
  readonly checkRule: ((options: Options, rule: RuleFacts, ctx: Context) => void) | undefined;
  /** Both checks. */
  check(options: Options, ctx: Context, rule: RuleFacts): void;
  /** "-m conntrack --ctstate NEW" */
  print(options: Options, ctx: Context): string;
}
