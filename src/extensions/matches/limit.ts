import { kernelLong, kernelPointer, kernelU32, struct, u32 } from "../../codec/struct.js";
import { match } from "../define.js";
import { mapped, uint } from "../kinds.js";
import { always, unless } from "../option.js";
import { exactRateOf, NEVER, parseRate, period, type Rate, rateOf } from "../rate.js";

const info = struct("xt_rateinfo", "linux/netfilter/xt_limit.h", {
  avg: u32,
  burst: u32,
  prev: kernelLong,
  credit: kernelU32,
  creditCap: kernelU32,
  cost: kernelU32,
  master: kernelPointer,
});
/** XT_LIMIT_SCALE */
const SCALE = 10_000;
const rate = {
  ...mapped(
    "avg",
    (value: Rate) => period(value, SCALE),
    (n) => exactRateOf(n, SCALE),
    {
      parse: (word) => {
        const parsed = parseRate(word);
        period(parsed, SCALE);
        return parsed;
      },
      // What iptables says of it, which is not always what it stored.
      print: (value) => (value === NEVER ? value : rateOf(period(value, SCALE), SCALE)),
    },
  ),
  wordsOf: (value: Rate) => [value],
};

/**
 * `-m limit`: matches so many packets in a unit of time, and no more.
 *
 * @example limit({ limit: "5/min", limitBurst: 10 })
 */
export const limit = match("limit", {
  revision: 0,
  info,
  options: {
    /**
     * Packets a `sec`, `min`, `hour` or `day`, up to 10000/sec. Default `3/hour`. Another unit may say the same: `60/min`
     * reads back as `1/sec`.
     */
    limit: always("3/hour", rate),
    /** Packets that may match at once before the rate counts, 0 to 10000. Default 5. */
    limitBurst: unless(5, uint("burst", 10_000)),
  },
});
