import { innerSlots, type Slot } from "../codec/struct.js";
import { fail } from "../errors.js";
import type { Has, Kind } from "./option-form.js";

export const MAC_BYTES = 6;

/** Two characters at most, as strtoul reads them; none are 0. */
const BYTE = /^([\da-f]{0,2}|[\s+][\da-f])$/i;
/** Six bytes in hex, one or two digits each. */
export const macAddress = <F extends string>(field: F): Kind<Has<F, Slot<number>[]>, string> => ({
  edges: [
    "00:00:00:00:00:00",
    "ff:FF:ff:ff:ff:ff",
    "1:2:3:4:5:6",
    "00:11:22:33:44",
    "00:11:22:33:44:gg",
    "001122334455",
  ],
  parse([word = ""]) {
    const bytes = word.split(":");
    if (bytes.length !== MAC_BYTES || !bytes.every((byte) => BYTE.test(byte)))
      fail(`"${word}" is no MAC address: six bytes in hex, as in 00:11:22:aa:bb:cc`);
    return bytes.map((byte) => byte.replace(/[\s+]/, "").toLowerCase().padStart(2, "0")).join(":");
  },
  print: (value) => value,
  bind: ({ [field]: address }) => {
    const slots = innerSlots(address);
    return {
      store: (b, o, value) =>
        value.split(":").forEach((byte, i) => {
          slots[i]!.set(b, o, Number.parseInt(byte, 16));
        }),
      load: (b, o) => slots.map((slot) => slot.get(b, o).toString(16).padStart(2, "0")).join(":"),
    };
  },
});
