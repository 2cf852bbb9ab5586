import { array, innerSlots, type Slot, struct, u8, u16 } from "../../codec/struct.js";
import { match } from "../define.js";
import type { Context } from "../extension.js";
import { between, plainNumber, portNumber, printRange, type Range } from "../kinds.js";
import { fail, type Has, type Kind, selected } from "../option.js";
import { revision } from "../revision.js";

const SLOTS = 15,
  MAX_PORT = 0xffff,
  COMMA = 44;
const info = struct(
  "xt_multiport_v1",
  "linux/netfilter/xt_multiport.h",
  { mode: u8, count: u8, ports: array(SLOTS, u16), pflags: array(SLOTS, u8), invert: u8 },
  { mode: "flags" },
);
/** TCP, UDP, DCCP, SCTP, UDP-Lite */
const PROTOCOLS = [6, 17, 33, 132, 136];

function portOrEnds(word: string, ctx: Context): Range {
  const port = portNumber(ctx),
    colon = word.indexOf(":");
  if (colon < 0) return port(word);
  const from = port(word.slice(0, colon)),
    to = port(word.slice(colon + 1));
  return from < to ? [from, to] : fail(`multiport: ${word} is not a range of ports`);
}
type Fields = Has<"count"> & Has<"ports", Slot<number>[]> & Partial<Has<"pflags", Slot<number>[]>>;
/** Up to 15 slots; a range takes two, the first marked in `pflags`. */
const portList = (ranges: boolean): Kind<Fields, readonly Range[]> => ({
  parse([word = ""], ctx) {
    const list: Range[] = [];
    let slots = 0;
    for (let from = 0, to = 0; from <= word.length; from = to + 1) {
      to = word.indexOf(",", from);
      if (to < 0) to = word.length;
      const plain = plainNumber(word, from, to),
        port = plain <= MAX_PORT ? plain : portOrEnds(word.slice(from, to), ctx);
      slots += typeof port === "number" ? 1 : 2;
      list.push(port);
    }
    return slots <= SLOTS ? list : fail(`multiport: at most ${SLOTS} ports, of which a range counts as two`);
  },
  print: (value) => value.map(printRange).join(","),
  wordsOf: (value) => [
    value.map((one) => printRange(typeof one === "number" ? one : between(...one))).join(","),
  ],
  bind: ({ count, ports, pflags }) => {
    const port = innerSlots(ports),
      flag = ranges ? innerSlots(pflags!) : undefined;
    return {
      store(b, o, value) {
        let n = 0;
        for (let i = 0; i < value.length; i++) {
          const one = value[i]!;
          if (typeof one === "number") port[n++]!.set(b, o, one);
          else {
            (flag ?? fail("multiport: this revision has no ranges"))[n]!.set(b, o, 1);
            port[n++]!.set(b, o, one[0]);
            port[n++]!.set(b, o, one[1]);
          }
        }
        count.set(b, o, n);
      },
      rewrite(b, o, text, from, to) {
        let n = 0,
          start = from;
        for (let i = from; i <= to; i++) {
          if (i < to && text.charCodeAt(i) !== COMMA) continue;
          const plain = plainNumber(text, start, i);
          if (!(plain <= MAX_PORT) || n === SLOTS) return false;
          flag?.[n]?.set(b, o, 0);
          port[n++]!.set(b, o, plain);
          start = i + 1;
        }
        count.set(b, o, n);
        for (; n < SLOTS; n++) {
          flag?.[n]?.set(b, o, 0);
          port[n]!.set(b, o, 0);
        }
        return true;
      },
      load(b, o) {
        const out: Range[] = [],
          slots = count.get(b, o);
        if (slots > SLOTS) fail(`multiport: ${slots} ports`);
        for (let n = 0; n < slots; n++) {
          const from = port[n]!.get(b, o);
          if ((flag?.[n]?.get(b, o) ?? 0) === 0) out.push(from);
          else out.push([from, (port[++n] ?? fail("multiport: half a range")).get(b, o)]);
        }
        return out;
      },
    };
  },
});
/** Revision 0: no ranges, nothing inverted. */
const info0 = struct(
    "xt_multiport",
    "linux/netfilter/xt_multiport.h",
    { mode: u8, count: u8, ports: array(SLOTS, u16) },
    { mode: "flags" },
  ),
  plain = selected("mode");
const given = selected("mode", { inverted: "invert" });

/**
 * `-m multiport`: up to 15 ports, of which a range counts as two. Exactly one option, behind `-p` tcp, udp, udplite, dccp
 * or sctp.
 *
 * @example multiport({ dports: [80, 443, [8000, 8010]] })
 */
export const multiport = match("multiport", {
  revision: 1,
  info,
  revisions: [
    revision({
      revision: 0,
      info: info0,
      options: {
        sports: plain(0, portList(false)),
        dports: plain(1, portList(false)),
        ports: plain(2, portList(false)),
      },
    }),
  ],
  need: "exactly one",
  options: {
    /** Source ports, each 0 to 65535 or `[from, to]`; in text also names of services. */
    sports: given(0, portList(true)),
    /** Destination ports, likewise. */
    dports: given(1, portList(true)),
    /** Ports of which one is the source or the destination, likewise. */
    ports: given(2, portList(true)),
  },
  aliases: { "--source-ports": ["--sports"], "--destination-ports": ["--dports"] },
  checkRule: (_, { protocol, notProtocol }) => {
    if (protocol === undefined || notProtocol || !PROTOCOLS.includes(protocol))
      fail("multiport needs -p tcp, udp, udplite, sctp or dccp");
  },
});
