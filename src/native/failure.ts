import { getSystemErrorName } from "node:util";
import type { SystemFailure } from "../errors.js";
import type { NativeFailure } from "../native.js";

/** What the native half tells of a failure; anything else is a bug and goes through as it is. */
export const isFailure = (error: unknown): error is NativeFailure =>
  error instanceof Error && "errno" in error && typeof error.errno === "number" && "syscall" in error;

/** `EINVAL` and the like; the number itself where it has no name. */
export function errorName(errno: number): string {
  try {
    return getSystemErrorName(-errno);
  } catch {
    return `errno ${errno}`;
  }
}
export const systemFailure = ({ errno, syscall }: NativeFailure): SystemFailure => ({
  errno,
  errorName: errorName(errno),
  syscall,
});
