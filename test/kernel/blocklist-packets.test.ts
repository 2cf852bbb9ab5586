import { spawn } from "node:child_process";
import { once } from "node:events";
import { afterAll, beforeAll, expect, it } from "vitest";
import { blocklist } from "../../src/index.js";
import { Namespace, useNamespace } from "./namespace.js";

const SYNCS = 50,
  ENTRIES = 100_000;
const here = useNamespace(),
  there = new Namespace();
const HERE = "10.200.0.1",
  BANNED = "10.200.0.2",
  IN_NET = "10.200.1.9",
  SAFE = "10.200.0.3";

beforeAll(async () => {
  await there.ready();
  here.run("ip", ["link", "add", "near", "type", "veth", "peer", "name", "far", "netns", String(there.pid)]);
  here.run("ip", ["address", "add", `${HERE}/16`, "dev", "near"]);
  here.run("ip", ["link", "set", "near", "up"]);
  for (const address of [BANNED, IN_NET, SAFE])
    there.run("ip", ["address", "add", `${address}/16`, "dev", "far"]);
  there.run("ip", ["link", "set", "far", "up"]);
});
afterAll(() => there.close());

/** Sends from all three addresses until it is told to stop, then says how many from each. */
const SENDER = `
const { createSocket } = require("node:dgram");
const addresses = ${JSON.stringify([BANNED, IN_NET, SAFE])}, sent = [0, 0, 0];
const sockets = addresses.map((address) => { const s = createSocket("udp4"); s.bind(0, address); s.on("error", () => {}); return s; });
const timer = setInterval(() => sockets.forEach((s, i) => { for (let n = 0; n < 4; n++) { s.send("x", 9, "${HERE}"); sent[i]++; } }), 2);
process.stdin.once("data", () => { clearInterval(timer); setTimeout(() => { console.log(JSON.stringify(sent)); process.exit(); }, 300); });
process.stdout.write("");
`;
const counted = (address: string): number =>
  Number(
    new RegExp(`^\\[(\\d+):\\d+\\] -A INPUT -s ${address}/32`, "m").exec(
      here.run("iptables-legacy-save", ["-c"]),
    )?.[1],
  );

it(`during ${SYNCS} syncs of changing lists of ${ENTRIES}, no banned packet passes and no safe one is lost`, async () => {
  let round = 0;
  /** Most of it changes each second time, a little the other times; the banned ones are always in it. */
  function* entries(): Generator<string> {
    yield BANNED;
    yield "10.200.1.0/24";
    const base = Math.floor(round / 2) * 7919;
    for (let i = 0; i < ENTRIES; i++) {
      const n = (base + i * 3 + (i < 50 ? round : 0)) & 0xff_ffff;
      yield `11.${n >> 16}.${(n >> 8) & 255}.${n & 255}`;
    }
  }
  const list = blocklist("drop", {
    sources: [{ entries: { [Symbol.iterator]: entries } }],
    safe: { also: [SAFE] },
    backend: "legacy",
    netns: `pid:${here.pid}`,
    lockPath: here.lock,
  });
  await list.sync();
  for (const address of [BANNED, IN_NET, SAFE])
    here.iptables(`-A INPUT -s ${address}/32 -p udp --dport 9 -j DROP`);
  const [first = "", ...rest] = [...there.enter, process.execPath, "-e", SENDER];
  const sender = spawn(first, rest, { stdio: ["pipe", "pipe", "inherit"] });
  let output = "";
  sender.stdout.on("data", (text) => {
    output += text;
  });
  const by: Record<string, number> = {};
  for (round = 1; round <= SYNCS; round++) {
    const report = await list.sync();
    by[report.by] = (by[report.by] ?? 0) + 1;
  }
  sender.stdin.write("stop\n");
  await once(sender, "exit");
  const [banned, inNet, safe] = JSON.parse(output) as [number, number, number];
  expect(Math.min(banned, inNet, safe)).toBeGreaterThan(1000);
  expect([counted(BANNED), counted(IN_NET), counted(SAFE)]).toEqual([0, 0, safe]);
  expect(by.whole).toBeGreaterThan(10);
  expect(by.changes).toBeGreaterThan(10);
}, 300_000);
