import { describe, expect, it } from "vitest";
import { ENTRY_SIZE, encodeEntry, encodePart, encodeTarget } from "../../../src/extensions/entry.js";
import {
  comment,
  conntrack,
  dnat,
  hashlimit,
  multiport,
  recent,
  reject,
  setMark,
  snat,
  statistic,
  string,
  tcp,
  time,
} from "../../../src/extensions/index.js";
import { printPart } from "../../../src/extensions/lookup.js";
import type { Part, Rule } from "../../../src/model/rule.js";
import { encodeRule } from "../../vectors/conformance.js";
import { contextOf } from "../../vectors/iptables.js";

const ipv4 = contextOf("ipv4"),
  ipv6 = contextOf("ipv6");
/** Options that the types refuse, as a caller without types may pass them. */
const untyped = (value: unknown): never => value as never;

describe("factories", () => {
  it("make frozen parts that are plain in JSON", () => {
    const part = tcp({ dport: [80, 443] });
    expect(JSON.stringify(part)).toBe('{"name":"tcp","options":{"dport":[80,443]}}');
    expect(
      Object.isFrozen(part) && Object.isFrozen(part.options) && Object.isFrozen(part.options.dport),
    ).toBe(true);
  });
  it("do not freeze what the caller passed", () => {
    const dport: [number, number] = [80, 443];
    tcp({ dport });
    dport[1] = 81;
    expect(dport).toEqual([80, 81]);
  });
  it.each([
    [tcp({ dport: [80, 80] }), { dport: 80 }],
    [tcp({ dport: 1, sport: 2 }), { sport: 2, dport: 1 }],
    [conntrack({ ctstate: ["RELATED", "NEW", "NEW"] }), { ctstate: ["NEW", "RELATED"] }],
    [conntrack({ ctorigsrc: "10.1.2.3/255.255.0.0" }), { ctorigsrc: "10.1.2.3/16" }],
    [conntrack({ ctorigsrc: { not: "2001:DB8:0::/32" } }), { ctorigsrc: { not: "2001:db8::/32" } }],
    [dnat({ toDestination: "[2001:DB8::1]:80" }), { toDestination: "[2001:db8::1]:80" }],
    [dnat({ toDestination: ":80-80" }), { toDestination: ":80" }],
    [time({ weekdays: ["Sun", "Mon"] }), { weekdays: ["Mon", "Sun"], datestop: "2038-01-19T03:14:07" }],
    [
      hashlimit({ hashlimitUpto: "1024b/s", hashlimitName: "h" }),
      { hashlimitUpto: "1kb/s", hashlimitName: "h" },
    ],
    [statistic({ mode: "random", probability: 0.5 }), { mode: "random", probability: 0.5 }],
    [comment({ comment: 'say "hi" there' }), { comment: 'say "hi" there' }],
    [string({ string: "a b", algo: "bm" }), { string: "a b", algo: "bm" }],
    [setMark({ setXmark: { value: 1, mask: 0xffffffff } }), { setXmark: 1 }],
  ])("give one form to what means the same: %j", (part: Part, options) => {
    expect(part.options).toEqual(options);
    expect(Object.keys(part.options)).toEqual(Object.keys(options));
  });
  it.each([
    [() => tcp({ dport: 99999 }), 'tcp: dport: "99999" is not a number from 0 to 65535: 99999'],
    [() => tcp({ dport: [9, 1] }), "tcp: dport: range 9:1 is backwards: [9,1]"],
    [() => tcp(untyped({ dprt: 1 })), 'tcp: unknown option "dprt"'],
    [() => tcp(untyped({ dport: null })), "tcp: dport: not such a value: null"],
    [() => tcp(untyped({ dport: 1.5 })), 'tcp: dport: "1.5" is not a number from 0 to 65535: 1.5'],
    [() => conntrack(untyped({ ctstate: 5 })), "conntrack: ctstate: not such a value: 5"],
    [
      () => conntrack({}),
      "conntrack: at least one option is required: --ctstate, --ctproto, --ctorigsrc, --ctorigdst, --ctreplsrc, --ctrepldst, --ctorigsrcport, --ctorigdstport, --ctreplsrcport, --ctrepldstport, --ctstatus, --ctexpire, --ctdir",
    ],
    [
      () => multiport({ ports: [1], dports: [2] }),
      "multiport: exactly one option is required: --sports, --dports, --ports",
    ],
    [() => snat(untyped({ random: true })), 'SNAT: option "--to-source" must be specified'],
    [() => snat(untyped({ toSource: "1.2.3.4", random: false })), "SNAT: random: true is its only value"],
    [() => recent(untyped({ name: { not: "x" }, set: true })), "recent: name cannot be inverted"],
    [() => comment({ comment: "a\nb" }), 'comment: comment: a line break or a NUL cannot be saved: "a\\nb"'],
  ])("refuse what cannot be: %s", (make, message) => {
    expect(make).toThrow(expect.objectContaining({ code: "invalid-value", message }));
  });
  it("are the extension that they make parts of", () => {
    expect([tcp.name, tcp.kind, reject.name, reject.kind]).toEqual(["tcp", "match", "REJECT", "target"]);
  });
});

describe("bytes of parts", () => {
  it("are the same object from the second time on", () => {
    const part = tcp({ dport: 22 });
    encodePart(part, "match", ipv4);
    const bytes = encodePart(part, "match", ipv4);
    expect(encodePart(part, "match", ipv4)).toBe(bytes);
    expect(encodePart(part, "match", ipv6)).not.toBe(bytes);
    expect(encodePart(part, "match", ipv4)).toBe(bytes);
  });
  it("of a frozen plain part too, but not of one that may change", () => {
    const frozen = Object.freeze({ name: "tcp", options: Object.freeze({ dport: 22 }) }) as unknown as Part;
    encodePart(frozen, "match", ipv4);
    expect(encodePart(frozen, "match", ipv4)).toBe(encodePart(frozen, "match", ipv4));
    const options = { dport: 22 },
      plain = { name: "tcp", options } as unknown as Part;
    const before = encodePart(plain, "match", ipv4).slice();
    options.dport = 23;
    expect(encodePart(plain, "match", ipv4)).not.toEqual(before);
  });
  it("are asked for in the right place", () => {
    expect(() => encodePart(tcp({ dport: 1 }), "target", ipv4)).toThrow("tcp is a match, not a target");
    expect(() => encodePart({ name: "nosuch", options: {} } as unknown as Part, "match", ipv4)).toThrow(
      expect.objectContaining({ code: "unknown-extension" }),
    );
    expect(() => encodePart(reject({ rejectWith: "icmp6-no-route" }), "target", ipv4)).toThrow(
      expect.objectContaining({ code: "invalid-value" }),
    );
  });
});

describe("rules", () => {
  it.each<[Rule, string]>([
    [{ inInterface: "interface-too-long" }, "cannot be an interface"],
    [{ inInterface: "" }, "cannot be an interface"],
    [{ source: "300.1.1.1" }, '"300.1.1.1" is not an ipv4 address'],
    [{ source: "2001:db8::1" }, "is not an ipv4 address"],
    [{ source: "10.0.0.0/33" }, 'invalid mask "33"'],
    [{ protocol: 70000 }, "protocol 70000"],
    [{ protocol: untyped("tpc") }, 'protocol "tpc" is neither a known name nor a number'],
    [{ protocol: { not: 0 } }, "never match protocol"],
    [{ jump: "ACCEPT", goto: "x" }, "not both"],
    [{ goto: "ACCEPT" }, "is not a chain"],
    [{ jump: "a-chain-name-that-is-far-too-long" }, "cannot be a chain"],
    [{ matches: [multiport({ ports: [1] })] }, "multiport needs -p"],
    [{ protocol: { not: "tcp" }, matches: [multiport({ ports: [1] })] }, "multiport needs -p"],
    [{ jump: dnat({ toDestination: ":80" }) }, "ports need -p"],
    [{ matches: [statistic({ mode: "nth" })] }, "--every and --packet must be specified"],
  ])("that iptables would refuse are refused: %j", (rule, problem) => {
    expect(() => encodeRule(rule, ipv4)).toThrow(
      expect.objectContaining({ code: "invalid-value", message: expect.stringContaining(problem) as string }),
    );
  });
  it("have fragments in IPv4 only", () => {
    expect(() => encodeRule({ fragment: true }, ipv6)).toThrow("IPv4 only");
  });
  it("write only the fixed part, wherever it is asked for", () => {
    const bytes = new Uint8Array(200).fill(0xee);
    const end = encodeEntry(
      bytes,
      8,
      { source: "10.1.2.3/8", counters: { packets: 5, bytes: "18446744073709551615" } },
      112,
      152,
      ipv4,
    );
    expect(end).toBe(8 + ENTRY_SIZE.ipv4);
    expect([...bytes.subarray(0, 8), ...bytes.subarray(end)].every((byte) => byte === 0xee)).toBe(true);
    expect([...bytes.subarray(8, 20)]).toEqual([10, 0, 0, 0, 0, 0, 0, 0, 255, 0, 0, 0]);
    expect([...bytes.subarray(8 + 96, 8 + 112)]).toEqual([
      5,
      0,
      0,
      0,
      0,
      0,
      0,
      0,
      ...Array<number>(8).fill(255),
    ]);
  });
  it("leave the name of a user chain for libiptc to resolve", () => {
    const target = encodeTarget({ jump: "web" }, ipv4);
    expect(Buffer.from(target).toString("latin1", 0, 6)).toBe("\x28\0web\0");
    expect(encodeTarget({ goto: "web" }, ipv4)).toBe(target);
    expect(encodeTarget({ jump: "DROP" }, ipv4)).toBe(encodeTarget({ jump: "DROP" }, ipv6));
  });
});

describe("text of parts", () => {
  it("is what iptables-save prints", () => {
    expect(printPart(tcp({ sport: { not: [1, 5] }, dport: 80 }), "match", ipv4)).toBe(
      "-m tcp ! --sport 1:5 --dport 80",
    );
    expect(printPart(reject({ rejectWith: "tcp-reset" }), "target", ipv4)).toBe(
      "-j REJECT --reject-with tcp-reset",
    );
  });
  it("does not exist for an opaque part", () => {
    const opaque = { revision: 3, data: "0000000000000001" },
      part = { name: "quota9", options: {}, opaque } as unknown as Part;
    expect(() => printPart(part, "match", ipv4)).toThrow(expect.objectContaining({ code: "opaque" }));
    expect(Buffer.from(encodePart(part, "match", ipv4)).toString("hex")).toBe(
      `2800${Buffer.from("quota9").toString("hex").padEnd(58, "0")}030000000000000001`,
    );
  });
});
