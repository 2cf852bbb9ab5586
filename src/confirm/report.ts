import type { RollbackOutcome, RollbackReason } from "../errors.js";
import { errorName } from "../native/failure.js";

export interface Report {
  readonly reason: RollbackReason;
  readonly outcomes: readonly RollbackOutcome[];
}

/** Reads what the guard has written about a rollback: a line for the reason, and one for each part. */
export function parseReport(text: string): Report {
  let reason: RollbackReason = "request";
  const outcomes: RollbackOutcome[] = [];
  for (const line of text.trim().split("\n")) {
    const [part = "", word = "", ...rest] = line.split(" ");
    if (part === "reason") reason = word as RollbackReason;
    else if (part !== "lock") outcomes.push(outcomeOf(part, word, rest));
  }
  return { reason, outcomes };
}

function outcomeOf(part: string, word: string, rest: readonly string[]): RollbackOutcome {
  const foreign = rest.includes("foreign");
  if (word === "failed") {
    const errno = Number(rest[0]);
    return { part, outcome: "failed", errno, errorName: errorName(errno), foreign };
  }
  return { part, outcome: word as RollbackOutcome["outcome"], foreign };
}
