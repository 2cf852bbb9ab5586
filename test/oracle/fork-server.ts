import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** What one run of an iptables program came to. */
export interface Run {
  /** Its exit status; that of a program which died of signal N is 128 + N. */
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Each table that it sent to the kernel: `struct ipt_replace`, entries included. */
  readonly sent: readonly Buffer[];
  /** Each table that the kernel gave it: `struct ipt_get_entries`. */
  readonly got: readonly Buffer[];
}
export interface RunOptions {
  readonly input?: string | undefined;
  /** What it sends to the kernel is written down, and goes no further. */
  readonly dry?: boolean;
  /** A table that was sent before, to be read as if the kernel held it. */
  readonly play?: Buffer | undefined;
}

const PROGRAMS = "xtables-legacy-multi";
const NOTHING = Buffer.alloc(0);
const ANSWER = 16,
  SET_REPLACE = 64;

/** The installed iptables, as a process that forks for each run: a run takes a millisecond, and none leaves a trace in it. */
export class ForkServer implements Disposable {
  readonly directory = mkdtempSync(join(tmpdir(), "rampart-oracle-"));
  readonly #process: ChildProcess;
  readonly #waiting: ((run: Run) => void)[] = [];
  #chunks: Buffer[] = [];
  #held = 0;
  #wanted = ANSWER;

  constructor() {
    const library = join(this.directory, "fork-server.so"),
      source = fileURLToPath(new URL("fork-server.c", import.meta.url));
    execFileSync("cc", ["-O2", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-o", library, source]);
    const env = {
      PATH: `${process.env.PATH}:/usr/sbin:/sbin`,
      LD_PRELOAD: library,
      XTABLES_LOCKFILE: join(this.directory, "xtables.lock"),
    };
    this.#process = spawn(PROGRAMS, { env, stdio: ["pipe", "pipe", "inherit"] });
    this.#process.stdout!.on("data", (chunk: Buffer) => this.#take(chunk));
  }

  /** `words` begins with the program's name: `iptables-legacy`, `ip6tables-legacy-save`, … */
  run(words: readonly string[], { input = "", dry = false, play = NOTHING }: RunOptions = {}): Promise<Run> {
    const argv = Buffer.from(words.map((word) => `${word}\0`).join("")),
      stdin = Buffer.from(input),
      head = Buffer.alloc(16);
    head.writeUInt32LE(dry ? 1 : 0, 0);
    head.writeUInt32LE(argv.length, 4);
    head.writeUInt32LE(stdin.length, 8);
    head.writeUInt32LE(play.length, 12);
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.#process.stdin!.write(Buffer.concat([head, argv, stdin, play]));
    });
  }

  #take(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#held += chunk.length;
    while (this.#held >= this.#wanted) {
      const all = Buffer.concat(this.#chunks),
        whole = ANSWER + all.readUInt32LE(4) + all.readUInt32LE(8) + all.readUInt32LE(12);
      this.#wanted = whole;
      this.#chunks = [all];
      if (all.length < whole) return;
      this.#chunks = [all.subarray(whole)];
      this.#held -= whole;
      this.#wanted = ANSWER;
      this.#waiting.shift()!(readRun(all));
    }
  }
  [Symbol.dispose](): void {
    this.#process.stdin!.end();
    rmSync(this.directory, { recursive: true, force: true });
  }
}

function readRun(bytes: Buffer): Run {
  const wait = bytes.readInt32LE(0),
    output = ANSWER + bytes.readUInt32LE(4),
    error = output + bytes.readUInt32LE(8),
    end = error + bytes.readUInt32LE(12);
  const sent: Buffer[] = [],
    got: Buffer[] = [];
  for (let at = error; at < end; ) {
    const size = bytes.readUInt32LE(at + 4);
    (bytes.readUInt32LE(at) === SET_REPLACE ? sent : got).push(bytes.subarray(at + 8, at + 8 + size));
    at += 8 + size;
  }
  const signal = wait & 0x7f;
  return {
    status: signal === 0 ? (wait >> 8) & 0xff : 128 + signal,
    stdout: bytes.toString("utf8", ANSWER, output),
    stderr: bytes.toString("utf8", output, error),
    sent,
    got,
  };
}
