import { chunkNumber } from "../sctp-chunks.js";
import { bang, GLUED, type ListingForm, portsName, type Word, type Words } from "./words.js";

/** ` label:value`, ` labels:from:to` for a range; a negation stands behind the colon. */
export const counted = (
  label: string,
  word: Word | undefined,
  say: (text: string) => string = String,
): string =>
  word ? ` ${label}${word.text.includes(":") ? "s" : ""}:${bang(word, "!")}${say(word.text)}` : "";
const valued = (label: string, word: Word | undefined): string =>
  word ? ` ${label}:${bang(word, "!")}${word.text}` : "";
const given = (words: Words, labels: Readonly<Record<string, string>>): string =>
  Object.entries(labels)
    .map(([option, label]) => (words.has(option) ? ` ${label}` : ""))
    .join("");

const sctp: ListingForm = (words, context) => {
  const say = (text: string) => portsName(text, context),
    ports = (label: string, word: Word | undefined) =>
      word?.text === "0:65535" && !word.not ? "" : counted(label, word, say),
    chunks = words.get("--chunk-types"),
    [match, list = ""] = chunks?.text.split(" ") ?? [];
  const types = context.numeric ? list.split(",").map(chunkNumber).join(",") : list;
  return [
    "sctp",
    ports("spt", words.get("--sport")),
    ports("dpt", words.get("--dport")),
    chunks ? ` ${bang(chunks)}${match} ${types}` : "",
  ].join("");
};

const frag: ListingForm = (words) =>
  [
    "frag ",
    counted("id", words.get("--fragid")).trimStart(),
    valued("length", words.get("--fraglen")),
    given(words, {
      "--fragres": "reserved",
      "--fragfirst": "first",
      "--fragmore": "more",
      "--fraglast": "last",
    }),
  ].join("");
const options =
  (name: string): ListingForm =>
  (words) => {
    const list = words.get(`--${name}-opts`);
    return `${name}${valued("length", words.get(`--${name}-len`))}${list ? ` opts ${list.text}` : ""}`;
  };

const HEADERS = ["protocol", "ipv6-nonxt", "esp", "ah", "ipv6-frag", "ipv6-route", "ipv6-opts", "hop-by-hop"];
const ipv6header: ListingForm = (words, { numeric }) => {
  const header = words.get("--header"),
    names = header?.text.split(",") ?? [],
    bits = names.reduce((all, name) => all | (1 << HEADERS.indexOf(name)), 0);
  const said = numeric ? `0x${bits.toString(16).toUpperCase().padStart(2, "0")}` : names.join(",");
  return `ipv6header flags:${bang(header, "!")}${said}${given(words, { "--soft": "soft" })}`;
};

const MESSAGES = [
  "binding-refresh-request",
  "home-test-init",
  "careof-test-init",
  "home-test",
  "careof-test",
  "binding-update",
  "binding-acknowledgement",
  "binding-error",
];
const mh: ListingForm = (words, { numeric }) => {
  const type = words.get("--mh-type");
  if (!type) return "mh";
  const ends = type.text.split(":").map((end) => (numeric ? end : (MESSAGES[Number(end)] ?? end)));
  return `mh ${bang(type, "!")}${ends.join(":")}`;
};

const rt: ListingForm = (words) => {
  const type = words.get("--rt-type"),
    addresses = words.get("--rt-0-addrs");
  return [
    "rt",
    // iptables prints it as a signed number.
    type ? ` type:${bang(type, "!")}${Number(type.text) | 0}` : "",
    counted("segsleft", words.get("--rt-segsleft")),
    valued("length", words.get("--rt-len")),
    given(words, { "--rt-0-res": "reserved" }),
    addresses ? ` 0-addrs ${addresses.text}` : "",
    given(words, { "--rt-0-not-strict": "0-not-strict" }),
  ].join("");
};

const srh: ListingForm = (words) =>
  `srh${[...words]
    .map(([option, word]) => {
      const label = option.slice("--srh-".length);
      return label.endsWith("sid") ? ` ${label} ${bang(word, "!")} ${word.text}` : valued(label, word);
    })
    .join("")}`;

/** What `iptables -L` says of the matches of headers beyond those of TCP, UDP and ICMP. */
export const HEADER_LISTINGS: Readonly<Record<string, ListingForm>> = {
  sctp,
  frag,
  dst: options("dst"),
  hbh: options("hbh"),
  eui64: () => `${GLUED}eui64 `,
  ipv6header,
  mh,
  rt,
  srh,
};
