import { counted } from "./headers.js";
import { bang, GLUED, type ListingForm, value, type Word } from "./words.js";

const EVERY_SPI = "0:4294967295";
/** `spi:5 `, without the blank before it; every index is said only where it is negated. */
const spi = (word: Word | undefined): string =>
  word && (word.not || word.text !== EVERY_SPI) ? counted("spi", word).slice(1) : "";
const ah: ListingForm = (words) => {
  const length = words.get("--ahlen");
  return [
    `ah ${spi(words.get("--ahspi"))}`,
    length ? `length:${bang(length, "!")}${length.text}` : "",
    words.has("--ahres") ? " reserved" : "",
  ].join("");
};
const ipcomp: ListingForm = (words) =>
  `comp ${spi(words.get("--ipcompspi"))}${words.has("--compres") ? " reserved" : ""}`;

const TYPES = "REQUEST RESPONSE DATA ACK DATAACK CLOSEREQ CLOSE RESET SYNC SYNCACK".split(" ");
/** A type by its number; the ten that are reserved are INVALID, all of them. */
const numberOfType = (name: string): string =>
  TYPES.includes(name) ? `${TYPES.indexOf(name)}` : "10,11,12,13,14,15";
const EVERY_PORT = "0:65535";
const dccp: ListingForm = (words, { numeric }) => {
  const port = (label: string, word: Word | undefined) =>
    word && (word.not || word.text !== EVERY_PORT) ? counted(label, word) : "";
  const types = words.get("--dccp-types"),
    option = words.get("--dccp-option");
  const said = numeric ? types?.text.split(",").filter(Boolean).map(numberOfType).join(",") : types?.text;
  return [
    "dccp",
    port("spt", words.get("--sport")),
    port("dpt", words.get("--dport")),
    types ? ` ${bang(types)}${said}` : "",
    option ? ` option=${bang(option, "!")}${option.text}` : "",
  ].join("");
};

const ecn: ListingForm = (words) =>
  [
    "ECN match",
    ...Object.entries({ "--ecn-tcp-ece": "ECE", "--ecn-tcp-cwr": "CWR", "--ecn-ip-ect": "ECT=" }).flatMap(
      ([option, label]) => {
        const word = words.get(option);
        return word ? [`${bang(word, "!")}${label}${word.text}`] : [];
      },
    ),
  ].join(" ");
const devgroup: ListingForm = (words, { numeric, nameOf }) =>
  [...words]
    .map(([option, word]) => {
      const name = numeric || word.text.includes("/") ? undefined : nameOf("deviceGroup", Number(word.text));
      return `${bang(word)}${option.slice(2)} ${name ?? word.text}`;
    })
    .join(" ");
const bpf: ListingForm = (words) => {
  const pinned = words.get("--object-pinned"),
    program = words.get("--bytecode");
  return pinned
    ? `${GLUED}match bpf pinned ${pinned.text}`
    : `${GLUED}match bpf ${program?.text.replace(/^\d+,/, "")}`;
};

/** Matches that look at one packet: measured against iptables 1.8.9, spaces included. */
export const PACKET_LISTINGS: Readonly<Record<string, ListingForm>> = {
  ah,
  bpf,
  cgroup: (words) => `cgroup${[...words.values()].map((word) => ` ${bang(word)}${word.text}`).join("")}`,
  cpu: value("cpu "),
  dccp,
  devgroup,
  dscp: value("DSCP match ", "!"),
  ecn,
  esp: (words) => `esp ${spi(words.get("--espspi"))}`.trimEnd(),
  ipcomp,
  length: value("length ", "!"),
};
