import { RampartError, type Spot } from "../../errors.js";
import { errorName, isFailure } from "../../native/failure.js";

const ERRNO = {
  EPERM: 1,
  ENOENT: 2,
  E2BIG: 7,
  ENOMEM: 12,
  EACCES: 13,
  EBUSY: 16,
  EEXIST: 17,
  EINVAL: 22,
  EFBIG: 27,
  EMLINK: 31,
  ERANGE: 34,
  ELOOP: 40,
  EMSGSIZE: 90,
  EOPNOTSUPP: 95,
  ENOBUFS: 105,
} as const;
/** The rules are not of the generation that the batch was made for. */
export const ERESTART = 85;

/**
 * What the errno means in a batch that iptables' tables are written with. `part` is the one that the kernel means, "match
 * NAME", "target NAME" or "chain NAME", where it said so.
 */
const PROBLEMS: Readonly<Record<number, (part: string | undefined) => string>> = {
  [ERRNO.ENOENT]: (part) => `the kernel has no ${part ?? "such match or target"} (is its module loaded?)`,
  [ERRNO.E2BIG]: () => "the rule has more parts than nf_tables takes",
  [ERRNO.EFBIG]: () => "the rule is larger than nf_tables takes",
  [ERRNO.ENOMEM]: () => "the kernel has no memory for this",
  [ERRNO.EBUSY]: () => "other rules still jump to the chain",
  [ERRNO.EEXIST]: () => "a chain of that name exists already",
  [ERRNO.EINVAL]: (part = "a match or target") =>
    `${part} refuses its options, this table, this chain or this protocol; the kernel log (dmesg) says which`,
  [ERRNO.ERANGE]: (part = "a match or target") =>
    `${part} refuses a number that is too large or too small for it`,
  [ERRNO.EMLINK]: () => "chains jump to each other in a loop, or more than 16 deep",
  [ERRNO.ELOOP]: () => "chains jump to each other in a loop",
  [ERRNO.EMSGSIZE]: () =>
    "the batch is larger than this process may send at once: it takes root, or a larger net.core.wmem_max",
  [ERRNO.EOPNOTSUPP]: () => "the chain of that name is none of iptables', or the kernel cannot do this",
  [ERRNO.ENOBUFS]: () => "the kernel had more to say than the socket could hold",
};

interface Refusal {
  readonly errno: number;
  /** The kernel's own words. */
  readonly message?: string;
}
export interface FailurePlace {
  /** What was being done, for a refusal of permission. */
  readonly operation: string;
  readonly spot?: Spot;
  /** The part of the rule that is at fault. */
  readonly part?: string | undefined;
  readonly applied?: boolean;
}

/** What the kernel refused, as the error that a user can act on. */
export function kernelError(
  { errno, message }: Refusal,
  { operation, spot = {}, part, applied = false }: FailurePlace,
  cause?: unknown,
): RampartError {
  const failure = { errno, errorName: errorName(errno), syscall: "nf_tables" },
    options = { cause };
  if (errno === ERRNO.EPERM || errno === ERRNO.EACCES)
    return new RampartError("permission", { operation, ...failure }, options);
  // Without the module nobody answers for its messages.
  if (errno === ERRNO.EINVAL && spot.table === undefined)
    return new RampartError("module-missing", { module: "nf_tables", ...failure }, options);
  const problem = message ?? PROBLEMS[errno]?.(part) ?? `the kernel said ${errorName(errno)}`;
  return new RampartError("kernel", { problem, applied, ...failure, ...spot }, options);
}

/** A failure of the socket itself; anything else goes through as it is. */
export const socketError = (error: unknown, place: FailurePlace): unknown =>
  isFailure(error) ? kernelError({ errno: error.errno }, place, error) : error;
