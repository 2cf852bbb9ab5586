import { fail } from "../errors.js";
import { floatIn } from "./floating.js";

/** What rateest's options may count in, in bits; letters of either case. */
const UNITS: Readonly<Record<string, number>> = {
  "": 1,
  bit: 1,
  kbit: 1e3,
  kibit: 2 ** 10,
  mbit: 1e6,
  mibit: 2 ** 20,
  gbit: 1e9,
  gibit: 2 ** 30,
  tbit: 1e12,
  tibit: 2 ** 40,
  bps: 8,
  kbps: 8e3,
  kibps: 8 * 2 ** 10,
  mbps: 8e6,
  mibps: 8 * 2 ** 20,
  gbps: 8e9,
  gibps: 8 * 2 ** 30,
  tbps: 8e12,
  tibps: 8 * 2 ** 40,
};
/** A rate in bits a second, of which whole bytes count; what is beyond 32 bits of bytes is lost, as with iptables. */
export function parseBitRate(word: string): number {
  const [number, unit] = floatIn(word);
  if (!(number >= 0 && number < Number.POSITIVE_INFINITY)) fail(`could not parse rate "${word}"`);
  const size = UNITS[unit.toLowerCase()] ?? fail(`unknown unit in rate "${word}"`);
  return (Math.floor((number * size) / 8) % 2 ** 32) * 8;
}

/** As C's `%.0f` rounds: halves to the even number. */
function rounded(n: number): number {
  const floor = Math.floor(n);
  return n - floor === 0.5 ? floor + (floor % 2) : Math.round(n);
}
/** To the nearest thousand or million where it is that large, as iptables prints it. */
export function printBitRate(bits: number): string {
  if (bits >= 1e9) return `${rounded(bits / 1e6)}Mbit`;
  return bits >= 1e6 ? `${rounded(bits / 1e3)}Kbit` : `${bits}bit`;
}
