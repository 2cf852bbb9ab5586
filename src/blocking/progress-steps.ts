import type { OnProgress, Progress } from "../blocklist/progress.js";

/** Runs work that tells its progress by a callback as an iterator over it; what the work makes is the return value. */
export async function* progressSteps<P extends string, R>(
  work: (onProgress: OnProgress<P>) => Promise<R>,
): AsyncGenerator<Progress<P>, R> {
  let last: Progress<P> | undefined,
    wake: () => void = () => undefined,
    ended = false;
  const result = work((progress) => {
    // Whoever is slow gets the newest, not all of them.
    last = progress;
    wake();
  }).finally(() => {
    ended = true;
    wake();
  });
  // Whoever awaits it below sees the failure.
  result.catch(() => undefined);
  while (!ended || last) {
    if (last) {
      const progress = last;
      last = undefined;
      yield progress;
    } else
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
  }
  return await result;
}
