/** A network as its first and last address, of either family. */
interface Network {
  readonly bits: 32 | 128;
  readonly mask: bigint;
  readonly base: bigint;
}

const v4 = (text: string): bigint => text.split(".").reduce((sum, octet) => (sum << 8n) | BigInt(octet), 0n);
function v6(text: string): bigint {
  const dotted = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text);
  const last = dotted ? v4(dotted[2]!) : 0n;
  const hex = dotted ? `${dotted[1]}${(last >> 16n).toString(16)}:${(last & 0xffffn).toString(16)}` : text;
  const [head = "", tail] = hex.split("::"),
    before = head === "" ? [] : head.split(":"),
    after = tail === undefined || tail === "" ? [] : tail.split(":");
  const groups = [...before, ...Array<string>(8 - before.length - after.length).fill("0"), ...after];
  return groups.reduce((sum, group) => (sum << 16n) | BigInt(`0x${group}`), 0n);
}

/** Reads `address`, `address/length` or `address/mask`, in the forms a rule holds. */
function network(text: string): Network {
  const [address = "", mask] = text.split("/"),
    bits = address.includes(":") ? 128 : 32,
    read = bits === 32 ? v4 : v6,
    every = (1n << BigInt(bits)) - 1n;
  const length = mask === undefined ? bits : Number(mask);
  const ones = Number.isInteger(length) ? every ^ (every >> BigInt(length)) : read(mask!);
  return { bits, mask: ones, base: read(address) & ones };
}

/** How the addresses of `a` lie to those of `b`. */
export function compareNetworks(a: string, b: string): "apart" | "inside" | "overlapping" {
  const x = network(a),
    y = network(b),
    both = x.mask & y.mask;
  if (x.bits !== y.bits || (x.base & both) !== (y.base & both)) return "apart";
  return both === y.mask ? "inside" : "overlapping";
}

/** As `compareNetworks`, of interface names, where a trailing `+` stands for any ending. */
export function compareInterfaces(a: string, b: string): "apart" | "inside" | "overlapping" {
  const within = (name: string, pattern: string) =>
    pattern.endsWith("+") ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
  if (within(a, b)) return "inside";
  return within(b, a) ? "overlapping" : "apart";
}
