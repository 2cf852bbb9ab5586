import { describe, expect, it } from "vitest";
import { isRampartError } from "../../../src/index.js";
import { type EntryCodec, entryCodec } from "../../../src/ipset/entry.js";
import { SET_TYPES, type SetType } from "../../../src/ipset/set-types.js";
import type { Family } from "../../../src/model/family.js";
import { builtInNames } from "../../../src/model/names.js";
import { Attributes } from "../../../src/netlink/attributes.js";
import { MessageWriter } from "../../../src/netlink/writer.js";

const codecOf = <T extends SetType>(type: T, family: Family = "ipv4"): EntryCodec<T> =>
  entryCodec(type, { family, names: builtInNames });
function written(codec: EntryCodec, entry: Parameters<EntryCodec["write"]>[0]): Uint8Array {
  const writer = new MessageWriter();
  codec.write(entry, writer);
  return writer.take();
}
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
function problemOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (isRampartError(error, "invalid-value")) return error.context.problem;
    throw error;
  }
  return "nothing is wrong";
}

/** Each text is its own canonical form. */
const CANONICAL: readonly (readonly [SetType, Family, readonly string[]])[] = [
  ["hash:ip,mark", "ipv4", ["192.0.2.1,0x00000063", "10.0.0.1,0xffffffff timeout 5"]],
  ["hash:ip,mac", "ipv4", ["192.0.2.1,0A:BB:CC:DD:EE:0F"]],
  ["hash:mac", "ipv4", ["01:02:03:04:05:06", 'FF:FF:FF:FF:FF:FF packets 1 bytes 2 comment "a b"']],
  ["hash:net,net", "ipv4", ["10.0.0.0/8,192.0.2.1", "10.0.0.0/8,192.0.2.0/24 nomatch"]],
  ["hash:net,net", "ipv6", ["2001:db8::/32,::1 timeout 7 nomatch skbmark 0x1/0xff skbprio a:b skbqueue 3"]],
  ["hash:net,port,net", "ipv4", ["10.0.0.0/8,tcp:80,192.0.2.0/24", "10.0.0.1,icmp:echo-request,192.0.2.1"]],
  ["hash:net,port,net", "ipv6", ["2001:db8::/32,ipv6-icmp:no-route,::1"]],
];
describe("types that this kernel may lack", () => {
  it.each(CANONICAL)("%s of %s comes back as it was written", (type, family, texts) => {
    const codec = codecOf(type, family);
    for (const text of texts) {
      const bytes = written(codec, text);
      expect(codec.text(bytes, 0, bytes.length)).toBe(text);
      const value = codec.value(bytes, 0, bytes.length);
      expect(hex(written(codec, value))).toBe(hex(bytes));
    }
  });
  // linux/netfilter/ipset/ip_set.h: MARK 10, ETHER 17, IP2 20, CIDR2 21; IPADDR_IPV4 1; numbers with NLA_F_NET_BYTEORDER.
  it.each([
    ["hash:ip,mark", "192.0.2.1,99", "0c00018008000140c0000201" + "08000a4000000063"],
    ["hash:ip,mac", "192.0.2.1,1:2:3:4:5:ff", "0c00018008000140c0000201" + "0a0011000102030405ff0000"],
    ["hash:mac", "1:2:3:4:5:ff", "0a0011000102030405ff0000"],
    [
      "hash:net,net",
      "10.0.0.0/8,192.0.2.0/24",
      "0c000180080001400a000000" + "0500030008000000" + "0c00148008000140c0000200" + "0500150018000000",
    ],
  ] as const)("%s is the attributes of the kernel's header", (type, text, bytes) => {
    expect(hex(written(codecOf(type), text))).toBe(bytes);
  });
});

describe("an entry", () => {
  it("is text or fields, of the same bytes", () => {
    const codec = codecOf("hash:ip,port");
    const bytes = hex(written(codec, "10.0.0.1,udp:53 timeout 60"));
    expect(hex(written(codec, { ip: "10.0.0.1", protocol: "udp", port: 53, timeout: 60 }))).toBe(bytes);
    expect(hex(written(codec, { ip: "10.0.0.1", protocol: 17, port: "domain", timeout: 60 }))).toBe(bytes);
  });
  it("has every number in network byte order, with the bit that says so", () => {
    const numbers = new Set<number>();
    const bytes = written(
      codecOf("hash:ip"),
      "1.2.3.4 timeout 1 packets 2 bytes 3 skbmark 0x4 skbprio 5:6 skbqueue 7",
    );
    for (const a = new Attributes(bytes, 0, bytes.length); a.next(); )
      if (bytes[a.at - 1]! & 0x40) numbers.add(a.type);
    expect([...numbers].sort((a, b) => a - b)).toEqual([6, 24, 25, 27, 28, 29]);
  });
  it.each([
    ["hash:ip", "1.2.3", '"1.2.3" is no IPv4 address'],
    ["hash:ip", "::1", '"::1" is no IPv4 address'],
    ["hash:net", "10.0.0.0/33", '"33" is no prefix length: it is 0 to 32'],
    ["hash:net", "10.0.0.0/", '"" is no prefix length: it is 0 to 32'],
    ["hash:net", "10.0.0.0/08x", '"08x" is no prefix length: it is 0 to 32'],
    ["hash:ip", "1.2.3.4 timeout -1", '"-1" is no number from 0 to 2147483'],
    ["hash:ip", "1.2.3.4 timeout", "timeout needs a value"],
    ["hash:ip", "1.2.3.4 nomatch", 'an entry of hash:ip has no "nomatch"'],
    ["hash:ip", "1.2.3.4,tcp:80", '"1.2.3.4,tcp:80" is no IPv4 address'],
    ["hash:ip,port", "1.2.3.4", '"1.2.3.4" is no entry of hash:ip,port: that is ip,port'],
    ["hash:ip,port", "1.2.3.4,tcp:65536", '"65536" is no tcp port'],
    ["hash:ip,port", "1.2.3.4,nothing:5", '"nothing" is no protocol'],
    ["hash:ip,port", "1.2.3.4,icmp:nothing", '"nothing" is no ICMP type: it is a name, or type/code'],
    ["hash:ip,port", "1.2.3.4,icmpv6:ping", "icmpv6 is no protocol of ipv4"],
    ["hash:ip,port", "1.2.3.4,gre:5", "protocol gre has no ports: its port is 0"],
    [
      "hash:net,iface",
      "1.2.3.0/24,abcdefghijklmnop",
      'the interface name "abcdefghijklmnop" has not 1 to 15 bytes',
    ],
    ["hash:mac", "1:2:3", '"1:2:3" is no MAC address'],
    ["hash:ip,mark", "1.2.3.4,-1", '"-1" is no mark'],
    ["list:set", "a before b after c", "before and after exclude each other"],
  ] as const)("of %s cannot be: %s", (type, text, problem) => {
    expect(problemOf(() => written(codecOf(type), text))).toBe(problem);
  });
  it("has no fields but those of its type", () => {
    expect(problemOf(() => written(codecOf("hash:ip"), { ip: "1.2.3.4", net: "1.2.3.0/24" }))).toBe(
      'an entry of hash:ip has no "net"',
    );
    expect(problemOf(() => written(codecOf("hash:ip"), {}))).toBe("the entry lacks its ip");
  });
  it("is known for every type", () => {
    for (const type of Object.keys(SET_TYPES) as SetType[]) expect(codecOf(type).type).toBe(type);
  });
});
