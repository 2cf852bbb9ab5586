import * as pending from "./confirm/pending.js";
import type { Report } from "./confirm/report.js";
import { hands } from "./firewall.js";

/**
 * Changes that wait for their confirmation, and those that are over: whoever made them, in whatever process. Newest last.
 */
export const pendingChanges = (): Promise<pending.PendingInfo[]> => pending.listPending();

/**
 * Confirms a change, by its id or its token; without one, the only change that waits. Files that it was to save are written
 * now.
 *
 * @throws `not-pending`, `rolled-back`
 */
export const confirmChange = async (word?: string): Promise<string> => {
  const state = await pending.findPending(word, true);
  await pending.confirm(state, hands);
  return state.id;
};

/**
 * Takes a change back now; it is done when everything is back. Where its guard is gone, another one does it.
 *
 * @throws `not-pending`; `rolled-back` where something could not be put back.
 */
export const rollbackChange = async (word?: string): Promise<{ readonly id: string } & Report> => {
  const state = await pending.findPending(word, false);
  return { id: state.id, ...(await pending.rollback(state)) };
};

/** Gives a change `ms` milliseconds from now on. */
export const extendChange = async (ms: number, word?: string): Promise<string> => {
  const state = await pending.findPending(word, true);
  await pending.extend(state, ms, hands);
  return state.id;
};
