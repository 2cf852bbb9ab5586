import { cstring, struct, u8 } from "../../codec/struct.js";
import { target } from "../define.js";
import { integer, mapped, quoteIfNeeded, text } from "../kinds.js";
import { fail, flags, unless } from "../option.js";

const info = struct(
  "xt_log_info",
  "linux/netfilter/xt_LOG.h",
  { level: u8, flags: u8, prefix: cstring(30, 29) },
  { flags: "logflags" },
);
/** Syslog's levels, by the names that iptables takes. */
const LEVELS: ReadonlyMap<string, number> = new Map([
  ["emerg", 0],
  ["panic", 0],
  ["alert", 1],
  ["crit", 2],
  ["error", 3],
  ["warning", 4],
  ["notice", 5],
  ["info", 6],
  ["debug", 7],
]);
const WARNING = 4;
const same = (n: number): number => n;
const level = mapped("level", same, same, {
  parse: (word) =>
    /^\d/.test(word) ? integer(word, 7) : (LEVELS.get(word) ?? fail(`log level "${word}" unknown`)),
  print: String,
});
const flag = flags("flags");

/**
 * `-j LOG`: a line in the kernel log; the packet goes on to the next rule.
 *
 * @example log({ logPrefix: "drop: ", logLevel: 6 })
 */
export const log = target("LOG", {
  revision: 0,
  info,
  options: {
    /** What the line begins with, 1 to 29 bytes; what is beyond is cut off, as iptables does. */
    logPrefix: unless("", text("prefix", { max: 29, min: 1, cut: true, print: quoteIfNeeded })),
    /** The level of syslog, 0 to 7; in text also its name, as `info`. Default 4, warning. */
    logLevel: unless(WARNING, level),
    /** The TCP sequence number too. */
    logTcpSequence: flag(0x1),
    /** The TCP options too. */
    logTcpOptions: flag(0x2),
    /** The options of the IP header too. */
    logIpOptions: flag(0x4),
    /** The user of the local process too. */
    logUid: flag(0x8),
    /** Hardware addresses and protocol apart. */
    logMacdecode: flag(0x20),
  },
});
