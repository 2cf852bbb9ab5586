import { RampartError, type Spot } from "../../errors.js";
import { isFailure, systemFailure } from "../../native/failure.js";

const ERRNO = {
  EPERM: 1,
  ENOENT: 2,
  EACCES: 13,
  EEXIST: 17,
  EINVAL: 22,
  ENOTEMPTY: 39,
  ELOOP: 40,
  ENOPROTOOPT: 92,
  E2BIG: 7,
  EMLINK: 31,
  ENOMEM: 12,
  ERANGE: 34,
  EAGAIN: 11,
  ESTALE: 116,
  EOPNOTSUPP: 95,
} as const;

/** What the errno means for a table, in the words of iptables where it has some (conformance facts, section 6). */
const PROBLEMS: Readonly<Record<number, string>> = {
  [ERRNO.ENOENT]: "the kernel has no such chain, match or target (is its module loaded?)",
  [ERRNO.EEXIST]: "a chain of that name exists already",
  [ERRNO.ENOTEMPTY]: "the chain is not empty",
  [ERRNO.EMLINK]: "other rules still jump to the chain",
  [ERRNO.ELOOP]: "chains jump to each other in a loop, or a match or target refuses this place",
  [ERRNO.EINVAL]:
    "a match or target refuses its options, this table, this chain or this protocol; the kernel log (dmesg) says which",
  [ERRNO.E2BIG]: "a rule number is out of range",
  [ERRNO.ENOMEM]: "the kernel has no memory for a table of this size",
  [ERRNO.ERANGE]: "an option value is beyond what the kernel allows",
  [ERRNO.EAGAIN]: "the table was being changed by someone who does not take the xtables lock",
  [ERRNO.EOPNOTSUPP]: "the kernel does not support this",
};

export interface FailurePlace {
  /** What was being done, for a refusal of permission. */
  readonly operation: string;
  readonly spot?: Spot;
}
/** A failure of the native half as the error that a user can act on. */
export function systemError(error: unknown, { operation, spot = {} }: FailurePlace): unknown {
  if (!isFailure(error)) return error;
  const { errno, syscall, applied = false } = error,
    failure = systemFailure(error);
  if (errno === ERRNO.EPERM || errno === ERRNO.EACCES)
    return new RampartError("permission", { operation, ...failure }, { cause: error });
  if (errno === ERRNO.ENOPROTOOPT) {
    const module = spot.family === "ipv6" ? "ip6_tables" : "ip_tables";
    return new RampartError("module-missing", { module, ...failure }, { cause: error });
  }
  if (errno === ERRNO.ENOENT && syscall === "iptc_init") {
    const module = `${spot.family === "ipv6" ? "ip6table" : "iptable"}_${spot.table}`;
    return new RampartError("module-missing", { module, ...failure }, { cause: error });
  }
  if (errno === ERRNO.ESTALE)
    return new RampartError(
      "conflict",
      { family: spot.family ?? "ipv4", table: spot.table ?? "" },
      { cause: error },
    );
  const problem = PROBLEMS[errno] ?? error.message;
  return new RampartError("kernel", { problem, applied, ...failure, ...spot }, { cause: error });
}
