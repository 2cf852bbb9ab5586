import { describe, expectTypeOf, it } from "vitest";
import {
  audit,
  checksum,
  classify,
  clusterip,
  connsecmark,
  dnpt,
  hmark,
  idletimer,
  led,
  netmap,
  secmark,
  setDscp,
  setEcn,
  setHl,
  setRateest,
  setTtl,
  snpt,
  synproxy,
  tcpoptstrip,
  tproxy,
} from "../../src/extensions/index.js";
import type { Rule } from "../../src/model/rule.js";

describe("factories of targets", () => {
  it("take the words that iptables takes", () => {
    audit({ type: "reject" });
    checksum({ checksumFill: true });
    classify({ setClass: "1:a" });
    clusterip({
      new: true,
      hashmode: "sourceip",
      clustermac: "01:00:5e:00:00:20",
      totalNodes: 2,
      localNode: 1,
    });
    connsecmark({ save: true });
    dnpt({ srcPfx: "2001:db8::/48", dstPfx: "fd00::/48" });
    hmark({ hmarkTuple: ["src", "ct"], hmarkSport: 80, hmarkMod: 10, hmarkRnd: 1 });
    idletimer({ timeout: 300, label: "wwan", alarm: true });
    led({ ledTriggerId: "ssh", ledDelay: "inf" });
    led({ ledTriggerId: "ssh", ledDelay: 5, ledAlwaysBlink: true });
    netmap({ to: "10.5.6.0/24" });
    secmark({ selctx: "system_u:object_r:httpd_packet_t:s0" });
    setDscp({ setDscp: 46 });
    setEcn({ ecnTcpEce: 0, ecnIpEct: 2 });
    setHl({ hlInc: 1 });
    setRateest({ rateestName: "up", rateestInterval: "250ms", rateestEwmalog: "0.5s" });
    setTtl({ ttlSet: 64 });
    snpt({ srcPfx: "fd00::/48", dstPfx: "2001:db8::/48" });
    synproxy({ sackPerm: true, timestamp: true, wscale: 7, mss: 1460, ecn: true });
    tcpoptstrip({ stripOptions: [8, 19] });
    tproxy({ onPort: 3128, onIp: "192.0.2.1", tproxyMark: { value: 1, mask: 1 } });
    expectTypeOf(audit({ type: "drop" })).toExtend<NonNullable<Rule["jump"]>>();
    expectTypeOf(setTtl({ ttlSet: 1 }).name).toEqualTypeOf<"TTL">();
  });
  it("refuse what iptables has no word for", () => {
    // @ts-expect-error no such verdict
    audit({ type: "log" });
    // @ts-expect-error an option without a value is true or absent
    checksum({ checksumFill: "yes" });
    // @ts-expect-error a class has two halves
    classify({ setClass: "1" });
    // @ts-expect-error no such mode
    clusterip({ hashmode: "destip" });
    // @ts-expect-error of another target
    connsecmark({ saveMark: true });
    // @ts-expect-error a prefix is text
    dnpt({ srcPfx: 48 });
    // @ts-expect-error no such field
    hmark({ hmarkTuple: ["source"], hmarkMod: 10, hmarkRnd: 1 });
    // @ts-expect-error a list, not text
    hmark({ hmarkTuple: "src,dst", hmarkMod: 10, hmarkRnd: 1 });
    // @ts-expect-error seconds are a number
    idletimer({ timeout: "5m", label: "wwan" });
    // @ts-expect-error milliseconds, or "inf"
    led({ ledTriggerId: "ssh", ledDelay: "forever" });
    // @ts-expect-error no negation
    netmap({ to: { not: "10.5.6.0/24" } });
    // @ts-expect-error unknown option
    secmark({ context: "a:b:c" });
    // @ts-expect-error a class is for text only
    setDscp({ setDscpClass: "EF" });
    // @ts-expect-error a bit is a number
    setEcn({ ecnTcpCwr: true });
    // @ts-expect-error of IPv4's target
    setHl({ ttlSet: 64 });
    // @ts-expect-error not a time
    setRateest({ rateestName: "up", rateestInterval: "often", rateestEwmalog: "1s" });
    // @ts-expect-error no negation
    setTtl({ ttlSet: { not: 64 } });
    // @ts-expect-error a prefix is text
    snpt({ dstPfx: ["2001:db8::", 48] });
    // @ts-expect-error a number
    synproxy({ mss: "1460" });
    // @ts-expect-error names are for text only
    tcpoptstrip({ stripOptions: ["mss"] });
    // @ts-expect-error services are for text only
    tproxy({ onPort: "http" });
  });
});
