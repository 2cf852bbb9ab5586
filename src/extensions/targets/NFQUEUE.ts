import { struct, u16 } from "../../codec/struct.js";
import { target } from "../define.js";
import { integer, uint } from "../kinds.js";
import { always, depending, fail, flags, type Has, type Kind, required } from "../option.js";
import { revision } from "../revision.js";

const info = struct(
  "xt_NFQ_info_v3",
  "linux/netfilter/xt_NFQUEUE.h",
  { queue: u16, total: u16, flags: u16 },
  { queue: "queuenum", total: "queues_total" },
);
const LARGEST = 0xffff;
const BYPASS = 1,
  CPU_FANOUT = 2;
const flag = flags("flags");
type Fields = Has<"queue" | "total">;

const one: Kind<Fields, number> = {
  parse: ([word = ""]) => integer(word, LARGEST),
  print: String,
  bind: ({ queue, total }) => ({
    store(b, o, value) {
      queue.set(b, o, value);
      total.set(b, o, 1);
    },
    load: (b, o) => (total.get(b, o) === 1 ? queue.get(b, o) : fail("NFQUEUE: no queue at all")),
  }),
};
/** Several queues: the first one and the last. The kernel counts them. */
const several: Kind<Fields, readonly [first: number, last: number]> = {
  parse([word = ""], { profile: { lastQueue } }) {
    const colon = word.indexOf(":");
    if (colon < 0) fail(`"${word}" is not FIRST:LAST`);
    const first = colon === 0 ? 0 : integer(word.slice(0, colon), lastQueue),
      last = colon === word.length - 1 ? lastQueue : integer(word.slice(colon + 1), lastQueue);
    return first < last ? [first, last] : fail(`queue ${first} should be less than ${last}`);
  },
  print: ([first, last]) => `${first}:${last}`,
  bind: ({ queue, total }) => ({
    store(b, o, [first, last]) {
      queue.set(b, o, first);
      total.set(b, o, last - first + 1);
    },
    load: (b, o) => [queue.get(b, o), queue.get(b, o) + total.get(b, o) - 1],
  }),
};

const HEADER = "linux/netfilter/xt_NFQUEUE.h";
const info0 = struct("xt_NFQ_info", HEADER, { queue: u16 }, { queue: "queuenum" }),
  info1 = struct(
    "xt_NFQ_info_v1",
    HEADER,
    { queue: u16, total: u16 },
    { queue: "queuenum", total: "queues_total" },
  ),
  info2 = struct(
    "xt_NFQ_info_v2",
    HEADER,
    { queue: u16, total: u16, bypass: u16 },
    { queue: "queuenum", total: "queues_total" },
  );
const queueNum = depending(
  {
    shown:
      ({ total }: { total: { get(b: Uint8Array, o: number): number } }) =>
      (b, o) =>
        total.get(b, o) <= 1,
  },
  always(0, one),
);
const queueBalance = depending({ beside: (o) => o.queueNum === undefined }, required(several));

/**
 * `-j NFQUEUE`: a program decides. Without options queue 0.
 *
 * @example nfqueue({ queueBalance: [0, 3], queueBypass: true })
 */
export const nfqueue = target("NFQUEUE", {
  revision: 3,
  info,
  revisions: [
    revision({ revision: 0, info: info0, options: { queueNum: required(uint("queue", LARGEST)) } }),
    revision({ revision: 1, info: info1, options: { queueNum, queueBalance } }),
    revision({
      revision: 2,
      info: info2,
      options: { queueNum, queueBalance, queueBypass: flags("bypass")(BYPASS) },
    }),
  ],
  options: {
    /** The queue, 0 to 65535; 0 unless given. */
    queueNum,
    /** Queues to spread connections over. */
    queueBalance,
    /** Where nobody listens the packet passes, instead of being dropped. */
    queueBypass: flag(BYPASS),
    /** The queue follows the CPU, beside `queueBalance` only. */
    queueCpuFanout: flag(CPU_FANOUT),
  },
  merge: (o) => (o.queueBalance === undefined ? { queueNum: 0, ...o } : o),
  check: (o) => {
    if (o.queueNum !== undefined && o.queueBalance !== undefined)
      fail("NFQUEUE: --queue-num and --queue-balance exclude each other");
    if (o.queueCpuFanout && o.queueBalance === undefined)
      fail("NFQUEUE: --queue-cpu-fanout needs --queue-balance");
  },
});
