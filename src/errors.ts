/** Where in a text something is wrong. Lines and columns count from 1; `source` is that line as it stands. */
export interface Place {
  readonly file?: string;
  readonly line: number;
  readonly column: number;
  /** How many characters are at fault; 1 unless given. */
  readonly length?: number;
  readonly source: string;
}

/** One thing that is wrong in a text. */
export interface Mistake {
  readonly problem: string;
  readonly place: Place;
}

/** Where in a firewall something is wrong, as far as it is known. Rule numbers count from 1, as iptables counts. */
export interface Spot {
  readonly family?: "ipv4" | "ipv6";
  readonly table?: string;
  readonly chain?: string;
  readonly ruleNumber?: number;
  /** The rule as text, when it can be written as text. */
  readonly rule?: string;
  /** Where the rule stands in the text that it came from. */
  readonly place?: Place;
}

export interface SystemFailure {
  readonly errno: number;
  /** The errno's name, `EINVAL` and the like. */
  readonly errorName: string;
  readonly syscall: string;
}

/** Why a change was taken back: `late` is a commit that came after the deadline. */
export type RollbackReason = "deadline" | "request" | "caller-died" | "caller-exited" | "late";
/** What became of one table, or of all tables of nf_tables. */
export interface RollbackOutcome {
  /** `4.filter` is the xtables table filter of IPv4; `nft.4` are those of iptables-nft. */
  readonly part: string;
  /** `restored` to what was there before; `same`: it still was; `anew`: with the tables made anew, and so without what others had in them. */
  readonly outcome: "restored" | "same" | "anew" | "failed";
  readonly errno?: number;
  readonly errorName?: string;
  /** Others had changed it in the meantime. */
  readonly foreign: boolean;
}

/** What each error code carries. The code is stable; the sentence is not. */
export interface ErrorContexts {
  /** A text that is no rule, no rules file, no command line. */
  syntax: {
    readonly problem: string;
    readonly place?: Place;
    /** What else is wrong in a rules file, in its order: 20 at most are shown. */
    readonly more?: readonly Mistake[];
    /** How many wrong lines there are beside those. */
    readonly untold?: number;
  };
  /** An option value that cannot be, met outside of a text. */
  "invalid-value": { readonly problem: string };
  /** A rule value that no kernel could hold. */
  "invalid-rule": { readonly problem: string } & Spot;
  "unknown-extension": {
    readonly kind: "match" | "target";
    readonly name: string;
    readonly family: string;
  } & Omit<Spot, "family">;
  /** A rule that holds something Rampart keeps as bytes only, where text was asked for. */
  opaque: { readonly kind: "match" | "target"; readonly name: string; readonly revision: number } & Spot;
  "no-such-chain": { readonly table: string; readonly chain: string };
  "chain-exists": { readonly table: string; readonly chain: string };
  "chain-name": { readonly chain: string; readonly problem: string };
  "chain-in-use": { readonly table: string; readonly chain: string; readonly references: number };
  "chain-not-empty": { readonly table: string; readonly chain: string; readonly rules: number };
  "built-in-chain": { readonly table: string; readonly chain: string; readonly problem: string };
  "no-such-rule": { readonly table: string; readonly chain: string; readonly rule?: string };
  "rule-number": {
    readonly table: string;
    readonly chain: string;
    readonly number: number;
    readonly length: number;
  };
  policy: { readonly table: string; readonly chain: string; readonly policy: string };
  "no-such-table": { readonly table: string };
  /** The table is not what it was when it was read. */
  conflict: { readonly family: string; readonly table: string };
  /** Both hold rules of that family, in these tables, so that none of them can be meant without saying so. */
  "both-backends": {
    readonly family: string;
    readonly legacy: readonly string[];
    readonly nft: readonly string[];
  };
  /** The rules would cut off somebody who is there, or may. Nothing was written. */
  lockout: {
    /** Who, to which port. */
    readonly endpoint: string;
    /** How it is known that he is there. */
    readonly found: string;
    readonly verdict: "cut" | "unproved";
    readonly problem: string;
    /** A rule that helps, in iptables' words; that it does has been judged. */
    readonly fix?: string;
    /** All that was found: a `SafetyReport`. */
    readonly report: object;
  } & Spot;
  /** Rules cannot be carried from one backend to the other. */
  migration: { readonly problem: string; readonly family?: string; readonly table?: string };
  "lock-timeout": {
    readonly path: string;
    readonly waited: number;
    readonly holder?: number;
    readonly holderName?: string;
  };
  permission: { readonly operation: string } & SystemFailure;
  /** The kernel has no such table or no iptables at all, and nothing has loaded it. */
  "module-missing": { readonly module: string } & SystemFailure;
  /** The kernel said no. `applied` tells whether the table changed all the same. */
  kernel: { readonly problem: string; readonly applied: boolean } & SystemFailure & Spot;
  /** Something in the tables that is none of iptables', in the way of what was asked. Nothing was written. */
  foreign: { readonly problem: string; readonly handle?: number } & Spot;
  "no-such-set": { readonly set: string; readonly family: string } & Omit<Spot, "family">;
  /** A rule names something that must be in the kernel, or in the namespace, before the rule is. Nothing was written. */
  "no-such-object": {
    readonly kind: string;
    readonly name: string;
    readonly family: string;
    readonly problem: string;
    /** What to do. */
    readonly remedy: string;
  } & Omit<Spot, "family">;
  /** The kernel refused something of a set. */
  set: {
    /** The command in ipset's words. */
    readonly operation: string;
    readonly set: string;
    readonly type?: string;
    /** The entry at fault, and which of those given it was, from 0. */
    readonly entry?: string;
    readonly index?: number;
    readonly problem: string;
    /** What to do. */
    readonly remedy: string;
    readonly errno: number;
    /** `IPSET_ERR_HASH_FULL` and the like. */
    readonly errorName: string;
  };
  /** A list of addresses that cannot be had, or is none. Nothing was changed. */
  source: { readonly source: string; readonly problem: string };
  namespace: { readonly namespace: string; readonly problem: string };
  /** The kernel did not tell or do what was asked of the host itself: its sockets, routes, tracked connections. */
  host: { readonly operation: string; readonly problem: string } & SystemFailure;
  /** The native half is not there; everything pure still works. */
  "native-missing": { readonly addon: string; readonly problem: string };
  file: { readonly path: string; readonly problem: string };
  /** Nobody could be found to roll back in case: nothing was written. */
  guard: { readonly problem: string } & Partial<SystemFailure>;
  /** Another change waits for its confirmation, in this network namespace. Nothing was written. */
  pending: { readonly id?: string };
  /** No change waits for a confirmation, or none of that name. */
  "not-pending": { readonly id?: string; readonly problem: string };
  /** The change was taken back. */
  "rolled-back": {
    readonly id: string;
    readonly reason: RollbackReason;
    /** False where something could not be put back; `outcomes` says what. */
    readonly complete: boolean;
    readonly outcomes: readonly RollbackOutcome[];
  };
  /** `done`, where it was no longer nothing: how many entries the kernel had taken by then. */
  aborted: { readonly operation: string; readonly done?: number };
  /** The firewall was closed before. */
  closed: { readonly family: string };
}
export type ErrorCode = keyof ErrorContexts;

const at = ({ table, chain, ruleNumber, rule }: Omit<Spot, "family">): string => {
  const where = [table && `table ${table}`, chain && `chain ${chain}`, ruleNumber && `rule ${ruleNumber}`];
  const known = where.filter(Boolean).join(", ");
  return `${known ? ` (${known})` : ""}${rule ? `: ${rule}` : ""}`;
};
const line = ({ place }: Pick<Spot, "place">): string =>
  place ? `${place.file ?? "rules"}:${place.line}: ` : "";
const caret = ({ file, line, column, length = 1, source }: Place, problem: string): string => {
  // A tab is kept in the pad, so that the caret stands under its character whatever the terminal's tab width.
  const pad = source.slice(0, column - 1).replace(/[^\t]/g, " ");
  return `${file ?? "rules"}:${line}:${column}: ${problem}\n  ${source}\n  ${pad}${"^".repeat(Math.max(1, length))}`;
};

const REASONS: Readonly<Record<RollbackReason, string>> = {
  deadline: "nobody confirmed it in time",
  request: "somebody asked for it",
  "caller-died": "who made it ended before it was done",
  "caller-exited": "who made it has ended",
  late: "it was made after its own deadline",
};
const said = ({ part, outcome, errorName }: RollbackOutcome): string =>
  outcome === "failed"
    ? `${part} could not be put back (${errorName})`
    : `${part} had been changed by others meanwhile, which is lost where the change itself had touched it`;

const sentences: { readonly [C in ErrorCode]: (context: ErrorContexts[C]) => string } = {
  syntax: ({ problem, place, more = [], untold = 0 }) => {
    const first = place ? caret(place, problem) : problem,
      others = more.map((mistake) => caret(mistake.place, mistake.problem));
    return [first, ...others, ...(untold > 0 ? [`and ${untold} more`] : [])].join("\n");
  },
  "invalid-value": ({ problem }) => problem,
  "invalid-rule": (c) => `${c.problem}${at(c)}`,
  "unknown-extension": (c) => `Rampart knows no ${c.kind} "${c.name}" for ${c.family}${at(c)}`,
  opaque: (c) =>
    `${c.kind} "${c.name}" revision ${c.revision} cannot be written as text: Rampart does not know it, or not these options of it${at(c)}; it is kept byte for byte in the kernel`,
  "no-such-chain": ({ table, chain }) => `table ${table} has no chain ${chain}`,
  "chain-exists": ({ table, chain }) => `table ${table} already has a chain ${chain}`,
  "chain-name": ({ chain, problem }) => `"${chain}" cannot be a chain name: ${problem}`,
  "chain-in-use": ({ table, chain, references }) =>
    `chain ${chain} of table ${table} is still the target of ${references} rule${references === 1 ? "" : "s"}; delete those first`,
  "chain-not-empty": ({ table, chain, rules }) =>
    `chain ${chain} of table ${table} still holds ${rules} rule${rules === 1 ? "" : "s"}; flush it first`,
  "built-in-chain": ({ table, chain, problem }) => `chain ${chain} of table ${table} is built in: ${problem}`,
  "no-such-rule": ({ table, chain, rule }) =>
    `chain ${chain} of table ${table} holds no such rule${rule ? `: ${rule}` : ""}`,
  "rule-number": ({ table, chain, number, length }) =>
    `rule number ${number} is out of range: chain ${chain} of table ${table} holds ${length} rule${length === 1 ? "" : "s"}`,
  policy: ({ table, chain, policy }) =>
    `"${policy}" cannot be the policy of chain ${chain} of table ${table}: it is ACCEPT or DROP, of built-in chains only`,
  "no-such-table": ({ table }) => `there is no table "${table}": it is filter, nat, mangle, raw or security`,
  conflict: ({ family, table }) =>
    `the ${family} table ${table} was changed by someone else since it was read; nothing was written: read it again, or use transaction()`,
  "both-backends": ({ family, legacy, nft }) =>
    `there are ${family} rules both in iptables-legacy's tables (${legacy.join(", ")}) and in iptables-nft's (${nft.join(", ")}), and packets pass both: say which is meant, backend "legacy" or "nft" (--backend), or bring them together: rampart migrate --to nft`,
  lockout: (c) =>
    `${c.verdict === "cut" ? "these rules cut off" : "these rules may cut off"} ${c.endpoint} (${c.found}): ${c.problem}${at(c)}; nothing was written${c.fix === undefined ? "" : `; this would help: ${c.fix}`}; to write it all the same: ${c.verdict === "cut" ? "" : "with commit-confirm, or "}by force`,
  migration: ({ problem, family }) => `${family ? `${family}: ` : ""}${problem}`,
  "lock-timeout": ({ path, waited, holder, holderName }) =>
    `another program holds the xtables lock ${path}${holder ? ` (pid ${holder}${holderName ? `, ${holderName}` : ""})` : ""}; gave up after ${waited} ms, nothing was written`,
  permission: ({ operation, errorName }) =>
    `${operation}: permission denied (${errorName}): it takes root, or CAP_NET_ADMIN and CAP_NET_RAW`,
  "module-missing": ({ module, errorName }) =>
    `the kernel has no ${module} (${errorName}); load it with: modprobe ${module}`,
  kernel: (c) =>
    `${line(c)}${c.syscall}: ${c.problem} (${c.errorName})${at(c)}${c.applied ? "; the table was changed all the same: read it again" : "; nothing was written"}`,
  foreign: (c) => `${c.problem}${at(c)}`,
  "no-such-set": (c) =>
    `there is no ${c.family} set "${c.set}" in this network namespace; create it first: ipset create ${c.set} …${at(c)}`,
  "no-such-object": (c) => `${line(c)}${c.problem}; ${c.remedy}${at(c)}`,
  set: ({ operation, set, entry, problem, remedy, errorName }) =>
    `ipset ${operation}${set && ` ${set}`}${entry === undefined ? "" : ` ${entry}`}: ${problem} (${errorName}); ${remedy}`,
  source: ({ source, problem }) => `${source}: ${problem}`,
  namespace: ({ namespace, problem }) => `network namespace ${namespace}: ${problem}`,
  host: ({ operation, problem, errorName }) => `${operation}: ${problem} (${errorName})`,
  "native-missing": ({ addon, problem }) => `${addon} is not built or cannot be loaded: ${problem}`,
  file: ({ path, problem }) => `${path}: ${problem}`,
  guard: ({ problem }) =>
    `no guard could be armed that would roll the change back: ${problem}; nothing was written`,
  pending: ({ id }) =>
    `another change${id ? ` (${id})` : ""} still waits for its confirmation; confirm it or roll it back first: rampart pending`,
  "not-pending": ({ problem }) => problem,
  "rolled-back": ({ id, reason, complete, outcomes }) =>
    `change ${id} was rolled back: ${REASONS[reason]}${complete ? "" : "; but not everything could be put back"}${outcomes
      .filter(({ outcome, foreign }) => foreign || outcome === "failed" || outcome === "anew")
      .map((one) => `; ${said(one)}`)
      .join("")}`,
  aborted: ({ operation, done }) =>
    `${operation} was aborted; ${done ? `${done} entries were taken by then, and stay` : "nothing was written"}`,
  closed: ({ family }) => `this ${family} firewall was closed: open() another one`,
};

/**
 * The one error class. `code` says what happened, `context` carries the facts.
 *
 * @example
 * try { await firewall.write(next); }
 * catch (error) { if (isRampartError(error, "conflict")) await again(); else throw error; }
 */
export class RampartError<C extends ErrorCode = ErrorCode> extends Error {
  override readonly name = "RampartError";
  readonly code: C;
  readonly context: ErrorContexts[C];
  constructor(code: C, context: ErrorContexts[C], options?: ErrorOptions) {
    super(sentences[code](context), options);
    this.code = code;
    this.context = context;
  }
  toJSON(): { code: C; message: string; context: ErrorContexts[C] } {
    return { code: this.code, message: this.message, context: this.context };
  }
}

/** Whether `error` is Rampart's, and of that code if one is given. */
export function isRampartError<C extends ErrorCode>(error: unknown, code?: C): error is RampartError<C> {
  return error instanceof RampartError && (code === undefined || error.code === code);
}

/** Refuses a value: the place is added by whoever knows it (the text parser, the commit). */
export function fail(problem: string): never {
  throw new RampartError("invalid-value", { problem });
}
