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
};
