/** A u64. A number while that is exact, its decimal digits above 2^53 - 1, so that JSON never rounds a counter. */
export type Count = number | `${bigint}`;
export interface Counters {
  readonly packets: Count;
  readonly bytes: Count;
}
export const ZERO_COUNTERS: Counters = Object.freeze({ packets: 0, bytes: 0 });

/** Numbers of fewer digits are exact. */
const EXACT = 16;
const LARGEST = 0xffff_ffff_ffff_ffffn;
export const toCount = (n: bigint): Count =>
  n <= Number.MAX_SAFE_INTEGER ? Number(n) : (String(n > LARGEST ? LARGEST : n) as `${bigint}`);
/** A count in decimal digits, as iptables writes it; what is beyond 64 bits becomes the largest. */
export function parseCount(digits: string): Count | undefined {
  if (!/^\d+$/.test(digits)) return undefined;
  return digits.length < EXACT ? Number(digits) : toCount(BigInt(digits));
}
export const isZero = ({ packets, bytes }: Counters): boolean => packets === 0 && bytes === 0;
