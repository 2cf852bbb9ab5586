import { struct, u8, u32 } from "../../codec/struct.js";
import { lastOf, target } from "../define.js";
import { hex, integer, mapped, masked, uint } from "../kinds.js";
import { always, depending, fail, selected } from "../option.js";
import { revision } from "../revision.js";

/** ctmark = (ctmark & ~ctmask) ^ value, shifted; or copied from or to the packet's mark, under both masks. */
const info = struct(
  "xt_connmark_tginfo2",
  "linux/netfilter/xt_connmark.h",
  { ctmark: u32, ctmask: u32, nfmask: u32, direction: u8, shift: u8, mode: u8 },
  { direction: "shift_dir", shift: "shift_bits" },
);
const FULL = 0xffff_ffff;
const SET = 0,
  SAVE = 1,
  RESTORE = 2,
  LEFT = 0,
  RIGHT = 1,
  MOST_BITS = 32;
const mode = selected("mode"),
  direction = selected("direction");

const number = (word: string): number => integer(word, FULL);
const xmark = (value: number, mask: number): readonly string[] => [
  "--set-xmark",
  `${hex(value >>> 0)}/${hex(mask >>> 0)}`,
];
function setMark(word: string): readonly string[] {
  const slash = word.indexOf("/"),
    value = number(slash < 0 ? word : word.slice(0, slash));
  return xmark(value, slash < 0 ? FULL : value | number(word.slice(slash + 1)));
}

const same = (n: number): number => n;
const maskIn = <F extends string>(field: F) =>
  depending(
    { beside: (o) => o.setXmark === undefined },
    always(FULL, mapped(field, same, same, { parse: number, print: hex })),
  );
const shifted = (to: number) =>
  depending(
    {
      shown:
        ({ shift }: { shift: { get(b: Uint8Array, o: number): number } }) =>
        (b, o) =>
          shift.get(b, o) > 0,
    },
    direction(to, uint("shift", MOST_BITS)),
  );

const info1 = struct("xt_connmark_tginfo1", "linux/netfilter/xt_connmark.h", {
  ctmark: u32,
  ctmask: u32,
  nfmask: u32,
  mode: u8,
});
const UNSHIFTED = {
  setXmark: mode(SET, masked("ctmark", "ctmask", true)),
  saveMark: mode(SAVE),
  restoreMark: mode(RESTORE),
  nfmask: maskIn("nfmask"),
  ctmask: maskIn("ctmask"),
};

/**
 * `-j CONNMARK`: sets the mark of the connection, or copies it from or to the packet's.
 *
 * @example setConnmark({ restoreMark: true })
 */
export const setConnmark = target("CONNMARK", {
  revision: 2,
  info,
  revisions: [revision({ revision: 1, info: info1, options: UNSHIFTED })],
  options: {
    /** What the mask covers is cleared, then the value is XORed in; 32 bits. */
    setXmark: mode(SET, masked("ctmark", "ctmask", true)),
    /** The packet's mark becomes the connection's. */
    saveMark: mode(SAVE),
    /** The connection's mark becomes the packet's. */
    restoreMark: mode(RESTORE),
    /** The bits of the packet's mark that are copied, or replaced; all unless given. */
    nfmask: maskIn("nfmask"),
    /** The bits of the connection's mark likewise. */
    ctmask: maskIn("ctmask"),
    /** How many bits the value moves, 0 to 31. */
    leftShiftMark: shifted(LEFT),
    /** How many bits the value moves the other way, 0 to 31; not beside `leftShiftMark`. */
    rightShiftMark: shifted(RIGHT),
  },
  aliases: {
    "--set-mark": setMark,
    "--and-mark": (word) => xmark(0, ~number(word)),
    "--or-mark": (word) => xmark(number(word), number(word)),
    "--xor-mark": (word) => xmark(number(word), 0),
    "--mask": (word) => ["--nfmask", word, "--ctmask", word],
  },
  merge: (options) => {
    // Of the two the last one counts, and no bits are no shift.
    const { leftShiftMark, rightShiftMark, ...o } = lastOf("leftShiftMark", "rightShiftMark")(options);
    const shift = { ...(rightShiftMark && { rightShiftMark }), ...(leftShiftMark && { leftShiftMark }) };
    return o.saveMark || o.restoreMark ? { nfmask: FULL, ctmask: FULL, ...o, ...shift } : { ...o, ...shift };
  },
  check: (o) => {
    const operations = [o.setXmark, o.saveMark, o.restoreMark].filter((one) => one !== undefined).length;
    if (operations === 0) fail("CONNMARK: one of --set-xmark, --save-mark and --restore-mark is needed");
    if (operations > 1) fail("CONNMARK: --set-xmark, --save-mark and --restore-mark exclude each other");
    if (o.setXmark !== undefined && (o.nfmask !== undefined || o.ctmask !== undefined))
      fail("CONNMARK: masks go with --save-mark and --restore-mark; --set-xmark has its own: VALUE/MASK");
  },
});
