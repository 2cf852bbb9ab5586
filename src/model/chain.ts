import { RampartError } from "../errors.js";
import type { Counters } from "./counters.js";
import type { Policy } from "./family.js";
import { isVerdict } from "./rule.js";
import type { Slots } from "./rule-list.js";

/** One chain of one table, as a value. */
export interface Chain {
  readonly name: string;
  /** The name under which the kernel had it when the table was read; absent on a chain made since. */
  readonly origin?: string;
  readonly builtIn: boolean;
  /** Of built-in chains. Absent in a rule set that leaves the policy as it is. */
  readonly policy?: Policy;
  readonly counters: Counters;
  readonly slots: Slots;
}

/** `XT_EXTENSION_MAXNAMELEN` less one, linux/netfilter/x_tables.h: a jump names its chain in that field. */
const LONGEST = 28;

/** Refuses what iptables -N refuses, and what would break a rules file: see conformance facts 5.10 and 6. */
export function checkChainName(chain: string): void {
  const refuse = (problem: string): never => {
    throw new RampartError("chain-name", { chain, problem });
  };
  if (chain === "") refuse("it is empty");
  if (new TextEncoder().encode(chain).length > LONGEST) refuse(`it is longer than ${LONGEST} bytes`);
  if (/^[-!]/.test(chain)) refuse(`it begins with "${chain[0]}"`);
  if (/[\s"\0]/.test(chain)) refuse("it holds white space or a quote");
  if (isVerdict(chain)) refuse("it is a verdict");
}
