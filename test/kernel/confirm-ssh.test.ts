import { spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { nftBackend } from "../../src/backends/nft/backend.js";
import { knowsTime } from "../../src/confirm/dead-man.js";
import { systemNames } from "../../src/index.js";
import { netlinkAddon } from "../../src/native.js";
import { inScene, kill, type Scene } from "./confirm-scene.js";
import { Namespace } from "./namespace.js";

const SERVER = { ipv4: "10.9.0.1", ipv6: "fd09::1" } as const,
  CLIENT = { ipv4: "10.9.0.2", ipv6: "fd09::2" } as const;
/** Answers with what it hears, at port 22, under the name of an ssh server. */
const SSHD = `require("fs").writeFileSync("/proc/self/comm", "sshd");
require("net").createServer((s) => { s.on("error", () => {}); s.pipe(s); }).listen(22, "::", () => console.log("up"));`;

/** There is traffic here. */
const uncounted = (save: string): string => save.replaceAll(/\[\d+:\d+\]/g, "");

/** A client's namespace beside the scene, and something like sshd in it. */
class Peer extends Namespace {
  readonly #scene: Scene;
  constructor(scene: Scene) {
    super();
    this.#scene = scene;
  }
  static async beside(scene: Scene): Promise<Peer> {
    const peer = new Peer(scene);
    await peer.ready();
    scene.run("sh", ["-c", `ip link set lo up && ip link add s0 type veth peer name c0 netns ${peer.pid}`]);
    for (const [one, link, own] of [
      [scene, "s0", SERVER],
      [peer, "c0", CLIENT],
    ] as const)
      one.run("sh", [
        "-c",
        `ip addr add ${own.ipv4}/24 dev ${link}; ip addr add ${own.ipv6}/64 dev ${link} nodad; ip link set ${link} up`,
      ]);
    const server = scene.launch(process.execPath, ["-e", SSHD]);
    await new Promise((resolve) => server.stdout!.once("data", resolve));
    return peer;
  }
  /**
   * Tries again and again whether something that is sent over a new connection comes back: 1 where it does, else 0. By a
   * process of its own, as this one may be busy at the very moment.
   */
  tries(family: "ipv4" | "ipv6"): { seen: () => string; stop: () => void } {
    const one = `exec 3<>/dev/tcp/${SERVER[family]}/22 && echo x >&3 && head -c1 <&3 >/dev/null`,
      loop = `while :; do timeout 0.5 bash -c '${one}' 2>/dev/null && echo 1 || echo 0; sleep 0.1; done`;
    const [first = "", ...rest] = [...this.enter, "bash", "-c", loop];
    const child = spawn(first, rest, { stdio: ["ignore", "pipe", "ignore"], detached: true });
    this.#scene.children.push(child);
    let seen = "";
    child.stdout.on("data", (chunk) => {
      seen += String(chunk).replaceAll("\n", "");
    });
    return { seen: () => seen, stop: () => process.kill(-child.pid!, "SIGKILL") };
  }
  /** A connection that stays, over which something was said. */
  async stay(): Promise<void> {
    const words = `exec 3<>/dev/tcp/${SERVER.ipv4}/22 && echo x >&3 && head -c2 <&3 && exec sleep 60`;
    const [first = "", ...rest] = [...this.enter, "bash", "-c", words];
    const child = spawn(first, rest, { stdio: ["ignore", "pipe", "ignore"] });
    this.#scene.children.push(child);
    await new Promise((resolve) => child.stdout.once("data", resolve));
  }
}
async function withPeer(
  backend: "legacy" | "nft",
  play: (scene: Scene, peer: Peer) => Promise<void>,
): Promise<void> {
  await inScene(backend, async (scene) => {
    const peer = await Peer.beside(scene);
    try {
      await play(scene, peer);
    } finally {
      peer.close();
    }
  });
}

describe.concurrent.each(["legacy", "nft"] as const)("ssh, %s:", (backend) => {
  it("with the guard killed and nobody alive, the rules themselves let it in again", () =>
    withPeer(backend, async (scene, peer) => {
      const seen = [peer.tries("ipv4").seen, peer.tries("ipv6").seen];
      while (!seen.every((one) => one().includes("1"))) await sleep(50);
      const deadMan = (["ipv4", "ipv6"] as const).map((family) => ({
        family,
        from: CLIENT[family],
        port: 22,
      }));
      const caller = scene.start({ act: "hang", within: 2000, families: ["ipv4", "ipv6"], deadMan });
      const { guard } = await caller.says("id");
      kill(Number(guard));
      caller.process.kill("SIGKILL");
      while (!seen.every((one) => /^1+0+1/.test(one()))) await sleep(50);
      // Nothing was rolled back: it is the rules that have opened.
      expect(scene.save()).toContain(":INPUT DROP");
      expect(scene.rampart("rollback").status).toBe(0);
      expect(uncounted(scene.save())).toBe(uncounted(scene.before));
    }));

  it("is found by itself, and its dead-man rules go with the confirmation and are in no saved file", () =>
    withPeer(backend, async (scene, peer) => {
      await peer.stay();
      // To be tried is no reason to try what is known to cut it off.
      const refused = scene.start({ act: "wait", within: 1000, deadMan: "auto", force: false });
      expect(await refused.says("end")).toMatchObject({ end: "lockout" });
      expect(uncounted(scene.save())).toBe(uncounted(scene.before));
      const caller = scene.start({ act: "wait", within: 30_000, deadMan: "auto" });
      expect(await caller.says("id")).toMatchObject({ deadMan: [{ from: CLIENT.ipv4, port: 22 }] });
      expect(scene.save()).toContain("rampart:deadman:");
      expect(scene.rampart("save", "--backend", backend).stdout).not.toContain("rampart:deadman:");
      // Who is given more time is let in that much later.
      const opening = () =>
        [...scene.save().matchAll(/--datestart (\S+)/g)].map(
          ([, date]) => Date.parse(`${date}Z`) - Date.now(),
        );
      expect(Math.max(...opening())).toBeLessThan(40_000);
      expect(scene.rampart("confirm", "--extend", "300").status).toBe(0);
      expect(Math.min(...opening())).toBeGreaterThan(270_000);
      expect(scene.rampart("confirm").status).toBe(0);
      expect(scene.save()).not.toContain("rampart:deadman:");
    }));

  it("by autoConfirm only a new connection that carries something confirms", () =>
    withPeer(backend, async (scene, peer) => {
      await peer.stay();
      const options = { autoConfirm: "new-ssh" } as const;
      const { seen, stop } = peer.tries("ipv4");
      while (!seen().includes("1")) await sleep(50);
      const closed = scene.start({ act: "wait", within: 3000, options });
      expect(await closed.says("end")).toMatchObject({ end: "rolled-back" });
      expect(seen()).toMatch(/^1+0/);
      stop();
      const open = scene.start({ act: "wait", within: 20_000, options, open: true });
      await open.says("id");
      await sleep(700);
      expect(scene.marks()).toEqual(["ARMED"]);
      await peer.stay();
      expect(await open.says("end")).toEqual({ end: "confirmed" });
    }));
});

it("whether nf_tables knows the time is tried, and nothing of it stays", async () => {
  const fresh = new Namespace();
  await fresh.ready();
  const namespace = netlinkAddon().openNamespace(`/proc/${fresh.pid}/ns/net`),
    backend = nftBackend({ names: await systemNames(), namespace });
  expect(await knowsTime(backend, "ipv4")).toBe(true);
  expect(await backend.tables("ipv4")).toEqual([]);
  namespace.close();
  fresh.close();
});

it("autoConfirm is refused where nobody is known whose coming would prove anything", () =>
  inScene("nft", async (scene) => {
    const caller = scene.start({ act: "wait", within: 1000, options: { autoConfirm: "new-ssh" } });
    expect(await caller.says("end")).toMatchObject({ end: "guard" });
    expect(scene.save()).toBe(scene.before);
  }));
