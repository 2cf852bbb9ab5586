import { tcpOptionName } from "../tcp-options.js";
import { tosName } from "./matches.js";
import { bare, type ListingForm, labelled } from "./words.js";

const LEVELS = ["emerg", "alert", "crit", "err", "warn", "notice", "info", "debug"];
const LOG_FLAGS: Readonly<Record<string, number>> = {
  "--log-tcp-sequence": 1,
  "--log-tcp-options": 2,
  "--log-ip-options": 4,
  "--log-uid": 8,
  "--log-macdecode": 32,
};
const log: ListingForm = (words, { numeric }) => {
  const level = words.get("--log-level")?.text ?? "4",
    prefix = words.get("--log-prefix"),
    flags = Object.keys(LOG_FLAGS).filter((option) => words.has(option));
  const said = numeric
    ? `flags ${flags.reduce((bits, option) => bits | LOG_FLAGS[option]!, 0)} level ${level}`
    : `level ${[LEVELS[Number(level)], ...flags.map((option) => option.slice("--log-".length))].join(" ")}`;
  return `LOG ${said}${prefix ? ` prefix "${prefix.text}"` : ""}`;
};

const NAT = { "--random": "random", "--random-fully": "random-fully", "--persistent": "persistent" };
const nat =
  (option: string, label: string): ListingForm =>
  (words) => {
    const to = words.get(option);
    return `${to ? label + to.text : ""}${labelled(words, NAT)}`.trimStart();
  };

const hex = (n: number): string => `0x${(n >>> 0).toString(16)}`;
const ALL = 0xffff_ffff;
/** `--set-xmark v/m` by the plainest of the operations that do the same. */
function markOperation(text: string): string {
  const [value = 0, mask = ALL] = text.split("/").map(Number);
  if (value === 0) return `and ${hex(~mask)}`;
  if (value === mask) return `or ${hex(value)}`;
  if (mask === 0) return `xor ${hex(value)}`;
  return mask === ALL ? `set ${hex(value)}` : `xset ${hex(value)}/${hex(mask)}`;
}
const connmark: ListingForm = (words) => {
  const set = words.get("--set-xmark"),
    nf = Number(words.get("--nfmask")?.text ?? ALL),
    ct = Number(words.get("--ctmask")?.text ?? ALL);
  const verb = words.has("--save-mark") ? "save" : "restore";
  const masks =
    verb === "save" ? `nfmask ${hex(nf)} ctmask ~${hex(ct)}` : `ctmask ${hex(ct)} nfmask ~${hex(nf)}`;
  const copy = nf !== ct ? `${verb} ${masks}` : nf === ALL ? verb : `${verb} mask ${hex(nf)}`;
  const shifts = { "--left-shift-mark": "left-shift-mark", "--right-shift-mark": "right-shift-mark" };
  return `CONNMARK ${set ? markOperation(set.text) : copy}${labelled(words, shifts)}`;
};

const tos: ListingForm = (words, { numeric }) => {
  const text = words.get("--set-tos")?.text ?? "";
  const [value = 0, mask = 0] = text.split("/").map(Number);
  const name = tosName(text, numeric),
    two = (n: number) => `0x${(n & 0xff).toString(16).padStart(2, "0")}`;
  if (numeric) return `TOS set ${text}`;
  // iptables' own spacing: one blank too many before, one too few after.
  if (name !== undefined) return ` TOS set${name}`;
  if (value === 0) return `TOS and ${two(~mask)}`;
  if (value === mask) return `TOS or ${two(value)}`;
  return mask === 0 ? `TOS xor ${two(value)}` : `TOS set ${text}`;
};

/** Listings have `0x5` where -S has `0x0005`. */
const short = (text: string): string => text.replace(/^0x0+(?=.)/, "0x");
const same = (option: string): [string, string] => [`--hmark-${option}`, option];
const HASHED = Object.fromEntries(
  [
    ...["src-prefix", "dst-prefix", "sport-mask", "dport-mask", "spi-mask"],
    ...["sport", "dport", "spi", "proto-mask", "rnd"],
  ].map(same),
);
const hmark: ListingForm = (words) => {
  const plain = new Map([...words].map(([option, { not, text }]) => [option, { not, text: short(text) }])),
    offset = words.get("--hmark-offset");
  return [
    `HMARK mod ${words.get("--hmark-mod")?.text} `,
    offset ? `+ ${hex(Number(offset.text))} ` : "",
    words.has("--hmark-tuple") ? "ct, " : "",
    // Of a whole IPv6 address the listing has forgotten the length.
    `${labelled(plain, HASHED).slice(1)} `.replaceAll("-prefix 128 ", "-prefix  "),
  ].join("");
};
const led: ListingForm = (words) => {
  const delay = words.get("--led-delay")?.text ?? "0";
  return [
    `led-trigger-id:${words.get("--led-trigger-id")?.text}`,
    ` led-delay:${delay === "inf" ? delay : `${delay}ms`}`,
    words.has("--led-always-blink") ? " led-always-blink" : "",
  ].join("");
};
const ecn: ListingForm = (words) => {
  if (words.has("--ecn-tcp-remove")) return "ECN TCP remove";
  const bits = { "--ecn-tcp-ece": "ECE", "--ecn-tcp-cwr": "CWR", "--ecn-ip-ect": "ECT codepoint" };
  return `ECN${Object.entries(bits)
    .map(([option, label]) => (words.has(option) ? ` ${label}=${words.get(option)?.text}` : ""))
    .join("")}`;
};
/** Options as `name=value`, beyond the one that makes the address. */
const clusterip: ListingForm = (words) =>
  [...words]
    .filter(([option]) => option !== "--new")
    .reduce(
      (line, [option, { text }]) => `${line} ${option.slice(2).replace("-", "_")}=${text}`,
      "CLUSTERIP",
    );
const hops =
  (target: "TTL" | "HL"): ListingForm =>
  (words) => {
    const verbs: Readonly<Record<string, string>> = {
        set: "set to",
        inc: "increment by",
        dec: "decrement by",
      },
      [[option = "", word] = []] = [...words];
    return `${target} ${verbs[option.slice(-3)]} ${word?.text}`;
  };
const npt =
  (target: "DNPT" | "SNPT"): ListingForm =>
  (words) => {
    const [src, dst] = ["--src-pfx", "--dst-pfx"].map((option) => words.get(option)?.text ?? "::/0");
    return `${target} src-pfx ${src} dst-pfx ${dst}`;
  };
const tcpoptstrip: ListingForm = (words, { numeric }) => {
  const list = words.get("--strip-options")?.text.split(",");
  return list
    ? `TCPOPTSTRIP options ${list.map((n) => (numeric ? n : (tcpOptionName(Number(n)) ?? n))).join(",")}`
    : "";
};
/** One value under one label. */
const value =
  (label: string): ListingForm =>
  (words) => {
    const [word] = words.values();
    return `${label} ${word?.text}`;
  };
/** What `iptables -L` says of each target beyond its name: measured against iptables 1.8.9, spaces included. */
export const TARGET_LISTINGS: Readonly<Record<string, ListingForm>> = {
  REJECT: (words) => `reject-with ${words.get("--reject-with")?.text}`,
  LOG: log,
  DNAT: nat("--to-destination", "to:"),
  SNAT: nat("--to-source", "to:"),
  REDIRECT: nat("--to-ports", "redir ports "),
  MASQUERADE: nat("--to-ports", "masq ports: "),
  MARK: (words) => `MARK ${markOperation(words.get("--set-xmark")?.text ?? "0")}`,
  CONNMARK: connmark,
  TCPMSS: (words) =>
    words.has("--set-mss") ? `TCPMSS set ${words.get("--set-mss")?.text}` : "TCPMSS clamp to PMTU",
  CT: (words) => `CT ${bare(words)}`.trimEnd(),
  NOTRACK: () => "NOTRACK",
  NFLOG: bare,
  NFQUEUE: (words) =>
    `NFQUEUE${labelled(words, { "--queue-num": "num", "--queue-balance": "balance", "--queue-bypass": "bypass", "--queue-cpu-fanout": "cpu-fanout" })}`,
  SET: bare,
  TEE: (words) =>
    `TEE gw:${words.get("--gateway")?.text}${words.has("--oif") ? ` oif=${words.get("--oif")?.text}` : ""}`,
  TRACE: () => "",
  TOS: tos,
  AUDIT: value("AUDIT"),
  CHECKSUM: () => "CHECKSUM fill",
  CLASSIFY: (words) =>
    `CLASSIFY set ${words
      .get("--set-class")
      ?.text.split(":")
      .map((half) => Number.parseInt(half, 16).toString(16))
      .join(":")}`,
  CLUSTERIP: clusterip,
  CONNSECMARK: (words) => `CONNSECMARK ${bare(words)}`,
  DNPT: npt("DNPT"),
  DSCP: value("DSCP set"),
  ECN: ecn,
  HL: hops("HL"),
  HMARK: hmark,
  IDLETIMER: (words) =>
    `timeout:${words.get("--timeout")?.text} label:${words.get("--label")?.text}${labelled(words, { "--alarm": "alarm" })}`,
  LED: led,
  NETMAP: (words) => `to:${words.get("--to")?.text}`,
  RATEEST: (words) =>
    labelled(words, {
      "--rateest-name": "name",
      "--rateest-interval": "interval",
      "--rateest-ewmalog": "ewmalog",
    }).slice(1),
  SECMARK: value("SECMARK selctx"),
  SNPT: npt("SNPT"),
  SYNPROXY: (words) => `SYNPROXY ${bare(words)}${words.size > 0 ? " " : ""}`,
  TCPOPTSTRIP: tcpoptstrip,
  TPROXY: (words) =>
    `TPROXY redirect ${words.get("--on-ip")?.text}:${words.get("--on-port")?.text} mark ${words.get("--tproxy-mark")?.text}`,
  TTL: hops("TTL"),
};
