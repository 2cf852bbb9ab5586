import { array, innerSlots, type Slot, struct, u8, u32 } from "../../codec/struct.js";
import { match } from "../define.js";
import { fail, type Has, type Kind, required } from "../option.js";

const BYTES = 6;
const info = struct(
  "xt_mac_info",
  "linux/netfilter/xt_mac.h",
  { address: array(BYTES, u8), invert: u32 },
  { address: "srcaddr" },
);

/** Six bytes in hex, one or two digits each. */
const macAddress: Kind<Has<"address", Slot<number>[]>, string> = {
  parse([word = ""]) {
    const bytes = word.split(":");
    if (bytes.length !== BYTES || !bytes.every((byte) => /^[\da-f]{1,2}$/i.test(byte)))
      fail(`"${word}" is no MAC address: six bytes in hex, as in 00:11:22:aa:bb:cc`);
    return bytes.map((byte) => byte.toLowerCase().padStart(2, "0")).join(":");
  },
  print: (value) => value,
  bind: ({ address }) => {
    const slots = innerSlots(address);
    return {
      store: (b, o, value) =>
        value.split(":").forEach((byte, i) => {
          slots[i]!.set(b, o, Number.parseInt(byte, 16));
        }),
      load: (b, o) => slots.map((slot) => slot.get(b, o).toString(16).padStart(2, "0")).join(":"),
    };
  },
};

/**
 * `-m mac`: who sent the Ethernet frame. Makes sense in PREROUTING, FORWARD and INPUT.
 *
 * @example mac({ macSource: "00:11:22:aa:bb:cc" })
 */
export const mac = match("mac", {
  revision: 0,
  info,
  need: ["macSource"],
  options: {
    /** The source address, lower-case and with two digits a byte. */
    macSource: required(macAddress, "invert", 1),
  },
});
