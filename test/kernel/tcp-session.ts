import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Namespace } from "./namespace.js";

/** Listens and connects to itself, then does what the lines it reads say: who shall speak. Prints whether it was heard. */
const PROGRAM = `
  const net = require("node:net"), [, address, port, name] = process.argv, ends = {};
  if (name) process.title = name;
  const server = net.createServer((socket) => { ends.server = socket; ready(); }).listen(+port, address, () => {
    ends.client = net.connect(+port, address, ready);
  });
  const ready = () => {
    if (!ends.server || !ends.client?.remotePort) return;
    for (const [name, end] of Object.entries(ends)) end.on("error", () => {}).on("close", () => { end.gone = true; });
    console.log(ends.client.localPort);
    require("node:readline").createInterface(process.stdin).on("line", (line) => {
      const [speaker, patience] = line.split(" "), listener = speaker === "client" ? "server" : "client";
      if (ends[speaker].gone) return console.log("gone");
      const timer = setTimeout(() => { ends[listener].removeAllListeners("data"); console.log("silence"); }, +patience);
      ends[listener].once("data", () => { clearTimeout(timer); console.log("heard"); });
      ends[speaker].write("x");
    });
  };`;

/** A TCP connection over loopback inside of a namespace, with both of its ends in one process. */
export class TcpSession {
  /** The client's. */
  clientPort = 0;
  readonly #process: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  private constructor(process: ChildProcess) {
    this.#process = process;
    this.#lines = createInterface(process.stdout!)[Symbol.asyncIterator]();
  }
  /** `name` is what /proc calls the process. */
  static async open(namespace: Namespace, address: string, port: number, name = ""): Promise<TcpSession> {
    const [enter = "", ...rest] = namespace.enter;
    const words = [...rest, process.execPath, "-e", PROGRAM, address, String(port), name];
    const session = new TcpSession(spawn(enter, words, { stdio: ["pipe", "pipe", "inherit"] }));
    session.clientPort = Number(await session.#line());
    return session;
  }
  /** Of the process that holds both ends and the listener. */
  get pid(): number {
    return this.#process.pid!;
  }
  /** One end says something: whether the other hears it in time (milliseconds), or the speaker's socket has ended. */
  async say(speaker: "client" | "server", patience = 400): Promise<string> {
    this.#process.stdin!.write(`${speaker} ${patience}\n`);
    return this.#line();
  }
  async #line(): Promise<string> {
    return (await this.#lines.next()).value ?? "ended";
  }
  async close(): Promise<void> {
    if (this.#process.exitCode !== null) return;
    const gone = once(this.#process, "exit");
    this.#process.kill("SIGKILL");
    await gone;
  }
}
