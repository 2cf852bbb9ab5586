/** Lists of addresses at random, and what a judge that is not ours makes of them: regular expressions, node:net, cidr-tools. */
import { isIPv4, isIPv6 } from "node:net";
import { mergeCidr } from "cidr-tools";
import { readAddresses } from "../../src/blocklist/address-lists.js";
import type { ListFormat } from "../../src/blocklist/list-parser.js";
import type { ListSource } from "../../src/blocklist/sources.js";
import { isRampartError } from "../../src/errors.js";
import { mutateWord } from "./mutate.js";
import type { Random } from "./random.js";

const FORMATS: readonly ListFormat[] = ["auto", "lines", "hosts", "csv", "json"];
const KNOWN = [
  "1.2.3.4",
  "10.0.0.0/8",
  "10.0.0.77/255.255.0.0",
  "192.0.2.1-192.0.2.9",
  "198.51.100.0 - 198.51.100.255",
  "2001:db8::/32 ; SBL1",
  "::ffff:192.0.2.1",
  "fe80::1-fe80::9",
  "0.0.0.0 ads.example.com",
  "# a comment",
  "// another",
  "",
  '"2024-01-01 10:00:00","192.0.2.5","443"',
  "first_seen;dst_ip;dst_port",
  '{"cidr":"1.10.16.0/20","sblid":"SBL256894"}',
  '{"prefixes":[{"ip_prefix":"3.2.34.0\\/26"},["2600:1f69::/40"]],"n":1.5e3}',
  '[1, true, null, "\\u0031.2.3.4"]',
] as const;
const BYTES = [0, 9, 10, 13, 32, 34, 35, 44, 45, 46, 47, 48, 58, 59, 91, 92, 123, 125, 255] as const;

const quad = (random: Random): string =>
  [random.pick([10, 192, 0, 255]), random.below(3), random.below(2), random.below(257)].join(".");
function line(random: Random): string {
  const drawn = random.below(6);
  if (drawn < 2) return quad(random);
  if (drawn === 2) return `${quad(random)}/${random.below(35)}`;
  if (drawn === 3)
    return `2001:db8::${random.below(5)}:${random.below(0x1_0000).toString(16)}/${random.below(131)}`;
  const known = random.pick(KNOWN);
  return drawn === 4 ? known : mutateWord(known, random);
}
function textOf(random: Random): string {
  const lines = Array.from({ length: random.below(25) }, () => line(random));
  return lines.join(random.pick(["\n", "\n", "\r\n"])) + random.pick(["", "\n"]);
}

/** All that a reader may say of a list. */
async function said(source: ListSource) {
  try {
    const { refused, refusedCount, sources, networks } = await readAddresses([{ ...source, name: "list" }]);
    return { refused, refusedCount, sources, networks: await networks() };
  } catch (error) {
    if (isRampartError(error, "source")) return { problem: error.message };
    throw error;
  }
}
async function* cut(bytes: Uint8Array, random: Random): AsyncGenerator<Uint8Array> {
  for (let at = 0, size = 0; at < bytes.length; at += size) {
    size = 1 + random.below(random.pick([3, 40]));
    yield bytes.slice(at, at + size);
  }
}

/** One list; what is wrong with the answer, if anything. Whatever the bytes: no other error, and pieces change nothing. */
export async function fuzzList(random: Random): Promise<string | undefined> {
  const text = textOf(random),
    format = random.pick(FORMATS),
    bytes = new TextEncoder().encode(text);
  for (let n = random.pick([0, 0, 1, 5]); n > 0 && bytes.length > 0; n--)
    bytes[random.below(bytes.length)] = random.pick(BYTES);
  try {
    const whole = JSON.stringify(
        await said({ entries: cut(bytes, { ...random, below: () => 1e6 }), format }),
      ),
      pieces = JSON.stringify(await said({ entries: cut(bytes, random), format }));
    if (whole !== pieces) return `${format} ${JSON.stringify(text)}: in pieces ${pieces}, else ${whole}`;
    return await misread(text);
  } catch (error) {
    return `${format} ${JSON.stringify(text)}: ${error instanceof Error ? error.stack : String(error)}`;
  }
}

/** What the judge reads otherwise. */
async function misread(text: string): Promise<string | undefined> {
  const lines = text.replace(/\n$/, "").split("\n"),
    expected = lines.map(judged),
    networks = expected.flatMap((found) => (Array.isArray(found) ? found : []));
  const {
    problem,
    refused,
    networks: ours,
  } = { refused: [], networks: undefined, problem: "", ...(await said({ text, format: "lines" })) };
  const wrong = expected.flatMap((found, i) => (found === "refused" ? [i + 1] : []));
  if (networks.length === 0 && wrong.length > 0)
    return problem === "" ? `${JSON.stringify(text)}: nothing is wrong` : undefined;
  const found = [...(ours?.ipv4 ?? []), ...(ours?.ipv6 ?? [])],
    fewest = mergeCidr(networks);
  if (JSON.stringify(refused.map(({ line: at }) => at)) !== JSON.stringify(wrong))
    return `${JSON.stringify(text)}: refused are ${JSON.stringify(refused)}, not ${wrong.join()}`;
  if (found.length !== fewest.length || mergeCidr(found).sort().join() !== fewest.sort().join())
    return `${JSON.stringify(text)}: ${found.join()} in place of ${fewest.join()}`;
  return undefined;
}

const LINE =
  /^([\da-f:.]+)(?!\/\/)(?:\/(\d{1,3}|[\d.]+)|[ \t\r]*-[ \t\r]*([\da-f:.]+))?[ \t\r]*(?:[#;].*|\/\/.*)?$/is;
/** The networks of a line of the format `lines`. Two slashes right behind an address are a broken prefix, not a comment. */
function judged(given: string): string[] | "refused" | "nothing" {
  const trimmed = given.replace(/^[ \t\r]+/, "");
  if (trimmed === "" || /^([#;]|\/\/)/.test(trimmed)) return "nothing";
  const [, first = "", bits, last] = LINE.exec(trimmed) ?? [],
    whole = isIPv4(first) ? 32 : isIPv6(first) ? 128 : 0;
  if (whole === 0) return "refused";
  if (last !== undefined) {
    if (!(whole === 32 ? isIPv4(last) : isIPv6(last))) return "refused";
    const [a, b] = [numberOf(first), numberOf(last)];
    return a > b ? "refused" : networksBetween(a, b, whole);
  }
  if (bits === undefined) return [`${first}/${whole}`];
  const length = bits.includes(".") ? (whole === 32 ? maskLength(bits) : -1) : Number(bits);
  return length > 0 && length <= whole ? [`${first}/${length}`] : "refused";
}
function maskLength(mask: string): number {
  if (!isIPv4(mask)) return -1;
  const bits = numberOf(mask).toString(2).padStart(32, "0");
  return /^1*0*$/.test(bits) ? bits.replaceAll("0", "").length : -1;
}
function numberOf(address: string): bigint {
  if (isIPv4(address)) return address.split(".").reduce((sum, octet) => sum * 256n + BigInt(octet), 0n);
  const hex = address.replace(/[\d.]+$/, (end) =>
    end.includes(".")
      ? (numberOf(end) >> 16n).toString(16).concat(":", (numberOf(end) & 0xffffn).toString(16))
      : end,
  );
  const [head = "", tail] = hex.split("::"),
    groups = (half: string): string[] => (half === "" ? [] : half.split(":"));
  const behind = groups(tail ?? ""),
    zeros = Array(8 - groups(head).length - behind.length).fill("0");
  return [...groups(head), ...(tail === undefined ? [] : zeros), ...behind].reduce(
    (sum, group) => sum * 0x1_0000n + BigInt(`0x${group}`),
    0n,
  );
}
/** Not the fewest: halves of halves, until each is a network. */
function networksBetween(first: bigint, last: bigint, whole: number): string[] {
  const out: string[] = [];
  for (let next = first; next <= last; ) {
    let free = 0;
    while (
      free < whole &&
      next % (1n << BigInt(free + 1)) === 0n &&
      next + (1n << BigInt(free + 1)) - 1n <= last
    )
      free++;
    out.push(`${textOfNumber(next, whole)}/${whole - free}`);
    next += 1n << BigInt(free);
  }
  return out;
}
function textOfNumber(n: bigint, whole: number): string {
  const [size, base, between] = whole === 32 ? ([8n, 10, "."] as const) : ([16n, 16, ":"] as const);
  return Array.from({ length: whole / Number(size) }, (_, i) =>
    ((n >> (BigInt(whole) - size * BigInt(i + 1))) & ((1n << size) - 1n)).toString(base),
  ).join(between);
}
