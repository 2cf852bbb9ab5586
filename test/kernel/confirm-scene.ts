import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll } from "vitest";
import { Package } from "./compiled.js";
import type { Task } from "./confirm-driver.js";
import { Namespace } from "./namespace.js";

export type Said = Readonly<Record<string, unknown>>;

/** What the callers are run from. */
export const program = new Package(["confirm-driver.ts"]);
afterAll(() => program.remove());

/** A process that makes a change, and what it says. */
export class Caller {
  readonly process: ChildProcess;
  readonly said: Said[] = [];
  readonly ended: Promise<void>;
  constructor(child: ChildProcess, json: boolean) {
    this.process = child;
    const lines = createInterface({ input: child.stdout! });
    lines.on("line", (line) => json && this.said.push(JSON.parse(line)));
    this.ended = new Promise((resolve) => child.once("close", () => resolve()));
  }
  /** The next thing said that has that key. */
  async says(key: string): Promise<Said> {
    for (let i = 0; i < 1500; i++) {
      const found = this.said.find((one) => key in one);
      if (found) return found;
      if (this.process.exitCode !== null && i > 100) break;
      await sleep(10);
    }
    throw new Error(`the driver never said "${key}", but ${JSON.stringify(this.said)}`);
  }
}

/** A namespace with rules of both kinds in both families, and a place for the states of changes. */
export class Scene extends Namespace {
  readonly backend: "legacy" | "nft";
  readonly children: ChildProcess[] = [];
  readonly states = join(this.directory, "run");
  before = "";
  constructor(backend: "legacy" | "nft") {
    super();
    this.backend = backend;
    mkdirSync(this.states);
  }
  static async make(backend: "legacy" | "nft"): Promise<Scene> {
    const scene = new Scene(backend);
    await scene.ready();
    for (const [tool, address] of [
      ["iptables", "192.0.2.0/24"],
      ["ip6tables", "2001:db8::/32"],
    ]) {
      const rules = `*filter
:INPUT ACCEPT [11:1100]
:FORWARD DROP [0:0]
:OUTPUT ACCEPT [22:2200]
:old - [0:0]
:third - [0:0]
[3:300] -A INPUT -s ${address} -m limit --limit 3/min -j old
[4:400] -A INPUT -p tcp -m tcp --dport 22 -m comment --comment "the way in" -j ACCEPT
[0:0] -A old -j LOG --log-prefix "a b"
[5:500] -A old -g third
[6:600] -A third -j REJECT
COMMIT
*nat
[7:700] -A PREROUTING -p tcp -m tcp --dport 80 -j REDIRECT --to-ports 8080
COMMIT
`;
      scene.run(`${tool}-${backend}-restore`, ["-c"], rules);
    }
    scene.before = scene.save();
    return scene;
  }
  override get environment(): NodeJS.ProcessEnv {
    return { ...super.environment, RAMPART_STATE_DIRECTORY: this.states, SSH_CONNECTION: "" };
  }
  /** All tables of both families with their counters. */
  save(): string {
    const one = (tool: string): string => this.run(`${tool}-${this.backend}-save`, ["-c"]);
    return (one("iptables") + one("ip6tables")).replaceAll(/^#.*\n/gm, "");
  }
  /** `before`: words that the driver is run by; `from`: the package that it is run from. */
  start(
    task: Omit<Task, "backend" | "families"> & Partial<Task>,
    before: readonly string[] = [],
    from = program,
  ): Caller {
    const whole = { backend: this.backend, families: ["ipv4"], ...task };
    return this.spawn(
      [...before, process.execPath, from.path("test/kernel/confirm-driver.js"), JSON.stringify(whole)],
      "inherit",
    );
  }
  /** `json`: whether it says a JSON object a line, and nothing else. */
  spawn(words: readonly string[], errors: "inherit" | "ignore", json = true): Caller {
    const [first = "", ...rest] = [...this.enter, ...words];
    const child = spawn(first, rest, { env: this.environment, stdio: ["pipe", "pipe", errors] });
    return new Caller(this.#kept(child), json);
  }
  launch(program: string, args: readonly string[]): ChildProcess {
    const [first = "", ...rest] = [...this.enter, program, ...args];
    return this.#kept(spawn(first, rest, { stdio: ["ignore", "pipe", "inherit"] }));
  }
  #kept(child: ChildProcess): ChildProcess {
    this.children.push(child);
    return child;
  }
  /** Rampart's command line. */
  rampart(...words: string[]) {
    return this.try(process.execPath, [program.path("src/cli/main.js"), ...words]);
  }
  /** The newest change. */
  get id(): string {
    const ids = readdirSync(this.states).filter((name) => /^[0-9a-f]{8}$/.test(name)),
      age = (id: string) => statSync(join(this.states, id)).birthtimeMs;
    return ids.sort((a, b) => age(b) - age(a))[0] ?? "";
  }
  marks(): string[] {
    return readdirSync(join(this.states, this.id)).filter((name) => /^[A-Z]+$/.test(name));
  }
  file(name: string): string {
    return readFileSync(join(this.states, this.id, name), "utf8");
  }
  /** How many milliseconds after `Date.now()` was that, the file was written. */
  age(name: string, since: number): number {
    return statSync(join(this.states, this.id, name)).mtimeMs - since;
  }
  /** Until the change has ended so. */
  async reaches(mark: string, timeout = 15_000): Promise<void> {
    const begin = performance.now();
    while (!existsSync(join(this.states, this.id, mark))) {
      if (performance.now() - begin > timeout)
        throw new Error(`no ${mark} after ${timeout} ms, but ${this.marks()}`);
      await sleep(10);
    }
  }
}

/** Runs what is to be done in a scene of its own, and leaves nothing of it. */
export async function inScene(
  backend: "legacy" | "nft",
  play: (scene: Scene) => Promise<void>,
): Promise<void> {
  const scene = await Scene.make(backend);
  try {
    await play(scene);
  } finally {
    for (const child of scene.children) child.kill("SIGKILL");
    for (const pid of guardsOf(scene.states)) kill(pid);
    scene.close();
  }
}
function guardsOf(states: string): number[] {
  return readdirSync(states, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => join(states, name, "guard"))
    .filter(existsSync)
    .map((path) => Number(/^pid (\d+)/.exec(readFileSync(path, "utf8"))?.[1]))
    .filter((pid) => isGuard(pid));
}
/** A number may have come to mean another process. */
export const isGuard = (pid: number): boolean => {
  try {
    return readFileSync(`/proc/${pid}/comm`, "utf8").trim() === "rampart-guard";
  } catch {
    return false;
  }
};
export function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended by itself.
  }
}
