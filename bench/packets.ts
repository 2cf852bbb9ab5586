/**
 * What a block list costs the packets that it does not block: datagrams over a veth pair, from one namespace to another, as
 * many a second as come through to the last rule of INPUT. No list, ten thousand rules one after the other, the same
 * addresses by `engine: "rules"`, a million in a set. Prints medians of rounds in which each had its turn. Needs cc.
 *
 *     npx tsx bench/packets.ts
 */
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { blocklist } from "../src/index.js";
import { inNamespace } from "./inside.js";
import { median } from "./measure.js";

const ROUNDS = 8,
  MILLISECONDS = 500,
  FEW = 10_000,
  MANY = 1_000_000,
  HERE = "10.200.0.1",
  THERE = "10.200.0.2";
const run = (line: string): string => {
  const [program = "", ...args] = line.split(" ");
  return execFileSync(program, args, { encoding: "utf8", maxBuffer: 1 << 28 });
};

/** All over 10/8, in no order, without the two that talk. */
function addresses(count: number): string[] {
  const found: string[] = [];
  for (let i = 0; found.length < count; i++) {
    // An odd factor only shuffles: no two are alike.
    const n = Math.imul(i, 0x9e37_79b1) & 0xff_ffff,
      text = `10.${n >>> 16}.${(n >>> 8) & 255}.${n & 255}`;
    if (text !== HERE && text !== THERE) found.push(text);
  }
  return found;
}

type Case = "no list" | "10,000 rules" | '10,000 by engine: "rules"' | "1,000,000 in a set";
async function measure(directory: string): Promise<void> {
  const sender = join(directory, "sender"),
    rules = join(directory, "rules"),
    few = addresses(FEW),
    options = { safe: false, backend: "legacy", lockPath: join(directory, "lock"), family: "ipv4" } as const;
  execFileSync("cc", ["-O2", "-o", sender, fileURLToPath(new URL("packets.c", import.meta.url))]);
  writeFileSync(rules, `*filter\n${few.map((ip) => `-A INPUT -s ${ip}/32 -j DROP\n`).join("")}COMMIT\n`);
  const peer = spawn("unshare", ["-n", "sh", "-c", "echo; exec sleep infinity"]);
  await once(peer.stdout, "data");
  const there = (line: string): string => run(`nsenter -t ${peer.pid} -n ${line}`);
  run(`ip link add near type veth peer name far netns ${peer.pid}`);
  run(`ip address add ${HERE}/16 dev near`);
  run("ip link set near up");
  there(`ip address add ${THERE}/16 dev far`);
  there("ip link set far up");

  const tree = blocklist("few", { sources: [{ entries: few }], engine: "rules", ...options }),
    set = blocklist("many", { sources: [{ entries: addresses(MANY) }], ...options });
  const ready: { readonly [K in Case]: () => unknown } = {
    "no list": () => {},
    "10,000 rules": () => run(`iptables-legacy-restore ${rules}`),
    '10,000 by engine: "rules"': () => tree.sync(),
    "1,000,000 in a set": () => set.sync(),
  };
  /** How many a second came through. */
  const arrived = (): number => {
    run("iptables-legacy -A INPUT -p udp --dport 9 -j DROP");
    there(`${sender} ${HERE} 200`);
    run("iptables-legacy -Z INPUT");
    const sent = Number(there(`${sender} ${HERE} ${MILLISECONDS}`)),
      came = Number(/^\[(\d+):\d+\] -A INPUT .*--dport 9 /m.exec(run("iptables-legacy-save -c"))?.[1]);
    if (!(came > sent * 0.99)) throw new Error(`of ${sent} packets ${came} came`);
    return (came * 1000) / MILLISECONDS;
  };
  const names = Object.keys(ready) as Case[],
    rates = new Map(names.map((name) => [name, [] as number[]]));
  for (let round = 0; round < ROUNDS; round++)
    // Each is the first of a round at times, when all is cold.
    for (const name of [...names.slice(round % names.length), ...names.slice(0, round % names.length)]) {
      await ready[name]();
      rates.get(name)!.push(arrived());
      run("iptables-legacy -F INPUT");
      if (name.includes("engine")) await tree.remove();
      if (name.includes("set")) await set.remove();
    }
  const bare = 1e9 / median(rates.get("no list")!);
  for (const [name, all] of rates) {
    const rate = median(all);
    console.log(
      `${name.padEnd(28)}${rate.toFixed(0).padStart(9)} packets a second, ${(1e9 / rate - bare).toFixed(0).padStart(7)} ns a packet more`,
    );
  }
  peer.kill();
}
if (process.getuid?.() !== 0 || spawnSync("iptables-legacy", ["--version"]).status !== 0)
  throw new Error("it takes root and iptables-legacy");
await inNamespace(measure);
