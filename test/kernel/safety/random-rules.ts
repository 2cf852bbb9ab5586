import type { Family, TableName } from "../../../src/index.js";
import { CLIENTS, DEVICE, SERVER } from "./host-pair.js";

/** A small generator of numbers that a seed repeats (mulberry32). */
export class Dice {
  #state: number;
  constructor(seed: number) {
    this.#state = seed >>> 0;
  }
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }
  below(n: number): number {
    return Math.floor(this.next() * n);
  }
  of<V>(values: readonly V[]): V {
    return values[this.below(values.length)]!;
  }
  chance(p: number): boolean {
    return this.next() < p;
  }
  /** One of the keys, as often as its weight says. */
  weighted<K extends string>(weights: Readonly<Partial<Record<K, number>>>): K {
    const all = Object.entries(weights) as [K, number][];
    let at = this.next() * all.reduce((sum, [, weight]) => sum + weight, 0);
    for (const [key, weight] of all) {
      at -= weight;
      if (at < 0) return key;
    }
    return all[0]![0];
  }
}

/** Chains that packets to this host and from it go through. */
export const BUILT_IN: Readonly<Record<TableName, readonly string[]>> = {
  raw: ["PREROUTING", "OUTPUT"],
  mangle: ["PREROUTING", "INPUT", "OUTPUT", "POSTROUTING"],
  nat: ["PREROUTING", "INPUT", "OUTPUT", "POSTROUTING"],
  filter: ["INPUT", "OUTPUT"],
  security: ["INPUT", "OUTPUT"],
};
const TABLES = Object.keys(BUILT_IN) as TableName[];
const STATES = ["NEW", "ESTABLISHED", "RELATED", "INVALID", "UNTRACKED"];

const not = (dice: Dice): string => (dice.chance(0.2) ? "! " : "");
function address(dice: Dice, family: Family): string {
  const client = dice.of(CLIENTS[family]);
  const near =
    family === "ipv4"
      ? ["198.51.100.0/29", "198.51.100.128/25", "10.0.0.0/8"]
      : ["2001:db8:1::/124", "2001:db8::/32", "fd00::/8"];
  return dice.chance(0.5) ? client : dice.chance(0.3) ? SERVER[family] : dice.of(near);
}
const portWords = (dice: Dice, options: readonly string[]): string =>
  `${not(dice)}--${dice.of(options)} ${dice.of(["22", "22", "2222", "1:1023", "22:2222", "1024:65535", "30000:65535", "80"])}`;

/** `inward`: which way packets go through the chain; undefined where both do. */
function match(dice: Dice, family: Family, table: TableName, inward: boolean | undefined): string {
  const kind = dice.weighted({
    source: 5,
    destination: 3,
    tcp: 9,
    device: 4,
    state: table === "raw" ? 5 : 10,
    mark: 9,
    multiport: 3,
    iprange: 2,
    addrtype: 2,
    comment: 1,
    flags: 2,
    details: 1,
    harmless: 2,
    rate: 0.6,
    unknown: 0.7,
  });
  const subset = dice.of([STATES.filter(() => dice.chance(0.35)), [dice.of(STATES)]]);
  switch (kind) {
    case "source":
      return `${not(dice)}-s ${address(dice, family)}`;
    case "destination":
      return `${not(dice)}-d ${address(dice, family)}`;
    case "tcp":
      return `-p tcp -m tcp ${portWords(dice, ["dport", "sport"])}`;
    case "device":
      return inward === undefined
        ? ""
        : `${not(dice)}${inward ? "-i" : "-o"} ${dice.of([DEVICE, DEVICE, "s+", "lo", "eth0"])}`;
    case "state":
      return `-m ${dice.chance(0.5) ? `conntrack ${not(dice)}--ctstate` : `state ${not(dice)}--state`} ${(subset.length > 0 ? subset : ["NEW"]).join(",")}`;
    case "mark":
      return `-m mark ${not(dice)}--mark ${dice.of(["0", "1", "2/2", "0/1", "3", "4/6", "0x10/0xf0"])}`;
    case "multiport":
      return `-p tcp -m multiport ${not(dice)}--${dice.of(["dports", "sports", "ports"])} ${dice.of(["22,80", "2222", "22,2222", "1024:65535", "80,443"])}`;
    case "iprange": {
      const [first = "", second = ""] = CLIENTS[family];
      return `-m iprange ${not(dice)}--${dice.of(["src", "dst"])}-range ${first}-${second}`;
    }
    case "addrtype":
      return `-m addrtype ${not(dice)}--${dice.of(["src", "dst"])}-type ${dice.of(["LOCAL", "UNICAST", "MULTICAST"])}`;
    case "comment":
      return `-m comment --comment "a word"`;
    case "flags":
      return `-p tcp ${dice.of(["--syn", "! --syn", "--tcp-flags SYN,ACK SYN,ACK", "--tcp-flags ALL ACK,PSH", "--tcp-flags ACK ACK", "--tcp-flags FIN,RST FIN"])}`;
    case "details":
      return `-m conntrack ${dice.of(["--ctdir ORIGINAL", "--ctdir REPLY", "--ctproto 6", "--ctproto 17"])}`;
    case "harmless":
      return dice.of([
        "-m pkttype --pkt-type unicast",
        "-m pkttype --pkt-type multicast",
        "-p udp",
        "! -p udp",
      ]);
    // Whom one rule writes down another does not ask for: what an open connection has left there is not fresh.
    case "rate":
      return dice.of([
        "-m limit --limit 1/hour --limit-burst 500",
        "-m recent --name q --rcheck --seconds 60",
        "-m recent --name r --set",
      ]);
    case "unknown":
      return dice.of([
        "-m length --length 0:60",
        "-m statistic --mode random --probability 0.5",
        "-m connmark --mark 1",
        `-m ${family === "ipv4" ? "ttl --ttl-lt 64" : "hl --hl-lt 64"}`,
      ]);
  }
}

interface Place {
  readonly table: TableName;
  readonly chain: string;
  readonly inward: boolean | undefined;
  /** User chains that it may lead to. */
  readonly users: readonly string[];
  /** Whether packets come here from a hook in which the destination can be changed. */
  readonly maps: boolean;
}
function target(dice: Dice, family: Family, { table, users, maps }: Place): string {
  const leads = users.length > 0;
  const kind = dice.weighted({
    ACCEPT: 26,
    DROP: table === "nat" ? 0.6 : 3.2,
    RETURN: 9,
    jump: leads ? 22 : 0,
    goto: leads ? 20 : 0,
    MARK: table === "mangle" || table === "raw" ? 26 : 4,
    LOG: 2,
    none: 2,
    NFQUEUE: 0.7,
    REJECT: table === "filter" ? 3 : 0,
    notrack: table === "raw" ? 7 : 0,
    zone: table === "raw" ? 0.3 : 0,
    map: maps ? 32 : 0,
    connmark: table === "mangle" ? 0.4 : 0,
  });
  const here = family === "ipv4" ? SERVER.ipv4 : `[${SERVER.ipv6}]`;
  switch (kind) {
    case "jump":
      return `-j ${dice.of(users)}`;
    case "goto":
      return `-g ${dice.of(users)}`;
    case "MARK":
      return `-j MARK ${dice.of(["--set-mark 1", "--set-mark 2", "--set-xmark 0x1/0x0", "--set-mark 2/1", "--set-xmark 2/1", "--and-mark 0xfffffffe", "--or-mark 2", "--xor-mark 3", "--set-mark 0x10/0x10"])}`;
    case "none":
      return "";
    case "NFQUEUE":
      return `-j NFQUEUE --queue-num 5${dice.chance(0.6) ? " --queue-bypass" : ""}`;
    case "REJECT":
      return dice.chance(0.5) ? "-j REJECT" : "-p tcp -j REJECT --reject-with tcp-reset";
    case "notrack":
      return dice.of(["-j NOTRACK", "-j CT --notrack"]);
    case "zone":
      return "-j CT --zone 3";
    case "map":
      return `-p tcp ${dice.of(["-j REDIRECT --to-ports 2222", "-j REDIRECT --to-ports 22", `-j DNAT --to-destination ${here}:2222`, "-j REDIRECT --to-ports 81", "-j REDIRECT"])}`;
    case "connmark":
      return `-j CONNMARK ${dice.of(["--restore-mark", "--set-mark 1", "--save-mark"])}`;
    default:
      return `-j ${kind}`;
  }
}

/** `-p tcp` stands once in a rule, and a match that negates a protocol beside one that names it makes no rule. */
function joined(words: readonly string[]): string {
  const text = words.filter(Boolean).join(" ");
  const protocols = [...text.matchAll(/(?:! )?-p \w+/g)].map(([one]) => one);
  if (protocols.length < 2) return text;
  const keep = protocols.includes("-p tcp") ? "-p tcp" : protocols[0]!;
  return `${keep} ${text.replaceAll(/(?:! )?-p \w+ ?/g, "")}`;
}
function rule(dice: Dice, family: Family, place: Place): string {
  const seen = new Set<string>(),
    words: string[] = [];
  for (let i = dice.below(4); i > 0; i--) {
    const one = match(dice, family, place.table, place.inward),
      // Each match and each option once, as iptables has it.
      key = one
        .replace("! ", "")
        .split(" ")
        .slice(0, 2)
        .join(" ")
        .replace(/^(-[sdio]) .*/, "$1");
    if (!seen.has(key)) words.push(one);
    seen.add(key);
  }
  return `-A ${place.chain} ${joined([...words, target(dice, family, place)])}`;
}

/** Rules that belong together over several tables; by chance alone they would seldom meet. */
const IDIOMS: readonly Partial<Record<TableName, readonly string[]>>[] = [
  {
    nat: ["PREROUTING -p tcp --dport 22 -j REDIRECT --to-ports 2222"],
    filter: ["OUTPUT -p tcp --sport 22 -j DROP"],
  },
  {
    nat: ["PREROUTING -p tcp --dport 22 -j REDIRECT --to-ports 2222"],
    filter: ["OUTPUT -p tcp --sport 2222 -j DROP"],
  },
  {
    nat: ["PREROUTING -p tcp -j REDIRECT --to-ports 2222"],
    mangle: ["POSTROUTING -p tcp --sport 22 -j DROP", "INPUT -p tcp --dport 22 -j DROP"],
  },
  {
    mangle: ["PREROUTING -j MARK --set-mark 1"],
    nat: ["PREROUTING -p tcp -m mark --mark 1 -j REDIRECT --to-ports 81"],
  },
  {
    mangle: ["PREROUTING -j MARK --set-mark 1"],
    nat: ["PREROUTING -p tcp -m mark ! --mark 1 -j REDIRECT --to-ports 81"],
  },
  { filter: ["INPUT -m statistic --mode random --probability 0.7 -j DROP"] },
  {
    raw: ["PREROUTING -j NOTRACK", "OUTPUT -j NOTRACK"],
    filter: ["INPUT -m conntrack --ctstate NEW -j DROP"],
  },
];

/** A rules file of all five tables, such as nobody would write. */
export function randomRules(dice: Dice, family: Family): string {
  const idiom = dice.chance(0.25) ? dice.of(IDIOMS) : {};
  return TABLES.map((table) => tableText(dice, family, table, idiom[table] ?? [])).join("");
}
function tableText(dice: Dice, family: Family, table: TableName, first: readonly string[]): string {
  const used = dice.chance(table === "filter" ? 1 : 0.7),
    users = ["u1", "u2", "u3"],
    lines = [`*${table}`];
  for (const chain of BUILT_IN[table])
    lines.push(
      `:${chain} ${used && dice.chance({ nat: 0.02, filter: 0.14 }[table as string] ?? 0.04) ? "DROP" : "ACCEPT"}`,
    );
  if (used) for (const user of users) lines.push(`:${user} -`);
  for (const one of first) lines.push(`-A ${one}`);
  if (used) {
    users.forEach((chain, i) => {
      // Chains lead to later ones only, so that there are no circles; in nat they are PREROUTING's.
      const inward = table === "nat" ? true : undefined,
        place = { table, chain, inward, users: users.slice(i + 1), maps: table === "nat" };
      for (let n = dice.below(4); n > 0; n--) lines.push(rule(dice, family, place));
    });
    for (const chain of BUILT_IN[table]) {
      const first = chain === "PREROUTING",
        place = {
          table,
          chain,
          inward: first || chain === "INPUT",
          users: table === "nat" && !first ? [] : users,
          maps: table === "nat" && first,
        };
      for (let n = dice.below(4); n > 0; n--) lines.push(rule(dice, family, place));
    }
  }
  return `${lines.join("\n")}\nCOMMIT\n`;
}
