import { describe, it } from "vitest";
import {
  dst,
  eui64,
  frag,
  hbh,
  ipv6header,
  mh,
  osf,
  policy,
  quota,
  rateest,
  realm,
  rpfilter,
  rt,
  sctp,
  srh,
  u32,
} from "../../src/extensions/index.js";

describe("matches of headers and routes", () => {
  it("take what iptables takes", () => {
    dst({ dstLen: { not: 8 }, dstOpts: [1, [5, 2]] });
    hbh({ hbhOpts: [[194, 4]] });
    eui64();
    frag({ fragid: { not: [1, 5] }, fragmore: true });
    ipv6header({ header: { not: ["esp", "ah"] }, soft: true });
    mh({ mhType: [1, 3] });
    osf({ genre: { not: "Linux" }, ttl: 2, log: 0 });
    policy({ dir: "in", strict: true, proto: "esp", next: [{ proto: { not: "ah" }, reqid: 5 }] });
    quota({ quota: "18446744073709551615" });
    rateest({ rateest1: "wan", rateestGt: { not: true }, rateestBps2: 8000 });
    realm({ realm: { not: { value: 16, mask: 255 } } });
    rpfilter({ loose: true, invert: true });
    rt({ rtType: 0, rt0Addrs: ["2001:db8::1"], rt0NotStrict: true });
    sctp({ dport: 80, chunkTypes: { match: "any", chunks: ["DATA:Ue", "INIT"] } });
    srh({ srhHdrLenEq: 4, srhPsid: { not: "2001:db8::/64" } });
    u32({ u32: { not: "6&0xff=1" } });
  });
  it("and nothing else", () => {
    // @ts-expect-error an option is a type, or a type and a length
    dst({ dstOpts: [[1, 2, 3]] });
    // @ts-expect-error which options are there cannot be inverted
    hbh({ hbhOpts: { not: [1] } });
    // @ts-expect-error eui64 has no options
    eui64({ invert: true });
    // @ts-expect-error only the identification and the length can be inverted
    frag({ fragfirst: { not: true } });
    // @ts-expect-error no such header
    ipv6header({ header: ["tcp"] });
    // @ts-expect-error a number; names are for text
    mh({ mhType: "binding-update" });
    // @ts-expect-error a number
    osf({ genre: "Linux", ttl: "less" });
    // @ts-expect-error a direction
    policy({ dir: "both" });
    // @ts-expect-error no protocol of IPsec
    policy({ dir: "in", proto: "tcp" });
    // @ts-expect-error an element has no direction
    policy({ dir: "in", strict: true, proto: "esp", next: [{ dir: "in" }] });
    // @ts-expect-error a number of bits
    rateest({ rateest1: "wan", rateestBps2: "8kbit" });
    // @ts-expect-error no units
    quota({ quota: "1GB" });
    // @ts-expect-error names are for text
    realm({ realm: "cosmos" });
    // @ts-expect-error a flag
    rpfilter({ loose: false });
    // @ts-expect-error a list
    rt({ rtType: 0, rt0Addrs: "2001:db8::1" });
    // @ts-expect-error no such chunk type
    sctp({ chunkTypes: { match: "any", chunks: ["BOGUS"] } });
    // @ts-expect-error INIT has no flags
    sctp({ chunkTypes: { match: "any", chunks: ["INIT:U"] } });
    // @ts-expect-error a number
    srh({ srhTag: "5" });
    // @ts-expect-error text
    u32({ u32: 6 });
  });
});
