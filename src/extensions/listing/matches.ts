import { isNot, type Negatable } from "../../model/rule.js";
import type { IcmpType } from "../matches/icmp.js";
import { period, type Rate, rateOf, UNITS, type Unit } from "../rate.js";
import { CONNECTION_LISTINGS } from "./connections.js";
import { counted, HEADER_LISTINGS } from "./headers.js";
import { icmpName } from "./icmp.js";
import { PACKET_LISTINGS } from "./packets.js";
import { policy } from "./policy.js";
import { rateest } from "./rateest.js";
import { bang, bare, dashed, type ListingForm, labelled, portsName, value, type Words } from "./words.js";

const FLAGS = ["FIN", "SYN", "RST", "PSH", "ACK", "URG"];
const tcpFlags = (word: string, numeric: boolean): string => {
  const sides = word.split(" ");
  if (!numeric) return sides.join("/");
  return sides
    .map((side) =>
      side.split(",").reduce((bits, flag) => bits | (FLAGS.includes(flag) ? 1 << FLAGS.indexOf(flag) : 0), 0),
    )
    .map((bits) => `0x${bits.toString(16).toUpperCase().padStart(2, "0")}`)
    .join("/");
};
const tcp: ListingForm = (words, context) => {
  const flags = words.get("--tcp-flags"),
    option = words.get("--tcp-option"),
    say = (text: string) => portsName(text, context);
  return [
    "tcp",
    counted("spt", words.get("--sport"), say),
    counted("dpt", words.get("--dport"), say),
    option ? ` option=${bang(option, "!")}${option.text}` : "",
    flags ? ` flags:${bang(flags, "!")}${tcpFlags(flags.text, context.numeric)}` : "",
  ].join("");
};
const udp: ListingForm = (words, context) => {
  const say = (text: string) => portsName(text, context);
  return `udp${counted("spt", words.get("--sport"), say)}${counted("dpt", words.get("--dport"), say)}`;
};
const multiport: ListingForm = (words, context) =>
  `multiport ${[...words]
    .map(([option, word]) => {
      const list = word.text.split(",").map((one) => portsName(one, context));
      return `${option.slice(2)} ${bang(word, " !")}${list.join(",")}`;
    })
    .join(" ")}`;

const icmp =
  (key: "icmpType" | "icmpv6Type", numbered: string, named: string): ListingForm =>
  (_, { family, numeric }, options) => {
    const given = options[key] as Negatable<IcmpType>,
      type = isNot(given) ? given.not : given;
    const name = numeric ? undefined : icmpName(family, type),
      { type: number, code } = typeof type === "object" ? type : { type, code: undefined };
    if (name) return `${named} ${isNot(given) ? "!" : ""}${name}`;
    const codes =
      code === undefined ? "" : typeof code === "number" ? ` code ${code}` : ` codes ${code.join("-")}`;
    return `${numbered}${isNot(given) ? " !" : ""}type ${number === "any" ? 255 : number}${codes}`;
  };

/** How long an idle entry is kept, in ms, unless it is said: one unit of the rate. */
const lifetime = (rate: string): number => 1000 * (UNITS[rate.split("/")[1] as Unit] ?? 1);
const HASHLIMIT_SCALE = 1_000_000;
const hashlimit: ListingForm = (words, _, options) => {
  const above = words.get("--hashlimit-above"),
    mode = words.get("--hashlimit-mode"),
    interval = options.hashlimitRateInterval as number | undefined;
  let rate = (above ?? words.get("--hashlimit-upto"))?.text ?? "";
  let expire = words.get("--hashlimit-htable-expire")?.text;
  if (interval && !rate.endsWith("b/s")) {
    // With a longer interval the listing, unlike -S, spreads the rate over it, and judges the table's default by that rate.
    const stored = expire ?? `${lifetime(rate)}`;
    rate = rateOf(period(rate as Rate, HASHLIMIT_SCALE) * interval, HASHLIMIT_SCALE);
    expire = stored === `${lifetime(rate)}` ? undefined : stored;
  }
  return [
    `limit: ${above ? "above" : "up to"} ${rate}`,
    labelled(words, { "--hashlimit-burst": "burst" }),
    mode ? ` mode ${mode.text.replaceAll(",", "-")}` : "",
    labelled(words, {
      "--hashlimit-htable-size": "htable-size",
      "--hashlimit-htable-max": "htable-max",
      "--hashlimit-htable-gcinterval": "htable-gcinterval",
    }),
    expire === undefined ? "" : ` htable-expire ${expire}`,
    labelled(words, {
      "--hashlimit-srcmask": "srcmask",
      "--hashlimit-dstmask": "dstmask",
      "--hashlimit-rate-match": "rate-match",
      "--hashlimit-rate-interval": "rate-interval",
    }),
  ].join("");
};

const RECENT: Readonly<Record<string, string>> = {
  "--set": "SET",
  "--rcheck": "CHECK",
  "--update": "UPDATE",
  "--remove": "REMOVE",
};
const recent: ListingForm = (words) => {
  const action = Object.keys(RECENT).find((option) => words.has(option)) ?? "--set";
  return [
    `${bang(words.get(action))}recent: ${RECENT[action]}`,
    labelled(words, {
      "--seconds": "seconds:",
      "--reap": "reap",
      "--hitcount": "hit_count:",
      "--rttl": "TTL-Match",
    }),
    ` name: ${words.get("--name")?.text} side: ${words.has("--rdest") ? "dest" : "source"}`,
    labelled(words, { "--mask": "mask:" }),
  ].join("");
};

const string: ListingForm = (words) => {
  const pattern = words.get("--string") ?? words.get("--hex-string");
  const rest = { "--algo": "ALGO name", "--from": "FROM", "--to": "TO", "--icase": "ICASE" };
  return `STRING match ${bang(pattern, "!")} ${pattern?.text}${labelled(words, rest)}`;
};

const addrtype: ListingForm = (words) =>
  [
    "ADDRTYPE match",
    ...["src-type", "dst-type"].map((key) => {
      const word = words.get(`--${key}`);
      return word ? ` ${key} ${bang(word, "!")}${word.text}` : "";
    }),
    labelled(words, { "--limit-iface-in": "limit-in", "--limit-iface-out": "limit-out" }),
  ].join("");
const iprange: ListingForm = (words) =>
  Object.entries({ "--src-range": "source", "--dst-range": "destination" })
    .flatMap(([option, side]) => {
      const word = words.get(option);
      return word ? [`${side} IP range ${bang(word)}${word.text}`] : [];
    })
    .join(" ");
const owner: ListingForm = (words, { numeric, userName, groupName }) => {
  const called = (text: string, name: (id: number) => string | undefined) =>
    (numeric || text.includes("-") ? undefined : name(Number(text))) ?? text;
  const uid = words.get("--uid-owner"),
    gid = words.get("--gid-owner"),
    socket = words.get("--socket-exists");
  return [
    socket ? `${bang(socket)}owner socket exists` : "",
    uid ? `${bang(uid)}owner UID match ${called(uid.text, userName)}` : "",
    gid ? `${bang(gid)}owner GID match ${called(gid.text, groupName)}` : "",
    words.has("--suppl-groups") ? "incl. suppl. groups" : "",
  ]
    .filter(Boolean)
    .join(" ");
};

const SERVICES_OF_TOS: Readonly<Record<string, string>> = {
  "0x10/0x3f": "Minimize-Delay",
  "0x08/0x3f": "Maximize-Throughput",
  "0x04/0x3f": "Maximize-Reliability",
  "0x02/0x3f": "Minimize-Cost",
  "0x00/0x3f": "Normal-Service",
};
export const tosName = (text: string, numeric: boolean): string | undefined =>
  numeric ? undefined : SERVICES_OF_TOS[text];
const tos: ListingForm = (words, { numeric }) => {
  const word = words.get("--tos"),
    text = word?.text ?? "",
    name = tosName(text, numeric);
  return `tos match${bang(word, "!")}${name === undefined ? text : ` ${name}`}`;
};
const hops =
  (option: string, label: string): ListingForm =>
  (words) => {
    const [key = "", word] = [...words][0] ?? [];
    const signs: Readonly<Record<string, string>> = { eq: word?.not ? "!=" : "==", lt: "<", gt: ">" };
    return `${label} match ${label} ${signs[key.slice(option.length)]} ${word?.text}`;
  };

const ordinal = (day: string): string => `${day}${["th", "st", "nd", "rd"][Number(day) % 10] ?? "th"}`;
const time: ListingForm = (words) => {
  const until = words.get("--datestop")?.text,
    at = (date: string) => date.replace("T", " ");
  return [
    "TIME",
    words.has("--timestart")
      ? ` from ${words.get("--timestart")?.text} to ${words.get("--timestop")?.text}`
      : "",
    labelled(words, { "--weekdays": "on" }),
    words.has("--monthdays") ? ` on ${words.get("--monthdays")?.text.replace(/\d+/g, ordinal)}` : "",
    words.has("--datestart") ? ` starting from ${at(words.get("--datestart")?.text ?? "")}` : "",
    until === undefined || until === "2038-01-19T03:14:07" ? "" : ` until date ${at(until)}`,
    words.has("--kerneltz") ? "" : " UTC",
    labelled(words, { "--contiguous": "contiguous" }),
  ].join("");
};

const realm: ListingForm = (words, { numeric, nameOf }) => {
  const word = words.get("--realm"),
    text = word?.text ?? "",
    name = numeric || text.includes("/") ? undefined : nameOf("realm", Number(text));
  return `${bang(word)}realm ${name ?? text}`;
};
const statistic: ListingForm = (words) => {
  const shown: Words = new Map(
    [...words].filter(([option, { text }]) => option !== "--packet" || text !== "0"),
  );
  return `statistic ${bare(shown)}`;
};

/** What `iptables -L` says of each match: measured against iptables 1.8.9, spaces included. */
export const MATCH_LISTINGS: Readonly<Record<string, ListingForm>> = {
  ...CONNECTION_LISTINGS,
  ...HEADER_LISTINGS,
  ...PACKET_LISTINGS,
  policy,
  rateest,
  tcp,
  udp,
  multiport,
  icmp: icmp("icmpType", "icmp", "icmp"),
  icmp6: icmp("icmpv6Type", "ipv6-icmp", "ipv6-icmp"),
  comment: (words) => `/* ${words.get("--comment")?.text} */`,
  conntrack: (words, { numeric }) =>
    numeric
      ? bare(words)
      : bare(words).replaceAll(/(?<=(?:orig|repl)(?:src|dst) )(0\.0\.0\.0|::)\/0(?= |$)/g, "anywhere"),
  state: bare,
  limit: (words) =>
    `limit: avg ${words.get("--limit")?.text} burst ${words.get("--limit-burst")?.text ?? "5"}`,
  hashlimit,
  recent,
  string,
  set: bare,
  mark: value("mark match "),
  connmark: (words) => `connmark match ${bang(words.get("--mark"), "!")} ${words.get("--mark")?.text}`,
  addrtype,
  iprange,
  mac: value("MAC "),
  owner,
  statistic,
  osf: (words) => `OS fingerprint match ${bang(words.get("--genre"))}${words.get("--genre")?.text}`,
  quota: (words) => `quota: ${words.get("--quota")?.text} bytes`,
  realm,
  u32: value("u32 "),
  tos,
  ttl: hops("--ttl-", "TTL"),
  hl: hops("--hl-", "HL"),
  physdev: (words) => `PHYSDEV match ${dashed(words)}`,
  pkttype: (words) => `PKTTYPE ${words.get("--pkt-type")?.not ? "!=" : "="} ${words.get("--pkt-type")?.text}`,
  time,
  tcpmss: value("tcpmss match ", "!"),
  socket: (words) => `socket ${dashed(words)}`.trimEnd(),
};
