import { cstring, struct, textEnd, u32 } from "../../codec/struct.js";
import { match } from "../define.js";
import { text, uint } from "../kinds.js";
import { flags, required } from "../option.js";

const GENRE_SIZE = 32;
const info = struct("nf_osf_info", "linux/netfilter/nfnetlink_osf.h", {
  genre: cstring(GENRE_SIZE),
  len: u32,
  flags: u32,
  loglevel: u32,
  ttl: u32,
});
const given = flags("flags"),
  INVERT = 8;

/**
 * `-m osf`, IPv4: the operating system that sent a SYN, by its fingerprint; `nfnl_osf` loads the fingerprints. The kernel
 * takes it behind `-p tcp` only.
 *
 * @example osf({ genre: "Linux", ttl: 2 })
 */
export const osf = match("osf", {
  revision: { ipv4: 0 },
  info: { ipv4: info },
  need: ["genre"],
  options: {
    /** The system as the fingerprints name it, or `unknown`; up to 31 bytes, the rest is cut. */
    genre: required(text("genre", { max: GENRE_SIZE - 1, cut: true }), "flags", INVERT),
    /** How the packet's TTL counts: 0 must equal the fingerprint's, 1 must not exceed it, 2 does not count. */
    ttl: given(2, uint("ttl", 2)),
    /** What the kernel logs: 0 every fingerprint that matches, 1 the first, 2 all that are known. */
    log: given(4, uint("loglevel", 2)),
  },
  finish:
    ({ genre, len }) =>
    (b, o) =>
      len.set(b, o, textEnd(b, o + genre.at, o + genre.at + GENRE_SIZE) - o - genre.at),
});
