import { type ErrorCode, isRampartError, type RampartError } from "../index.js";
import { COMMAND_LINE } from "./command-line.js";
import { type Io, painter } from "./io.js";

/** iptables' exit status: 2 for what was typed, 3 for what this kernel lacks, 4 for what may work later, 1 for the rest. */
const STATUS: Partial<Readonly<Record<ErrorCode, number>>> = {
  syntax: 2,
  "invalid-value": 2,
  "unknown-extension": 2,
  "chain-name": 2,
  "no-such-set": 2,
  "no-such-table": 3,
  "module-missing": 3,
  permission: 3,
  "lock-timeout": 4,
  conflict: 4,
  pending: 4,
  aborted: 130,
};

/** iptables-save and iptables-restore end with 1 whatever was mistyped. */
const typedWrongly = (topic: string): number =>
  topic === "save" || topic === "restore" ? 1 : STATUS.syntax!;

const REMEDIES: Partial<Readonly<Record<ErrorCode, string>>> = {
  "unknown-extension":
    "Rampart does not declare this extension yet; rules that use it are kept, but cannot be made here.",
  opaque: "`rampart -L` lists such rules, --json shows their bytes, and edits around them keep them.",
  "no-such-chain": "`rampart -S` shows the chains; `rampart -N NAME` makes one.",
  "no-such-rule": "`rampart -S` shows the rules as they must be given to -D and -C.",
  "rule-number": "`rampart -L --line-numbers` shows the numbers.",
  "chain-in-use": "`rampart -S` shows who jumps to it.",
  "both-backends": "`rampart doctor` shows what each of them holds.",
  lockout: "`rampart check` shows the way there. --force writes it all the same.",
  "lock-timeout": "Try again, or wait longer: -w SECONDS.",
  conflict: "Try again.",
  foreign: "`rampart -L` shows where it stands; `nft list ruleset` shows what it says.",
  permission: "Try again with sudo.",
  guard: "Without one, a change is not tried: `rampart restore` loads rules for good.",
  pending: "`rampart confirm` keeps it, `rampart rollback` takes it back.",
  "not-pending": "`rampart pending` shows what waits.",
  "native-missing": "Where Rampart itself is developed: scripts/build-native.",
  namespace: "It is a name from `ip netns`, a path, or pid:N.",
};

export interface Failure {
  readonly status: number;
  readonly message: string;
  readonly remedy: string | undefined;
}
/**
 * What an error is to the shell; `topic` is the command for which there is help. An error that is not Rampart's own is
 * a bug, and shown with its stack.
 */
export function failureOf(error: unknown, topic = ""): Failure {
  if (isRampartError(error, "syntax")) {
    const inFile = error.context.place?.file !== COMMAND_LINE;
    const remedy = inFile
      ? "Nothing was changed."
      : `\`rampart help${topic && ` ${topic}`}\` explains the words.`;
    // A line that is well written and cannot be carried out ends as the same command on the command line would.
    const { cause } = error,
      typed = inFile ? STATUS.syntax! : typedWrongly(topic),
      status = isRampartError(cause) ? (STATUS[cause.code] ?? 1) : typed;
    return { status, message: error.message, remedy };
  }
  if (isRampartError(error, "no-such-table") && topic === "save")
    return { status: 1, message: error.message, remedy: undefined };
  // As `rampart check` ends.
  if (isRampartError(error, "lockout"))
    return {
      status: error.context.verdict === "cut" ? 5 : 4,
      message: error.message,
      remedy: REMEDIES.lockout,
    };
  if (isRampartError(error))
    return { status: STATUS[error.code] ?? 1, message: error.message, remedy: REMEDIES[error.code] };
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { status: 1, message, remedy: "This is a bug in Rampart: please report it." };
}

/** Says on standard error what went wrong and what to do; gives the exit status. */
export function reportFailure(error: unknown, io: Io, topic?: string): number {
  const paint = painter(io, io.terminal.errors),
    { status, message, remedy } = failureOf(error, topic);
  io.complain(`${paint("red", "rampart:")} ${message}\n`);
  if (remedy !== undefined) io.complain(`${paint("dim", remedy)}\n`);
  return status;
}
export const isLockTimeout = (error: unknown): error is RampartError<"lock-timeout"> =>
  isRampartError(error, "lock-timeout");
