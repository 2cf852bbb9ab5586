/** Sets of every type that Linux 6.12 of Debian has, in ipset's words: what the judge loads, and what we must load alike. */

/** A hundred seconds and more pass between a load and its listing on no machine; what passes is rounded away. */
export const settled = (save: string): string =>
  save.replaceAll(/^(add .* timeout )(\d+)/gm, (_, before: string, left: string) => {
    const seconds = Number(left);
    return `${before}${Math.ceil(seconds / 1000) * 1000}`;
  });

interface Kind {
  readonly type: string;
  readonly options: readonly string[];
  readonly entries: readonly string[];
}
const v4 = ["192.0.2.1", "10.0.0.0/30", "10.1.0.1-10.1.0.9", "255.255.255.255", "1.2.3.4/32"];
const v6 = ["2001:db8::1", "::1", "fe80::1:2:3", "::ffff:1.2.3.4", "ffff:ffff::/128"];
const nets4 = ["10.0.0.0/8", "192.0.2.77/24", "1.2.3.4", "10.1.0.1-10.1.0.6", "128.0.0.0/1", "172.16.0.0/31"];
const nets6 = ["2001:db8::/32", "fe80::/10", "::1", "2001:db8:1::ffff/48", "8000::/1"];
const ports = ["80", "tcp:1-3", "udp:domain", "sctp:5", "udplite:6", "icmp:echo-request", "icmp:77/3", "gre:0", "47:0"];
const ports6 = ["tcp:443", "udp:53-55", "icmpv6:no-route", "ipv6-icmp:200/1", "icmpv6:echo-reply", "esp:0"];
const icmp4 = [
  "echo-reply 0/0 network-unreachable 3/1 protocol-unreachable port-unreachable fragmentation-needed source-route-failed",
  "network-unknown host-unknown network-prohibited host-prohibited TOS-network-unreachable TOS-host-unreachable 3/13",
  "communication-prohibited host-precedence-violation precedence-cutoff source-quench 4/0 network-redirect host-redirect",
  "TOS-network-redirect TOS-host-redirect echo-request ping router-advertisement router-solicitation 11/1 12/0",
  "ttl-zero-during-transit ttl-zero-during-reassembly ip-header-bad required-option-missing timestamp-request",
  "timestamp-reply address-mask-request address-mask-reply 255/255 5/0 5/2 10/0",
];
const icmp6 = [
  "no-route communication-prohibited 1/2 address-unreachable port-unreachable 1/5 1/6",
  "packet-too-big ttl-zero-during-transit ttl-zero-during-reassembly bad-header unknown-header-type unknown-option",
  "echo-request ping echo-reply router-solicitation router-advertisement neighbour-solicitation",
  "neighbour-advertisement redirect 2/0 137/0 143/0",
];
const words = (lines: readonly string[]): string[] => lines.flatMap((line) => line.split(" "));
const beside = (
  heads: readonly string[],
  tails: readonly string[],
  join = (head: string, tail: string) => `${head},${tail}`,
): string[] => [
  ...heads.map((head, i) => join(head, tails[i % tails.length]!)),
  ...tails.map((tail, i) => join(heads[i % heads.length]!, tail)),
];

const EXTENSIONS = [
  ["timeout 0", ["timeout 9000", ""]],
  ["timeout 5000", ["timeout 2147000", ""]],
  ["counters", ["packets 5 bytes 77", "", "bytes 18446744073709551614", "packets 9007199254740993"]],
  ["comment", ['comment "two words"', "comment it's", 'comment "# \\ ä"', ""]],
  ["skbinfo", ["skbmark 0x12/0xff", "skbmark 0xffffffff skbprio 1:10", "skbprio ffff:a skbqueue 65535", ""]],
  [
    "timeout 7000 counters comment skbinfo",
    ['timeout 2000 packets 1 bytes 2 comment "x" skbmark 0x1/0x1 skbprio a:b skbqueue 7', "comment y"],
  ],
] as const;
const HASH = ["", "hashsize 64", "maxelem 99", "bucketsize 4", "hashsize 4000 maxelem 1000000 bucketsize 12"];

const families = (options: readonly string[], entries4: readonly string[], entries6: readonly string[]) =>
  [
    { options: options.map((words) => `family inet ${words}`), entries: entries4 },
    { options: options.map((words) => `family inet6 ${words}`), entries: entries6 },
  ] as const;
const hash = (
  type: string,
  entries4: readonly string[],
  entries6: readonly string[],
  more: readonly (readonly string[])[] = [[], []],
): Kind[] =>
  families(HASH, entries4, entries6).map(({ options, entries }, i) => ({
    type,
    options: [...options, ...more[i]!.map((words) => `family ${i === 0 ? "inet" : "inet6"} ${words}`)],
    entries,
  }));

const KINDS: readonly Kind[] = [
  ...hash("hash:ip", v4, v6, [["netmask 24", "netmask 32", "bitmask 255.255.0.255"], ["netmask 64", "bitmask ffff:ffff::ff"]]),
  ...hash("hash:net", nets4, nets6),
  ...hash(
    "hash:ip,port",
    [...beside(v4, ports), ...words(icmp4).map((word) => `192.0.2.9,icmp:${word}`)],
    [...beside(v6, ports6), ...words(icmp6).map((word) => `2001:db8::9,icmpv6:${word}`)],
    [["netmask 16", "bitmask 0.0.0.255"], ["netmask 100"]],
  ),
  ...hash(
    "hash:ip,port,ip",
    beside(v4, ports).map((word, i) => `${word},198.51.100.${i}`),
    beside(v6, ports6).map((word, i) => `${word},2001:db8::${i}`),
  ),
  ...hash(
    "hash:ip,port,net",
    beside(v4, ports).map((word, i) => `${word},${nets4[i % nets4.length]}`),
    beside(v6, ports6).map((word, i) => `${word},${nets6[i % nets6.length]}`),
  ),
  ...hash("hash:net,port", beside(nets4, ports), beside(nets6, ports6)),
  ...hash(
    "hash:net,iface",
    [...beside(nets4, ["eth0", "physdev:br0", "eth0:1", "a"]), "0.0.0.0/0,wan", "10.2.0.0/16,eth wildcard"],
    [...beside(nets6, ["eth0", "physdev:br0"]), "::/0,wan"],
  ),
  { type: "bitmap:ip", options: ["range 10.0.0.0/16", "range 10.0.0.0-10.0.1.77"], entries: ["10.0.0.1", "10.0.0.8/30", "10.0.0.60-10.0.0.70"] },
  { type: "bitmap:ip", options: ["range 10.0.0.0/8 netmask 24"], entries: ["10.1.2.3", "10.9.0.0/23"] },
  { type: "bitmap:ip,mac", options: ["range 10.0.0.0/20"], entries: ["10.0.0.1", "10.0.0.2,0a:bb:cc:dd:ee:0f", "10.0.0.3,AA:0:1:2:3:4"] },
  { type: "bitmap:port", options: ["range 0-1023", "range 22-http"], entries: ["22", "60-63", "https", "ssh"].filter((word) => word !== "https") },
  { type: "list:set", options: ["", "size 16"], entries: ["first", "second", "third before first", "fourth after third"] },
];
const MEMBERS = ["first hash:ip", "second hash:net", "third hash:ip,port", "fourth bitmap:port range 1-2"];

/** The restore file of all cases, each a set with its entries. Whatever the kernel would choose by chance is given. */
export function setCases(): { readonly text: string; readonly count: number } {
  const lines: string[] = MEMBERS.map((words) => `create ${words}${initval(words, 1)}`);
  let count = 0;
  const add = (type: string, options: string, entries: readonly string[]): void => {
    const name = `set-${count++}`;
    lines.push(`create ${name} ${type} ${options}${initval(type, count)}`);
    for (const entry of entries) lines.push(`add ${name} ${entry}`);
  };
  for (const { type, options, entries: all } of KINDS) {
    // Under a mask, others become the address of zeros, which a hash does not hold.
    const entriesFor = (words: string) => (/mask/.test(words) && type.startsWith("hash") ? all.slice(0, 1) : all);
    for (const words of options) {
      const entries = entriesFor(words);
      // Places in a list are told by those that are in it already.
      for (const entry of entries.slice(0, type === "list:set" ? 2 : 12)) add(type, words, [entry]);
      add(type, words, entries);
    }
    const entries = all;
    for (const [words, ends] of EXTENSIONS)
      add(type, `${options[0]} ${words}`, beside(entries, ends, (entry, end) => `${entry} ${end}`));
    if (/net/.test(type)) add(type, options[0]!, entries.map((entry) => `${entry} nomatch`));
  }
  return { text: `${lines.join("\n")}\n`, count };
}
const initval = (words: string, n: number): string => (/hash:/.test(words) ? ` initval 0x${n.toString(16)}` : "");
