import { innerSlots, type Slot } from "../codec/struct.js";
import { fail } from "../errors.js";
import type { Has, Kind } from "./option-form.js";

export const MAC_BYTES = 6;

/** Six bytes in hex, one or two digits each. */
export const macAddress = <F extends string>(field: F): Kind<Has<F, Slot<number>[]>, string> => ({
  parse([word = ""]) {
    const bytes = word.split(":");
    if (bytes.length !== MAC_BYTES || !bytes.every((byte) => /^[\da-f]{1,2}$/i.test(byte)))
      fail(`"${word}" is no MAC address: six bytes in hex, as in 00:11:22:aa:bb:cc`);
    return bytes.map((byte) => byte.toLowerCase().padStart(2, "0")).join(":");
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
