/**
 * Makes a change that waits for its confirmation, in the namespace that it was started in, and then does what its first
 * argument says. Says on standard output what has happened, a JSON object a line.
 */
import type { Backend } from "../../src/backends/backend.js";
import { legacyBackend } from "../../src/backends/legacy/backend.js";
import { nftBackend } from "../../src/backends/nft/backend.js";
import { type ConfirmOptions, commitGuarded } from "../../src/confirm/commit.js";
import { hands } from "../../src/firewall.js";
import {
  type DeadManPeer,
  type Family,
  Firewall,
  isRampartError,
  open,
  type Pending,
  parseRule,
  type Table,
} from "../../src/index.js";
import { builtInNames } from "../../src/model/names.js";

export interface Task {
  /** `wait` for how it ends; `hang` the event loop; die or stop around the commit, before the guard is told. */
  readonly act: "wait" | "hang" | "die-before" | "die-after" | "stop-before" | "exit";
  readonly backend: "legacy" | "nft";
  readonly families: readonly Family[];
  /** Milliseconds. */
  readonly within: number;
  /** Default: nobody. */
  readonly deadMan?: readonly DeadManPeer[] | "auto";
  /** Default true: what these rules do is known. */
  readonly force?: boolean;
  /** The new rules let everybody in. */
  readonly open?: boolean;
  readonly save?: string;
  readonly options?: Partial<ConfirmOptions>;
  /** Milliseconds. */
  readonly extend?: number;
}
const task = JSON.parse(process.argv[2]!) as Task;
const say = (what: object): void => {
  process.stdout.write(`${JSON.stringify(what)}\n`);
};

/** Other rules, other chains, other policies: nobody gets in any more. */
const changed = ({ filter, nat }: { filter: Table; nat: Table }): Table[] => [
  filter.edit((draft) => {
    draft.flush();
    if (draft.has("old")) draft.deleteChain("old");
    if (!draft.has("new")) draft.newChain("new");
    draft.append("new", [parseRule("-p tcp --dport 443 -j ACCEPT")]);
    draft.append("INPUT", [parseRule("-j new")]);
    if (task.open) return;
    for (const chain of ["INPUT", "OUTPUT"]) draft.policy(chain, "DROP");
  }),
  nat.flush("PREROUTING"),
];

/** By the inner door, where what the commit does can be interrupted. */
async function interrupted(confirm: ConfirmOptions): Promise<Pending> {
  const parts = [];
  for (const family of task.families) {
    const names = builtInNames,
      backend: Backend = task.backend === "nft" ? nftBackend({ names }) : legacyBackend({ names });
    const [filter, nat] = [await backend.read(family, "filter"), await backend.read(family, "nat")];
    const write = async (to: Backend, tables: readonly Table[]): Promise<void> => {
      if (task.act === "die-before") process.kill(process.pid, "SIGKILL");
      if (task.act === "stop-before") {
        say({ stopping: true });
        process.kill(process.pid, "SIGSTOP");
      }
      await to.write(tables);
      if (task.act === "die-after" && family === task.families.at(-1)) process.kill(process.pid, "SIGKILL");
    };
    parts.push({ family, backend, tables: changed({ filter, nat }), namespace: "/proc/self/ns/net", write });
  }
  return commitGuarded(parts, confirm, hands);
}
async function plain(confirm: ConfirmOptions): Promise<Pending> {
  const changes = [];
  for (const family of task.families) {
    const firewall = await open({ family, backend: task.backend });
    const save = task.save === undefined ? {} : { save: `${task.save}.${family}` };
    changes.push({ firewall, tables: changed(await firewall.read()), ...save });
  }
  return Firewall.writeTogether(changes, { confirm, force: task.force ?? true });
}

try {
  const confirm = {
    within: task.within,
    deadMan: task.deadMan === "auto" ? undefined : (task.deadMan ?? (false as const)),
    ...task.options,
  };
  const through = ["die-before", "die-after", "stop-before"].includes(task.act) ? interrupted : plain;
  const pending = await through(confirm);
  if (task.extend !== undefined) await pending.extend(task.extend);
  say({
    id: pending.id,
    token: pending.token,
    at: Date.now(),
    guard: pending.guard.pid,
    deadMan: pending.deadMan,
  });
  if (task.act === "hang") for (;;);
  if (task.act !== "exit") await pending.result;
  say({ end: task.act === "exit" ? "exit" : "confirmed" });
  process.exit(0);
} catch (error) {
  if (!isRampartError(error)) throw error;
  say({ end: error.code, context: error.context });
  process.exit(1);
}
