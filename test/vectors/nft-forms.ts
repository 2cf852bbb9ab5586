import { BASE, BITWISE, CMP, CODE, COUNTER, DATA, ELEMENT, EXPRESSION, IMMEDIATE, KEY, LIMIT, LOG, META, OP, PAYLOAD, RANGE, REGISTER, VERDICT, XT } from "../../src/backends/nft/wire.js";
import { MessageWriter } from "../../src/netlink/writer.js";

/** How one version of iptables-nft writes a rule, expression by expression, and the rule in the words of iptables-save. */
export interface Form {
  /** The versions that write so. */
  readonly by: string;
  readonly family: 4 | 6;
  readonly saved: string;
  readonly write: (w: MessageWriter) => void;
  /** What the rule's COMPAT attribute says; 0 is none. */
  readonly protocol?: number;
  /** iptables-nft 1.8.9 reads it as something else, or not at all. */
  readonly newer?: true;
}
type Put = (w: MessageWriter) => void;
const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replaceAll(" ", ""), "hex"));

function expression(name: string, data: Put): Put {
  return (w) => {
    const element = w.open(ELEMENT);
    w.text(EXPRESSION.name, name);
    const nest = w.open(EXPRESSION.data);
    data(w);
    w.close(nest);
    w.close(element);
  };
}
function value(w: MessageWriter, type: number, bytes: string): void {
  const nest = w.open(type);
  w.data(DATA.value, hex(bytes));
  w.close(nest);
}
const meta = (key: number): Put =>
  expression("meta", (w) => {
    w.be32(META.key, key);
    w.be32(META.dreg, REGISTER.first);
  });
const setMeta = (key: number): Put =>
  expression("meta", (w) => {
    w.be32(META.key, key);
    w.be32(META.sreg, REGISTER.word);
  });
const payload = (base: number, offset: number, length: number): Put =>
  expression("payload", (w) => {
    w.be32(PAYLOAD.dreg, REGISTER.first);
    w.be32(PAYLOAD.base, base);
    w.be32(PAYLOAD.offset, offset);
    w.be32(PAYLOAD.length, length);
  });
const network = (offset: number, length: number): Put => payload(BASE.network, offset, length);
const transport = (offset: number, length: number): Put => payload(BASE.transport, offset, length);
const mask = (bytes: string): Put =>
  expression("bitwise", (w) => {
    w.be32(BITWISE.sreg, REGISTER.first);
    w.be32(BITWISE.dreg, REGISTER.first);
    w.be32(BITWISE.length, hex(bytes).length);
    value(w, BITWISE.mask, bytes);
    value(w, BITWISE.xor, bytes.replaceAll(/[^ ]/g, "0"));
  });
const is = (bytes: string, op: number = OP.equal): Put =>
  expression("cmp", (w) => {
    w.be32(CMP.sreg, REGISTER.first);
    w.be32(CMP.operation, op);
    value(w, CMP.data, bytes);
  });
const isNot = (bytes: string): Put => is(bytes, OP.notEqual);
const within = (from: string, to: string, op = 0): Put =>
  expression("range", (w) => {
    w.be32(RANGE.sreg, REGISTER.first);
    w.be32(RANGE.operation, op);
    value(w, RANGE.from, from);
    value(w, RANGE.to, to);
  });
const counter: Put = expression("counter", (w) => {
  w.be64(COUNTER.bytes, 0);
  w.be64(COUNTER.packets, 0);
});
const verdict = (code: number): Put =>
  expression("immediate", (w) => {
    w.be32(IMMEDIATE.dreg, REGISTER.verdict);
    const data = w.open(IMMEDIATE.data),
      nest = w.open(DATA.verdict);
    w.be32(VERDICT.code, code);
    w.close(nest);
    w.close(data);
  });
const constant = (bytes: string): Put =>
  expression("immediate", (w) => {
    w.be32(IMMEDIATE.dreg, REGISTER.word);
    value(w, IMMEDIATE.data, bytes);
  });
const xt = (kind: "match" | "target", name: string, revision: number, info: string): Put =>
  expression(kind, (w) => {
    w.text(XT.name, name);
    w.be32(XT.revision, revision);
    w.data(XT.info, hex(info));
  });
const limit = (rate: number, unit: number, burst: number): Put =>
  expression("limit", (w) => {
    w.be64(LIMIT.rate, rate);
    w.be64(LIMIT.unit, unit);
    w.be32(LIMIT.burst, burst);
    w.be32(LIMIT.type, 0);
    w.be32(LIMIT.flags, 0);
  });
const nflog = (group: number, prefix: string, size?: number): Put =>
  expression("log", (w) => {
    w.be16(LOG.group, group);
    w.text(LOG.prefix, prefix);
    if (size !== undefined) w.be32(LOG.length, size);
  });
const drop = verdict(CODE.drop),
  tcp = [meta(KEY.protocol), is("06")] as const,
  udp = [meta(KEY.protocol), is("11")] as const,
  eth0 = hex("65746830 00");
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

const form = (by: string, saved: string, ...steps: readonly Put[]): Form => ({
  by,
  family: 4,
  saved,
  write: (w) => {
    for (const step of steps) step(w);
  },
});
const form6 = (by: string, saved: string, ...steps: readonly Put[]): Form => ({ ...form(by, saved, ...steps), family: 6 });
const ofTcp = (one: Form): Form => ({ ...one, protocol: 6 });
const newer = (one: Form): Form => ({ ...one, newer: true });
/** `xt_tcp` with all ports but these, 12 bytes padded to 16. */
const tcpInfo = "0000ffff 16001600 00000000 00000000";

/** The forms of the parts of a rule that changed between versions. */
export const FORMS: readonly Form[] = [
  form("1.8.4", "-s 192.0.2.1/32 -j DROP", network(12, 4), mask("ffffffff"), is("c0000201"), counter, drop),
  form("1.8.4", "-s 10.0.0.0/8 -j DROP", network(12, 4), mask("ff000000"), is("0a000000"), counter, drop),
  form("1.8.4", "! -d 10.1.0.0/16 -j DROP", network(16, 4), mask("ffff0000"), isNot("0a010000"), counter, drop),
  form("1.8.4", "! -s 0.0.0.0/0 -j DROP", network(12, 4), mask("00000000"), isNot("00000000"), counter, drop),
  form("1.8.7", "-s 192.0.2.1/32 -j DROP", network(12, 4), is("c0000201"), counter, drop),
  form("1.8.7", "-s 10.0.0.0/8 -j DROP", network(12, 1), is("0a"), counter, drop),
  form("1.8.7", "-s 10.1.0.0/16 -j DROP", network(12, 2), is("0a01"), counter, drop),
  form("1.8.7", "! -d 10.1.2.0/24 -j DROP", network(16, 3), isNot("0a0102"), counter, drop),
  form("1.8.7", "-s 10.1.2.0/23 -j DROP", network(12, 4), mask("fffffe00"), is("0a010200"), counter, drop),
  form("1.8.4 to 1.8.9", "-j DROP", meta(KEY.inName), counter, drop),
  form("1.8.10", "-j DROP", counter, drop),
  form("all", "-i eth0 -j DROP", meta(KEY.inName), is(text(eth0)), counter, drop),
  form("all", "-o eth+ -j DROP", meta(KEY.outName), is("657468"), counter, drop),
  form("all", "! -f -j DROP", network(6, 2), mask("1fff"), is("0000"), counter, drop),
  form("all", "-f -j DROP", network(6, 2), mask("1fff"), isNot("0000"), counter, drop),
  form("1.8.4 to 1.8.9", "-s 192.0.2.1/32 -i eth0 -p tcp -j DROP", meta(KEY.inName), is(text(eth0)), ...tcp, network(12, 4), is("c0000201"), counter, drop),
  form("1.8.10, 1.8.11", "-s 192.0.2.1/32 -i eth0 -p tcp -j DROP", network(12, 4), is("c0000201"), meta(KEY.inName), is(text(eth0)), network(9, 1), is("06"), counter, drop),
  form("1.8.4 to 1.8.9", "! -p udp -j DROP", meta(KEY.protocol), isNot("11"), counter, drop),
  form("1.8.10, 1.8.11", "! -p udp -j DROP", network(9, 1), isNot("11"), counter, drop),
  ofTcp(form("1.8.4, 1.8.7", "-p tcp -m tcp --dport 22 -j DROP", ...tcp, xt("match", "tcp", 0, tcpInfo), counter, drop)),
  form("1.8.9", "-p tcp -m tcp --dport 22 -j DROP", ...tcp, transport(2, 2), is("0016"), counter, drop),
  form("1.8.10, 1.8.11", "-p tcp -m tcp --dport 22 -j DROP", network(9, 1), is("06"), transport(2, 2), is("0016"), counter, drop),
  form("1.8.9", "-p udp -m udp ! --sport 53 -j DROP", ...udp, transport(0, 2), isNot("0035"), counter, drop),
  form("1.8.9", "-p tcp -m tcp --dport 1024:2048 -j DROP", ...tcp, transport(2, 2), within("0400", "0800"), counter, drop),
  form("1.8.9", "-p tcp -m tcp ! --dport 1024:2048 -j DROP", ...tcp, transport(2, 2), within("0400", "0800", 1), counter, drop),
  form("1.8.9", "-p tcp -m tcp --dport 0:1023 -j DROP", ...tcp, transport(2, 2), is("03ff", OP.atMost), counter, drop),
  form("1.8.9, for ! 0:1023", "-p tcp -m tcp --dport 1024:65535 -j DROP", ...tcp, transport(2, 2), is("03ff", OP.greater), counter, drop),
  form("1.8.9, 1.8.10", "-p tcp -m tcp --sport 1 --dport 2 -j DROP", ...tcp, transport(0, 4), is("00010002"), counter, drop),
  form("1.8.11", "-p tcp -m tcp ! --sport 1 ! --dport 2 -j DROP", ...tcp, transport(0, 2), isNot("0001"), transport(2, 2), isNot("0002"), counter, drop),
  form("1.8.9", "-p tcp -m tcp --tcp-flags FIN,SYN,RST,ACK SYN -j DROP", ...tcp, transport(13, 1), mask("17"), is("02"), counter, drop),
  form("1.8.4, 1.8.7", "-m mark --mark 0x1/0xff -j DROP", xt("match", "mark", 1, "01000000 ff000000 00 000000 00000000"), counter, drop),
  form("1.8.9", "-m mark ! --mark 0x1 -j DROP", meta(KEY.mark), isNot("01000000"), counter, drop),
  form("1.8.9", "-m mark --mark 0x1/0xff -j DROP", meta(KEY.mark), mask("ff000000"), is("01000000"), counter, drop),
  form("all", "-m limit --limit 10/min --limit-burst 7 -j DROP", limit(10, 60, 7), counter, drop),
  form("1.8.4, 1.8.7", '-j NFLOG --nflog-prefix "a b" --nflog-group 3', counter, xt("target", "NFLOG", 0, `00000000 0300 0000 0000 0000 ${text(Buffer.from("a b".padEnd(64, "\0")))}00000000`)),
  form("1.8.9", '-j NFLOG --nflog-prefix "a b" --nflog-group 3', counter, nflog(3, "a b")),
  form("1.8.9", '-j NFLOG --nflog-prefix ab --nflog-group 3 --nflog-size 64', counter, nflog(3, "ab", 64)),
  form("all", "-j TRACE", counter, constant("01"), setMeta(KEY.trace)),
  newer(form("nft; read by 1.8.10, 1.8.11", "-j MARK --set-xmark 0x7/0xffffffff", counter, constant("07000000"), setMeta(KEY.mark))),
  form("1.8.9, by nft", "-m ttl --ttl-lt 64 -j DROP", network(8, 1), is("40", OP.less), counter, drop),
  form("1.8.9, by nft", "-m pkttype --pkt-type broadcast -j DROP", meta(KEY.packetType), is("01"), counter, drop),
  form("1.8.9, by nft", "-p icmp -m icmp --icmp-type 8 -j DROP", meta(KEY.protocol), is("01"), transport(0, 1), is("08"), counter, drop),
  form6("1.8.4", "-s 2001:db8::/32 -j DROP", network(8, 16), mask(`ffffffff${"0".repeat(24)}`), is(`20010db8${"0".repeat(24)}`), counter, drop),
  form6("1.8.7", "-s 2001:db8::/32 -j DROP", network(8, 4), is("20010db8"), counter, drop),
  form6("1.8.7", "! -d 2001:db8::/64 -j DROP", network(24, 8), isNot("20010db800000000"), counter, drop),
  form6("all", "-p tcp -j DROP", ...tcp, counter, drop),
];

/** The nest of a form's expressions. */
export function expressionsOf({ write }: Form): Uint8Array {
  const writer = new MessageWriter();
  write(writer);
  return writer.take();
}
