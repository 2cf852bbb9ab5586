import type { Counters } from "../model/counters.js";
import type { Family, Policy, TableName } from "../model/family.js";
import type { Rule } from "../model/rule.js";

/** One line of a rules file, or a run of -A lines to one chain. `line` counts from 1. */
export type Command =
  /** `:NAME POLICY [packets:bytes]` */
  | {
      readonly command: "chain";
      readonly chain: string;
      readonly policy?: Policy;
      readonly counters?: Counters;
      readonly line: number;
    }
  /** `lines[i]` is where `rules[i]` stands. */
  | {
      readonly command: "append";
      readonly chain: string;
      readonly rules: readonly Rule[];
      readonly lines: readonly number[];
      readonly line: number;
    }
  | {
      readonly command: "insert";
      readonly chain: string;
      readonly number: number;
      readonly rules: readonly Rule[];
      readonly line: number;
    }
  | {
      readonly command: "replace";
      readonly chain: string;
      readonly number: number;
      readonly rule: Rule;
      readonly line: number;
    }
  | {
      readonly command: "delete";
      readonly chain: string;
      readonly rule: number | readonly Rule[];
      readonly line: number;
    }
  | {
      readonly command: "check";
      readonly chain: string;
      readonly rules: readonly Rule[];
      readonly line: number;
    }
  | { readonly command: "flush"; readonly chain?: string; readonly line: number }
  | { readonly command: "zero"; readonly chain?: string; readonly number?: number; readonly line: number }
  | { readonly command: "new-chain"; readonly chain: string; readonly line: number }
  | { readonly command: "delete-chain"; readonly chain?: string; readonly line: number }
  | { readonly command: "rename-chain"; readonly chain: string; readonly to: string; readonly line: number }
  | {
      readonly command: "policy";
      readonly chain: string;
      readonly policy: Policy;
      readonly counters?: Counters;
      readonly line: number;
    }
  /** `-L` and `-S` in a file print in iptables-restore; here they do nothing. */
  | { readonly command: "list"; readonly chain?: string; readonly line: number };

/** What stands between `*table` and `COMMIT`. */
export interface TableSection {
  readonly table: TableName;
  readonly line: number;
  readonly commands: readonly Command[];
}
/** A rules file: its tables in order. A table may come twice; each time is a commit of its own. */
export interface RulesFile {
  readonly family: Family;
  readonly tables: readonly TableSection[];
}
