import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readlinkSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach } from "vitest";
import { type Firewall, type OpenOptions, open } from "../../src/index.js";

/** A network namespace of its own for the tests of a file, with a lock file of its own. Gone when they end. */
export class Namespace {
  readonly directory = mkdtempSync(join(tmpdir(), "rampart-test-"));
  readonly lock = join(this.directory, "xtables.lock");
  readonly #keeper: ChildProcess = spawn("unshare", ["-n", "sleep", "infinity"], { stdio: "ignore" });

  get pid(): number {
    return this.#keeper.pid!;
  }
  get environment(): NodeJS.ProcessEnv {
    return { ...process.env, XTABLES_LOCKFILE: this.lock, RAMPART_BACKEND: "legacy", NO_COLOR: "1" };
  }
  /** Words that run what follows them in the namespace. */
  get enter(): readonly string[] {
    return ["nsenter", "-t", String(this.pid), "-n"];
  }
  async ready(): Promise<void> {
    const outside = readlinkSync("/proc/self/ns/net");
    for (let i = 0; i < 400; i++) {
      if (this.#keeper.exitCode !== null) break;
      // Between fork and unshare it is still outside, and before exec it has no name.
      if (readlinkSync(`/proc/${this.pid}/ns/net`) !== outside) return;
      await sleep(5);
    }
    throw new Error("no network namespace could be made: the tests need root (in a container: --privileged)");
  }
  /** Runs a program in the namespace; throws, with what it said, unless it ends with 0. */
  run(program: string, args: readonly string[] = [], input = ""): string {
    const { status, stdout, stderr } = this.try(program, args, input);
    if (status !== 0) throw new Error(`${program} ${args.join(" ")} ended with ${status}: ${stderr}`);
    return stdout;
  }
  /** The same, of one line of words without blanks in them. */
  line(line: string): string {
    const [program = "", ...args] = line.split(" ");
    return this.run(program, args);
  }
  try(program: string, args: readonly string[] = [], input = "") {
    const [first = "", ...rest] = [...this.enter, program, ...args];
    return spawnSync(first, rest, { input, env: this.environment, encoding: "utf8", maxBuffer: 1 << 28 });
  }
  /** As somebody who may change nothing. By name it is root still: the clone may lie where only root reads. */
  tryWithoutRights(program: string, args: readonly string[] = []) {
    const less = ["--bounding-set=-net_admin,-net_raw", "--inh-caps=-net_admin,-net_raw"];
    return this.try("setpriv", [...less, program, ...args]);
  }
  /** iptables' words, split at blanks. */
  iptables(words: string): string {
    return this.run("iptables-legacy", words.split(" "));
  }
  open(options: OpenOptions = {}): Promise<Firewall> {
    return open({ netns: `pid:${this.pid}`, lockPath: this.lock, backend: "legacy", ...options });
  }
  close(): void {
    this.#keeper.kill("SIGKILL");
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** A namespace for each test of a file, handed over before it begins. */
export function useFreshNamespaces(take: (namespace: Namespace) => void): void {
  beforeEach(async () => {
    const namespace = new Namespace();
    await namespace.ready();
    take(namespace);
    return () => namespace.close();
  });
}
/** A namespace for all tests of a file. */
export function useNamespace(): Namespace {
  const namespace = new Namespace();
  beforeAll(() => namespace.ready());
  afterAll(() => namespace.close());
  return namespace;
}

/** A save without its comment lines, which hold the date and the program's name. */
export const withoutComments = (save: string): string => save.replaceAll(/^#.*\n/gm, "");
