import type { Backend, WaitOptions } from "../backends/backend.js";
import { openNamespace } from "../backends/namespace.js";
import { fail, isRampartError, RampartError } from "../errors.js";
import { hostIn } from "../host/host.js";
import type { Family } from "../model/family.js";
import type { Table } from "../model/table.js";
import { type DeadManPeer, keepDeadMan, knowsTime, withDeadMan } from "./dead-man.js";
import { confirmOnProof, findWays, type KnownWays, peersOf, Witness } from "./evidence.js";
import { type GuardFacts, startGuard } from "./guard.js";
import { guardJob, type JobPart } from "./job.js";
import { announceCommit, confirm, extend, type Hands, outcome, rollback, settled, sweep } from "./pending.js";
import { type CommitPart, CommitState, startOf } from "./state.js";

export interface ConfirmOptions {
  /** Milliseconds, from the commit on, after which everything is put back unless somebody confirms it. At least 500. */
  readonly within: number;
  /**
   * Who is let in again by the committed rules themselves, some seconds after the deadline, should even the guard be
   * gone. Default: who is logged in by ssh, as far as sockets and `SSH_CONNECTION` tell. False: nobody.
   */
  readonly deadMan?: readonly DeadManPeer[] | false | undefined;
  /**
   * What happens when this process ends before anybody has confirmed: `wait`, the default, for the deadline, so that
   * another login can confirm; or `rollback` at once.
   */
  readonly onCallerExit?: "wait" | "rollback" | undefined;
  /**
   * `new-ssh`: a new ssh connection of somebody who was logged in before confirms the change, once both sides have sent
   * something over it. This process looks for it, for as long as it lives. Refused (`guard`) where nobody is logged in.
   */
  readonly autoConfirm?: "new-ssh" | undefined;
  /** Only the token confirms. Default false: the id will do, as only root reads it. */
  readonly needsToken?: boolean | undefined;
  /** A rollback is said on all terminals, as wall(1) does. Default false; the system's log gets it always. */
  readonly announce?: boolean | undefined;
}

/** One firewall and what shall be written to it. */
export interface GuardedPart {
  readonly family: Family;
  readonly backend: Backend;
  readonly tables: readonly Table[];
  readonly netns?: string | undefined;
  /** As a path. */
  readonly namespace?: string | undefined;
  readonly lockPath?: string | undefined;
  readonly save?: string | undefined;
  /** Refuses what would cut off who is there; under the lock, before anything is armed. */
  readonly admit?: (backend: Backend) => Promise<void>;
  /** Writes, with errors as the facade words them. */
  readonly write: (backend: Backend, tables: readonly Table[]) => Promise<void>;
}

/** A change that is in the kernel, and goes again unless it is confirmed. */
export interface Pending {
  /** What another login calls it: `rampart confirm ID`. */
  readonly id: string;
  /** The id and a secret: whoever has it may confirm. */
  readonly token: string;
  readonly guard: GuardFacts;
  /** Whom the dead-man rules let in; empty where there are none. */
  readonly deadMan: readonly DeadManPeer[];
  /** What is weaker than it might be, in sentences. */
  readonly notes: readonly string[];
  /** Milliseconds until the rollback. */
  remaining(): Promise<number>;
  /** Keeps the change. Throws `rolled-back` if it is too late. */
  confirm(): Promise<void>;
  /** Takes it back now, and is done when everything is back. Throws `rolled-back` if something could not be put back. */
  rollback(): Promise<void>;
  /** Milliseconds from now on. */
  extend(ms: number): Promise<void>;
  /**
   * Resolves when somebody has confirmed, rejects with `rolled-back` when the change was taken back. Waiting begins, and
   * keeps this process alive, when this is first asked for.
   */
  readonly result: Promise<void>;
}

const SHORTEST = 500,
  /** How often the rules may change while the way back is prepared. */
  ATTEMPTS = 5;

/**
 * Arms a guard, then writes: it puts everything back unless the change is confirmed in time.
 *
 * @throws `guard` where none could be armed, `pending` where another change waits, and what a write throws: then
 * everything is as it was.
 */
export async function commitGuarded(
  parts: readonly GuardedPart[],
  options: ConfirmOptions,
  hands: Hands,
  wait: WaitOptions = {},
): Promise<Pending> {
  const { within } = options,
    [first] = parts;
  if (!(Number.isFinite(within) && within >= SHORTEST))
    fail(`confirm: within is a number of milliseconds, of ${SHORTEST} at least`);
  if (!first || parts.every(({ tables }) => tables.length === 0)) fail("confirm: there is nothing to write");
  if (parts.some(({ namespace }) => namespace !== first.namespace))
    fail("confirm: all firewalls of one change are in one network namespace");
  await sweep();
  const namespace = first.netns === undefined ? undefined : openNamespace(first.netns, "netlink"),
    host = hostIn(namespace);
  try {
    const known = options.deadMan === undefined || options.autoConfirm ? await findWays(host) : NOBODY,
      witness = options.autoConfirm && new Witness(host, known.ways),
      pending = await make(parts, options, known, hands, wait);
    if (witness) void watch(pending, witness, () => namespace?.close());
    else namespace?.close();
    return pending;
  } catch (error) {
    namespace?.close();
    throw error;
  }
}
const NOBODY: KnownWays = { ways: [], notes: [] };

/** Lives beside the process; what goes wrong here is no proof, and so leaves the change to others. */
async function watch(pending: WatchedPending, witness: Witness, close: () => void): Promise<void> {
  await confirmOnProof(witness, pending.isWaiting, pending.confirm).catch(() => {});
  close();
}
interface WatchedPending extends Pending {
  isWaiting(): Promise<boolean>;
}

async function make(
  parts: readonly GuardedPart[],
  options: ConfirmOptions,
  known: KnownWays,
  hands: Hands,
  wait: WaitOptions,
): Promise<WatchedPending> {
  const { state, token } = await CommitState.create({
    within: options.within,
    needsToken: options.needsToken ?? false,
    parts: parts.map(partOf),
  });
  const committed = await locked(parts, wait, (backends) =>
    new Commit(state, parts, backends, options, known).run(),
  ).catch(async (error) => {
    throw await undone(state, parts, error);
  });
  return pendingOf(state, token, committed, hands);
}

const partOf = ({ family, backend, tables, netns, lockPath, save }: GuardedPart): CommitPart => ({
  family,
  backend: backend.name as CommitPart["backend"],
  ...(netns !== undefined && { netns }),
  ...(lockPath !== undefined && { lockPath }),
  tables: [...new Set(tables.map(({ name }) => name))],
  ...(save !== undefined && { save }),
});

/** The xtables lock is held from before the guard reads the tables until what was committed is known to it. */
function locked<T>(
  parts: readonly GuardedPart[],
  wait: WaitOptions,
  work: (backends: readonly Backend[]) => Promise<T>,
): Promise<T> {
  const step = (backends: readonly Backend[], held: readonly (string | undefined)[]): Promise<T> => {
    const part = parts[backends.length];
    if (!part) return work(backends);
    // nf_tables has no lock, and would begin the work anew after a conflict.
    if (part.backend.name !== "legacy") return step([...backends, part.backend], held);
    return part.backend.exclusive((one) => step([...backends, one], [...held, part.lockPath]), {
      ...wait,
      held: held.includes(part.lockPath),
    });
  };
  return step([], []);
}

interface Committed {
  readonly guard: GuardFacts;
  readonly deadMan: readonly DeadManPeer[];
  readonly notes: readonly string[];
}

class Commit {
  readonly #state: CommitState;
  readonly #parts: readonly GuardedPart[];
  readonly #backends: readonly Backend[];
  readonly #options: ConfirmOptions;
  readonly #known: KnownWays;
  constructor(
    state: CommitState,
    parts: readonly GuardedPart[],
    backends: readonly Backend[],
    options: ConfirmOptions,
    known: KnownWays,
  ) {
    this.#state = state;
    this.#parts = parts;
    this.#backends = backends;
    this.#options = options;
    this.#known = known;
  }

  async run(): Promise<Committed> {
    for (const [i, part] of this.#parts.entries()) await part.admit?.(this.#backends[i]!);
    const guard = await this.#arm(),
      { peers, notes } = await this.#deadMan(guard),
      deadline = Date.now() + this.#options.within;
    await keepDeadMan(this.#state, peers);
    if ((await this.#state.mark()) !== "ARMED") throw await this.#tooLate();
    for (const [i, part] of this.#parts.entries()) {
      const tables = part.tables.map((table) => withDeadMan(table, peers, this.#state.id, deadline));
      await part.write(this.#backends[i]!, tables);
    }
    await announceCommit(this.#state);
    if ((await this.#state.mark()) !== "ARMED") throw await outcome(this.#state);
    return { guard, deadMan: peers, notes: [...notes, ...weaknesses(guard)] };
  }

  async #arm(): Promise<GuardFacts> {
    for (let attempt = 1; ; attempt++) {
      const points: JobPart[] = [];
      for (const [i, { family, tables }] of this.#parts.entries()) {
        // The way back is from all that may be written: only the guard tells whether there will be dead-man rules.
        const widest = tables.map((table) => withDeadMan(table, this.#wanted, this.#state.id, Date.now()));
        points.push({ family, point: await this.#backends[i]!.restorePoint(widest) });
      }
      const { text, files } = guardJob(points, {
        within: this.#options.within,
        caller: { pid: process.pid, start: (await startOf(process.pid)) ?? 0 },
        rollbackOnExit: this.#options.onCallerExit === "rollback",
        announce: this.#options.announce ?? false,
        namespace: this.#parts[0]!.namespace,
      });
      try {
        for (const [name, bytes] of files) await this.#state.write(name, bytes);
        await this.#state.write("job", text);
        return await startGuard(this.#state);
      } catch (error) {
        const moved = isRampartError(error, "guard") && error.context.syscall === "generation";
        if (!moved || attempt === ATTEMPTS) throw asGuardError(error);
        await this.#state.forget("refused");
      }
    }
  }

  get #wanted(): readonly DeadManPeer[] {
    const { deadMan } = this.#options;
    return deadMan === false ? [] : (deadMan ?? peersOf(this.#known.ways));
  }
  async #deadMan(guard: GuardFacts): Promise<{ peers: readonly DeadManPeer[]; notes: readonly string[] }> {
    const wanted = this.#wanted;
    if (this.#options.deadMan === false) return { peers: [], notes: [] };
    if (wanted.length === 0)
      return {
        peers: [],
        notes: [...this.#known.notes, "nobody is known to be logged in by ssh: there are no dead-man rules"],
      };
    const able = new Set<Family>();
    for (const [i, { family, backend }] of this.#parts.entries())
      if (
        guard.time.includes(family) ||
        (backend.name === "nft" && (await knowsTime(this.#backends[i]!, family)))
      )
        able.add(family);
    const peers = wanted.filter(({ family }) => able.has(family));
    const families = this.#parts.map(({ family }) => family),
      lost = wanted.some(({ family }) => families.includes(family) && !able.has(family));
    return { peers, notes: lost ? ["the kernel has no match time: there are no dead-man rules"] : [] };
  }

  /** The deadline has passed while the write was prepared. The guard stays until it knows that nothing comes any more. */
  async #tooLate(): Promise<RampartError> {
    await this.#state.write("ABORTED", "");
    return outcome(this.#state);
  }
}

/** After a failure: nothing is left of the change. */
async function undone(state: CommitState, parts: readonly GuardedPart[], error: unknown): Promise<unknown> {
  const mark = await state.mark();
  if (mark === undefined) await state.remove();
  if (mark !== "ARMED") return error;
  // One transaction that failed has changed nothing, and nobody else's change is to be taken back for it.
  const [first] = parts,
    single = parts.length === 1 && (first!.backend.name === "nft" || first!.tables.length === 1),
    applied = isRampartError(error, "kernel") && error.context.applied;
  if (single && isRampartError(error) && !applied && error.code !== "not-pending") {
    await state.move("ARMED", "ABORTED");
    return error;
  }
  await rollback(state);
  return error;
}

const asGuardError = (error: unknown): unknown => {
  if (isRampartError(error)) return error;
  const { message } = error as Error;
  return new RampartError("guard", { problem: message }, { cause: error });
};

function weaknesses({ memoryLocked, ownCgroup }: GuardFacts): string[] {
  const notes: string[] = [];
  if (!memoryLocked) notes.push("the guard's memory could not be locked");
  if (!ownCgroup)
    notes.push("the guard is in the cgroup of this process: what kills all of that takes the guard along");
  return notes;
}

function pendingOf(state: CommitState, token: string, committed: Committed, hands: Hands): WatchedPending {
  let result: Promise<void> | undefined;
  return {
    id: state.id,
    token,
    ...committed,
    isWaiting: async () => (await state.mark()) === "ARMED",
    remaining: () => state.remaining(),
    confirm: () => confirm(state, hands),
    rollback: async () => {
      await rollback(state);
    },
    extend: (ms) => extend(state, ms, hands),
    get result() {
      result ??= settled(state);
      return result;
    },
  };
}
