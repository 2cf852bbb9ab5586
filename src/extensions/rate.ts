import { fail } from "../errors.js";

export const UNITS = { day: 86_400, hour: 3_600, min: 60, sec: 1 } as const;
export type Unit = keyof typeof UNITS;
/** Packets per unit of time. */
export type Rate = `${number}/${Unit}`;
const LONG = [
  ["second", "sec"],
  ["minute", "min"],
  ["hour", "hour"],
  ["day", "day"],
] as const;

/** No period at all: the kernel may hold it, no words make it. */
export const NEVER: Rate = "0/day";

/** `5/s` → `5/sec`. */
export function parseRate(word: string): Rate {
  const [, n, unit = "sec"] = /^\s*\+?(\d+)(?:\/([a-z]+))?$/i.exec(word) ?? fail(`bad rate "${word}"`);
  const full = LONG.find(([name]) => name.startsWith(unit.toLowerCase())) ?? fail(`bad rate "${word}"`);
  return Number(n) > 0 ? `${Number(n)}/${full[1]}` : fail(`bad rate "${word}"`);
}
/** The period between packets, in 1/scale seconds. */
export function period(rate: Rate, scale: number): number {
  const slash = rate.indexOf("/"),
    seconds = UNITS[rate.slice(slash + 1) as Unit];
  return Math.floor((scale * seconds) / Number(rate.slice(0, slash))) || fail(`rate ${rate} is too fast`);
}
/** The same, but where that rate has another period (`288489/hour` is said as `80/sec`), in the unit that is exact. */
export function exactRateOf(stored: number, scale: number): Rate {
  const rate = rateOf(stored, scale);
  if (stored === 0 || period(rate, scale) === stored) return rate;
  return `${Math.floor((UNITS.day * scale) / stored)}/day`;
}
/** Only the period is stored, so "1000/hour" comes back as the nearest unit. */
export function rateOf(period: number, scale: number): Rate {
  if (period === 0) return NEVER;
  let best: Unit = "day";
  for (const unit of ["hour", "min", "sec"] as const) {
    const per = UNITS[unit] * scale;
    if (period > per || Math.floor(per / period) < per % period) break;
    best = unit;
  }
  return `${Math.floor((UNITS[best] * scale) / period)}/${best}`;
}
