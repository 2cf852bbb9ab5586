import type {
  ErrorCode,
  ErrorContexts,
  Place,
  RollbackOutcome,
  RollbackReason,
  Spot,
} from "./error-contexts.js";

export type * from "./error-contexts.js";

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
