import { describe, it } from "vitest";
import {
  addrtype,
  comment,
  connmark,
  ct,
  dnat,
  hl,
  icmp,
  icmp6,
  iprange,
  limit,
  log,
  mac,
  mark,
  masquerade,
  multiport,
  nflog,
  nfqueue,
  notrack,
  owner,
  physdev,
  pkttype,
  recent,
  redirect,
  setConnmark,
  setMark,
  setTcpmss,
  setTos,
  socket,
  state,
  statistic,
  string,
  tcpmss,
  tee,
  time,
  tos,
  trace,
  ttl,
  udp,
  updateSet,
} from "../../src/extensions/index.js";

describe("every other match", () => {
  it("refuses what iptables has no word for", () => {
    // @ts-expect-error no such type of address
    addrtype({ dstType: ["HOME"] });
    // @ts-expect-error a comment is text
    comment({ comment: 5 });
    // @ts-expect-error a mark is a number, or a number under a mask
    connmark({ mark: { value: 1 } });
    // @ts-expect-error the limit is a number
    hl({ hlEq: "64" });
    // @ts-expect-error no text but a name or numbers
    icmp({ icmpType: { type: "echo" } });
    // @ts-expect-error it has no such option
    icmp6({ icmpType: 8 });
    // @ts-expect-error both ends are one text
    iprange({ srcRange: ["192.0.2.1", "192.0.2.9"] });
    // @ts-expect-error no such unit
    limit({ limit: "5/fortnight" });
    // @ts-expect-error an address is text
    mac({ macSource: 0x112233 });
    // @ts-expect-error `not` stands outside
    mark({ mark: { value: { not: 1 }, mask: 1 } });
    // @ts-expect-error ports are a list
    multiport({ dports: 80 });
    // @ts-expect-error users are numbers
    owner({ uidOwner: "root" });
    // @ts-expect-error a device is text
    physdev({ physdevIn: 1 });
    // @ts-expect-error no such kind of packet
    pkttype({ pktType: "anycast" });
    // @ts-expect-error it has no negation
    recent({ name: { not: "list" }, set: true });
    // @ts-expect-error it has no negation
    socket({ transparent: { not: true } });
    // @ts-expect-error no such state
    state({ state: ["OPEN"] });
    // @ts-expect-error no such mode
    statistic({ mode: "often" });
    // @ts-expect-error a pattern is text
    string({ string: /abc/, algo: "bm" });
    // @ts-expect-error a range has two ends
    tcpmss({ mss: [1, 2, 3] });
    // @ts-expect-error no such day
    time({ weekdays: ["Monday"] });
    // @ts-expect-error a value, or a value under a mask
    tos({ tos: [1, 2] });
    // @ts-expect-error the limit is a number
    ttl({ ttlEq: "64" });
    // @ts-expect-error a port is a number
    udp({ dport: "53" });
  });
});

describe("every other target", () => {
  it("refuses what iptables has no word for", () => {
    // @ts-expect-error a mark is a number, or a number under a mask
    setConnmark({ setXmark: "5" });
    // @ts-expect-error no such event
    ct({ ctevents: ["death"] });
    // @ts-expect-error NOTRACK has no options
    notrack({ helper: "ftp" });
    // @ts-expect-error addresses are one text
    dnat({ toDestination: ["192.0.2.1"] });
    // @ts-expect-error no such level
    log({ logLevel: "loud" });
    // @ts-expect-error a mark is a number, or a number under a mask
    setMark({ setXmark: { mask: 1 } });
    // @ts-expect-error ports are numbers
    masquerade({ toPorts: "80-90" });
    // @ts-expect-error a group is a number
    nflog({ nflogGroup: "5" });
    // @ts-expect-error a queue is a number
    nfqueue({ queueNum: [1] });
    // @ts-expect-error ports are numbers
    redirect({ toPorts: "http" });
    // @ts-expect-error a set is looked up by something
    updateSet({ addSet: { set: "s" } });
    // @ts-expect-error a size is a number
    setTcpmss({ setMss: "pmtu" });
    // @ts-expect-error an address is text
    tee({ gateway: 1 });
    // @ts-expect-error a value, or a value under a mask
    setTos({ setTos: "Minimize-Delay" });
    // @ts-expect-error TRACE has no options
    trace({ level: 1 });
  });
});
