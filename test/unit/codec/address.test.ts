import { isIP } from "node:net";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type AddressSize,
  addressText,
  prefixLength,
  putAddress,
  putPrefix,
} from "../../../src/codec/address.js";

const read = (text: string, size: AddressSize): Uint8Array | undefined => {
  const bytes = new Uint8Array(16);
  return putAddress(bytes, 0, size, text) ? bytes.subarray(0, size) : undefined;
};
const print = (text: string, size: AddressSize): string | undefined => {
  const bytes = read(text, size);
  return bytes && addressText(bytes, 0, size);
};

describe("addresses", () => {
  it.each([
    ["::", "::"],
    ["::1", "::1"],
    ["1::", "1::"],
    ["2001:DB8:0:0:0:0:0:1", "2001:db8::1"],
    ["2001:db8:0:1:0:0:0:1", "2001:db8:0:1::1"],
    ["1:0:0:2:0:0:3:4", "1::2:0:0:3:4"],
    ["1:0:2:0:3:0:4:0", "1:0:2:0:3:0:4:0"],
    ["::ffff:192.0.2.1", "::ffff:192.0.2.1"],
    ["::192.0.2.1", "::192.0.2.1"],
    ["64:ff9b::192.0.2.33", "64:ff9b::c000:221"],
    ["fe80:0:0:0:1::", "fe80::1:0:0:0"],
  ])("of IPv6 print as inet_ntop prints them: %s", (text, printed) => {
    expect(print(text, 16)).toBe(printed);
  });
  it.each([
    "",
    ":",
    ":::",
    "1",
    "1:2:3:4:5:6:7",
    "1:2:3:4:5:6:7:8:9",
    "1::2::3",
    "::12345",
    "::g",
    "1:",
    ":1",
    "::1.2.3",
    "1:2:3:4:5:6:7:1.2.3.4",
  ])("of IPv6 that are none are refused: %s", (text) => {
    expect(read(text, 16)).toBeUndefined();
  });
  it.each(["", "1", "1.2.3", "1.2.3.4.5", "256.1.1.1", "1.2.3.", ".1.2.3", "1..2.3", "a.b.c.d", "1.2.3.4 "])(
    "of IPv4 that are none are refused: %s",
    (text) => {
      expect(read(text, 4)).toBeUndefined();
    },
  );
  it("come back from their own text", () => {
    for (const size of [4, 16] as const)
      fc.assert(
        fc.property(fc.uint8Array({ minLength: size, maxLength: size }), (bytes) => {
          const text = addressText(bytes, 0, size);
          expect(isIP(text)).toBe(size === 4 ? 4 : 6);
          expect(read(text, size)).toEqual(bytes);
        }),
      );
  });
  it("are read as node reads them", () => {
    const digits = fc.stringMatching(/^[0-9a-f:.]{0,20}$/);
    fc.assert(
      fc.property(digits, (text) => {
        expect(read(text, 16) !== undefined).toBe(isIP(text) === 6);
      }),
      { numRuns: 3000 },
    );
  });
});

describe("masks", () => {
  it("have a length, or holes", () => {
    const bytes = new Uint8Array(16);
    for (const size of [4, 16] as const)
      for (let length = 0; length <= size * 8; length++) {
        putPrefix(bytes, 0, size, length);
        expect(prefixLength(bytes, 0, size)).toBe(length);
      }
    expect(prefixLength(Uint8Array.of(255, 0, 255, 0), 0, 4)).toBe(-1);
    expect(prefixLength(Uint8Array.of(255, 0b1011_0000, 0, 0), 0, 4)).toBe(-1);
  });
});
