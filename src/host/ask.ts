import { RampartError } from "../errors.js";
import { Slices } from "../model/slices.js";
import { errorName, isFailure } from "../native/failure.js";
import type { Transport } from "../native.js";
import { type Answer, interrupted, type Outcome, replies } from "../netlink/replies.js";

const ERRNO = { EPERM: 1, ENOENT: 2, EACCES: 13, EINVAL: 22, EPROTONOSUPPORT: 93, EOPNOTSUPP: 95 } as const;

/** What the errno means for a question about the host, whichever protocol it was. */
const PROBLEMS: Readonly<Record<number, string>> = {
  [ERRNO.ENOENT]: "there is none",
  [ERRNO.EINVAL]: "the kernel knows no such message: a module for it is missing, or not loaded",
  [ERRNO.EPROTONOSUPPORT]: "this kernel was built without that netlink protocol",
  [ERRNO.EOPNOTSUPP]: "this kernel was built without it",
};

/** A refusal as the error that a user can act on. */
export function hostError(
  { errno, message, syscall = "netlink" }: { errno: number; message?: string; syscall?: string },
  operation: string,
  cause?: unknown,
): RampartError {
  const failure = { errno, errorName: errorName(errno), syscall };
  if (errno === ERRNO.EPERM || errno === ERRNO.EACCES)
    return new RampartError("permission", { operation, ...failure }, { cause });
  const problem = message ?? PROBLEMS[errno] ?? "the kernel refused";
  return new RampartError("host", { operation, problem, ...failure }, { cause });
}

async function converse(transport: Transport, request: Uint8Array, operation: string): Promise<Uint8Array> {
  try {
    return await transport(request);
  } catch (error) {
    throw isFailure(error) ? hostError(error, operation, error) : error;
  }
}

/** A list that changes while it is read is read again, but not for ever: so often a torn one will do. */
const TRIES = 4;

/** What is asked, and what of its answers is kept. */
export interface Question<T> {
  readonly transport: Transport;
  /** Whole messages. */
  readonly request: Uint8Array;
  /** What is being done, for errors. */
  readonly operation: string;
  readonly read: (answer: Answer) => T | undefined;
  readonly signal?: AbortSignal | undefined;
}
/** Everything that a dump lists, or the answer to one question. Throws what the kernel refuses. */
export async function ask<T>({ transport, request, operation, read, signal }: Question<T>): Promise<T[]> {
  for (let tries = 1; ; tries++) {
    const slices = new Slices(operation, signal),
      found: T[] = [];
    let torn = false;
    for (const reply of replies(await converse(transport, request, operation))) {
      torn ||= interrupted(reply);
      if (reply.kind === "answer") {
        const one = read(reply);
        if (one !== undefined) found.push(one);
      } else if (reply.errno !== 0) throw hostError(reply, operation);
      if (slices.due()) await slices.pause();
    }
    if (!torn || tries === TRIES) return found;
  }
}

/** Messages that each do something and ask to be acknowledged. How each of them ended is for the caller to judge. */
export async function tell(transport: Transport, request: Uint8Array, operation: string): Promise<Outcome[]> {
  const ends: Outcome[] = [];
  if (request.length === 0) return ends;
  for (const reply of replies(await converse(transport, request, operation)))
    if (reply.kind === "outcome") ends.push(reply);
  return ends;
}
/** How many of them were done; that something is not there (any more) is no failure. */
export function countDone(ends: readonly Outcome[], operation: string): number {
  let done = 0;
  for (const end of ends)
    if (end.errno === 0) done++;
    else if (end.errno !== ERRNO.ENOENT) throw hostError(end, operation);
  return done;
}
