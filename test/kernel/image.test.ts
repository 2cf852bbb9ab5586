import { beforeAll, expect, it } from "vitest";
import { legacyAddon } from "../../src/native.js";
import { useNamespace } from "./namespace.js";

/** The layout, and what the digest is made of, by the words of native/README.md and with no help of ours. */
const A = 0x243f6a8885a308d3n,
  B = 0xb7e151628aed2a6bn,
  E = 0x13198a2e03707345n,
  WORD = (1n << 64n) - 1n;
const fold = (x: bigint, y: bigint): bigint => ((x * y) & WORD) ^ ((x * y) >> 64n);
class Digest {
  #a = 0x9e3779b97f4a7c15n;
  #b = 0xc2b2ae3d27d4eb4fn;
  #n = 0n;
  word(w: bigint): void {
    this.#a = fold(w ^ A, this.#a ^ E);
    this.#b = fold(w ^ this.#b, B);
    this.#n++;
  }
  run(bytes: Buffer): void {
    let at = 0;
    for (; at + 16 <= bytes.length; at += 16) {
      const p = bytes.readBigUInt64LE(at),
        q = bytes.readBigUInt64LE(at + 8);
      this.#a = fold(p ^ A, q ^ this.#a);
      this.#b = fold(q ^ B, p ^ this.#b);
      this.#n += 2n;
    }
    if (at < bytes.length) this.word(bytes.readBigUInt64LE(at));
  }
  get hex(): string {
    const bytes = Buffer.alloc(16);
    bytes.writeBigUInt64LE(fold(this.#a ^ this.#n ^ A, this.#b ^ E), 0);
    bytes.writeBigUInt64LE(fold(this.#b ^ this.#n ^ B, fold(this.#a ^ E, B)), 8);
    return bytes.toString("hex");
  }
}
const nameAt = (bytes: Buffer, at: number, size: number): string =>
  bytes.toString("utf8", at, at + bytes.subarray(at, at + size).indexOf(0));

function readImage(bytes: Buffer) {
  const u32 = (at: number) => bytes.readUInt32LE(at),
    i32 = (at: number) => bytes.readInt32LE(at);
  const family = u32(4),
    [counters, header] = family === 4 ? [96, 112] : [152, 168],
    next = family === 4 ? 90 : 142;
  const chainsAt = u32(68),
    directory = chainsAt + 72 * u32(56),
    index = directory + 32 * u32(64);
  expect(index + 8 * u32(60)).toBe(bytes.length);
  const digest = new Digest();
  const chains = Array.from({ length: u32(56) }, (_, i) => {
    const at = chainsAt + 72 * i,
      first = u32(at + 60),
      rules = Array.from({ length: u32(at + 64) }, (_, j) => i32(index + 8 * (first + j) + 4));
    rules.forEach((jump, j) => {
      const entry = bytes.subarray(u32(index + 8 * (first + j)));
      digest.run(entry.subarray(0, counters));
      digest.run(entry.subarray(header, entry.readUInt16LE(next)));
      digest.word(BigInt.asUintN(32, BigInt(jump)));
    });
    digest.run(bytes.subarray(at, at + 32));
    digest.word((BigInt(u32(at + 32)) << 32n) | BigInt(u32(at + 36)));
    digest.word(BigInt(rules.length));
    return { name: nameAt(bytes, at, 32), policy: i32(at + 36), references: u32(at + 56), first, rules };
  });
  const extensions = Array.from({ length: u32(64) }, (_, i) => {
    const at = directory + 32 * i;
    return `${nameAt(bytes, at, 30)} ${bytes[at + 30]} ${bytes[at + 31]}`;
  });
  return { version: u32(0), family, table: nameAt(bytes, 8, 32), chains, extensions, digest: digest.hex };
}

const RULES = `*mangle
:OUTPUT DROP [3:4]
:web - [0:0]
:a_chain_with_a_name_of_28_by - [0:0]
-A INPUT -p tcp -m tcp --dport 80 -m mark --mark 1 -j web
-A INPUT -p tcp -m tcp --dport 81 -g a_chain_with_a_name_of_28_by
-A INPUT
-A INPUT -j RETURN
-A web -j MARK --set-mark 7
-A web -m comment --comment "hello" -j ACCEPT
COMMIT
`;
const namespace = useNamespace();
beforeAll(() => {
  for (const tool of ["iptables", "ip6tables"]) namespace.run(`${tool}-legacy-restore`, [], RULES);
});

it.each([4, 6] as const)(
  "an image is what its description says, down to the digest (IPv%i)",
  async (family) => {
    const addon = legacyAddon(),
      network = addon.openNamespace(`/proc/${namespace.pid}/ns/net`);
    const bytes = Buffer.from((await addon.readTable(family, "mangle", network))!);
    network.close();
    const { chains, ...image } = readImage(bytes);
    expect(image).toEqual({
      version: 2,
      family,
      table: "mangle",
      extensions: ["tcp 0 0", "mark 0 1", "MARK 1 2", "comment 0 0"],
      digest: bytes.toString("hex", 40, 56),
    });
    const shown = chains.map(({ name, policy, references, rules }) => ({ name, policy, references, rules }));
    const empty = { policy: -2, references: 0, rules: [] };
    expect(shown).toEqual([
      { ...empty, name: "PREROUTING" },
      { ...empty, name: "INPUT", rules: [6, 5, -2, -1] },
      { ...empty, name: "FORWARD" },
      { ...empty, name: "OUTPUT", policy: -1 },
      { ...empty, name: "POSTROUTING" },
      { name: "a_chain_with_a_name_of_28_by", policy: 0, references: 1, rules: [] },
      { name: "web", policy: 0, references: 1, rules: [-1, -1] },
    ]);
  },
);
