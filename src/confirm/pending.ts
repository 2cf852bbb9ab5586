import { setTimeout as sleep } from "node:timers/promises";
import { namespacePath, ownNamespace } from "../backends/namespace.js";
import { isRampartError, RampartError } from "../errors.js";
import { type DeadManPeer, deadManOf } from "./dead-man.js";
import { restoreNow } from "./guard.js";
import { parseReport, type Report } from "./report.js";
import { allStates, type CommitMeta, type CommitState, checkToken, type Mark } from "./state.js";

/** What there is to do to the firewalls themselves; `netns` is where the guard is, if it lives. */
export interface Hands {
  /** Opens what the other two need, while the guard still holds the namespace. */
  prepare(meta: CommitMeta, netns: string | undefined): Promise<Prepared>;
}
export interface Prepared {
  /** Takes the dead-man rules out, and writes the files that were to be written. */
  finish(): Promise<void>;
  /** Gives the dead-man rules for these another date, in `Date.now()` terms. */
  postpone(peers: readonly DeadManPeer[], deadline: number): Promise<void>;
  close(): void;
}

/** A change that waits for its confirmation, or has had it, or was taken back. */
export interface PendingInfo {
  readonly id: string;
  /** `ARMED` waits; `CONFIRMED`, `ROLLEDBACK` and `FAILED` are how it ended. */
  readonly mark: Mark;
  /** ISO 8601. */
  readonly made: string;
  /** Milliseconds until it is rolled back; negative once that was due. */
  readonly remaining: number;
  readonly needsToken: boolean;
  readonly parts: CommitMeta["parts"];
  /** Whether somebody watches the clock. */
  readonly guarded: boolean;
  readonly report?: Report;
}

const INTERVAL = 20,
  PATIENCE = 15_000;
const isOver = (mark: Mark | undefined): boolean =>
  mark === "CONFIRMED" || mark === "ABORTED" || mark === "ROLLEDBACK" || mark === "FAILED";

/** All changes since the machine started that somebody may still want to know of, the newest last. */
export async function listPending(): Promise<PendingInfo[]> {
  const all: PendingInfo[] = [];
  for (const state of await allStates()) {
    const mark = await state.mark();
    if (mark === undefined || mark === "ABORTED") continue;
    const { id, made, needsToken, parts } = await state.meta(),
      report = await reportOf(state);
    all.push({
      id,
      mark,
      made,
      needsToken,
      parts,
      remaining: await state.remaining().catch(() => Number.NaN),
      guarded: (await state.guardPid()) !== undefined,
      ...(report && { report }),
    });
  }
  return all.sort((a, b) => a.made.localeCompare(b.made));
}
/** Forgets changes that are over. */
export async function sweep(): Promise<void> {
  for (const state of await allStates())
    if (isOver(await state.mark()) && (await state.guardPid()) === undefined) await state.remove();
}

/**
 * The change that a word means: its id or its token, or the only one that waits. `toKeep`: for what takes the token, where
 * the change asks for it.
 *
 * @throws `not-pending`
 */
export async function findPending(word: string | undefined, toKeep: boolean): Promise<CommitState> {
  if (word !== undefined) {
    const id = word.split(".")[0]!,
      state = (await allStates()).find((one) => one.id === id);
    if (!state) throw new RampartError("not-pending", { id, problem: `there is no change ${id}` });
    if (toKeep || word !== id) checkToken(await state.meta(), word);
    return state;
  }
  const waiting = (await listPending()).filter(({ mark }) => mark === "ARMED");
  if (waiting.length !== 1) {
    const ids = waiting.map(({ id }) => id).join(", ");
    const problem =
      ids === "" ? "no change waits for a confirmation" : `several changes wait: ${ids}; name one`;
    throw new RampartError("not-pending", { problem });
  }
  const [{ id }] = waiting as [PendingInfo];
  return findPending(id, toKeep);
}

/** @throws `rolled-back` where the guard was faster. */
export async function confirm(state: CommitState, hands: Hands): Promise<void> {
  const prepared = await prepare(state, hands);
  try {
    const won = await state.move("ARMED", "CONFIRMED");
    if (!won && (await state.mark()) !== "CONFIRMED") throw await outcome(state);
    await prepared.finish();
  } finally {
    prepared.close();
  }
}

/** Gives the change `ms` milliseconds from now on. */
export async function extend(state: CommitState, ms: number, hands: Hands): Promise<void> {
  const prepared = await prepare(state, hands);
  try {
    await state.write("extend", String(Math.ceil(ms)));
    for (const begin = performance.now(); await state.has("extend"); await sleep(INTERVAL)) {
      if ((await state.mark()) !== "ARMED") throw await outcome(state);
      if (performance.now() - begin > PATIENCE || (await state.guardPid()) === undefined)
        throw unguarded(state);
    }
    await prepared.postpone(await deadManOf(state), Date.now() + ms);
    await announceCommit(state);
  } finally {
    prepared.close();
  }
}

/**
 * Takes the change back now. Where its guard is gone, another one does it with what was kept.
 *
 * @throws `rolled-back` where not everything could be put back, `not-pending` where it is confirmed.
 */
export async function rollback(state: CommitState): Promise<Report> {
  const asked = await state.move("ARMED", "ROLLBACK");
  if ((await state.guardPid()) === undefined) {
    const mark = await state.mark();
    // Whoever was at it is gone, or could not.
    if (mark === "ROLLINGBACK" || mark === "FAILED") await state.move(mark, "ROLLBACK");
    if (asked || mark === "ROLLBACK" || mark === "ROLLINGBACK" || mark === "FAILED")
      await restoreNow(state, await namespaceOf(state));
  }
  const error = await outcome(state);
  if (isRampartError(error, "rolled-back") && error.context.complete) return error.context;
  throw error;
}

/** Tells the guard that what the kernel holds now is ours, and waits until it has looked. */
export async function announceCommit(state: CommitState): Promise<void> {
  await state.write("COMMITTED", "");
  for (const begin = performance.now(); await state.has("COMMITTED"); await sleep(2)) {
    const pid = await state.guardPid();
    if (pid === undefined && isOver(await state.mark())) return;
    if (pid === undefined || performance.now() - begin > PATIENCE) throw unguarded(state);
  }
}

/** Waits until the change is confirmed; throws `rolled-back` when it is taken back. */
export async function settled(state: CommitState): Promise<void> {
  for (;;) {
    const mark = await state.mark();
    if (mark === "CONFIRMED") return;
    if (mark !== "ARMED") throw await outcome(state);
    if ((await state.guardPid()) === undefined && (await state.mark()) === "ARMED") throw unguarded(state);
    await sleep(INTERVAL * 5);
  }
}

/** How a change ended that can no longer be confirmed; waits while that is being done. */
export async function outcome(state: CommitState): Promise<RampartError> {
  const { id } = state;
  for (const begin = performance.now(); ; await sleep(INTERVAL)) {
    const mark = await state.mark();
    if (mark === "CONFIRMED")
      return new RampartError("not-pending", { id, problem: `change ${id} is confirmed` });
    if (mark === "ROLLEDBACK" || mark === "FAILED") {
      const report = (await reportOf(state)) ?? { reason: "request", outcomes: [] };
      return new RampartError("rolled-back", { id, complete: mark === "ROLLEDBACK", ...report });
    }
    if (mark === undefined)
      return new RampartError("not-pending", { id, problem: `there is no change ${id}` });
    if (performance.now() - begin > PATIENCE) return unguarded(state);
  }
}

/** Whoever made the change is gone with its guard, so its namespace must have another name, or be this one. */
async function namespaceOf(state: CommitState): Promise<string> {
  const { parts } = await state.meta(),
    netns = parts[0]?.netns;
  return netns === undefined ? ownNamespace() : namespacePath(netns);
}

async function prepare(state: CommitState, hands: Hands): Promise<Prepared> {
  const pid = await state.guardPid();
  return hands.prepare(await state.meta(), pid === undefined ? undefined : `pid:${pid}`);
}
const reportOf = async (state: CommitState): Promise<Report | undefined> => {
  const text = await state.read("report").catch(() => undefined);
  return text === undefined ? undefined : parseReport(text);
};
const unguarded = ({ id }: CommitState): RampartError =>
  new RampartError("not-pending", {
    id,
    problem: `the guard of change ${id} is gone, and nobody will roll it back: rampart confirm ${id}, or rampart rollback ${id}`,
  });
