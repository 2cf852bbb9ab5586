import { describe, expect, it } from "vitest";
import {
  array,
  be16,
  cstring,
  inner,
  innerSlots,
  kernelPointer,
  LITTLE,
  struct,
  u8,
  u16,
  u32,
  u64,
} from "../../../src/codec/struct.js";

describe("struct", () => {
  it("lays fields out as a C compiler does", () => {
    const { slots, size, align } = struct({ a: u8, b: u32, c: u8, d: u64, e: u16, p: kernelPointer, f: u8 });
    expect(Object.values(slots).map(({ at }) => at)).toEqual([0, 4, 8, 16, 24, 32, 40]);
    expect({ size, align }).toEqual({ size: 48, align: 8 });
  });
  it("reaches into structs and arrays", () => {
    const point = struct({ x: u16, y: u32 });
    const { slots } = struct({ first: u8, point: inner(point), list: array(3, u16) });
    const bytes = new Uint8Array(32);
    innerSlots(slots.point).y.set(bytes, 0, 0xdeadbeef);
    innerSlots(slots.list)[2]!.set(bytes, 0, 0x0102);
    expect(innerSlots(slots.point).y.get(bytes, 0)).toBe(0xdeadbeef);
    expect([innerSlots(slots.point).y.at, innerSlots(slots.list)[2]!.at]).toEqual([8, 16]);
  });
  it("compares what means something", () => {
    const { slots } = struct({ text: cstring(8), pointer: kernelPointer });
    const a = Uint8Array.of(65, 0, 1, 2, 3, 4, 5, 6, 9, 9, 9, 9, 9, 9, 9, 9),
      b = Uint8Array.of(65, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    expect(slots.text.same(a, 0, b, 0) && slots.pointer.same(a, 0, b, 0)).toBe(true);
    b[0] = 66;
    expect(slots.text.same(a, 0, b, 0)).toBe(false);
  });
});

describe("numbers", () => {
  it("stand in the host's order, or in the network's", () => {
    const bytes = new Uint8Array(8);
    u32.slot(1).set(bytes, 1, 0x01020304);
    expect([...bytes.subarray(2, 6)]).toEqual(LITTLE ? [4, 3, 2, 1] : [1, 2, 3, 4]);
    be16.slot(0).set(bytes, 0, 0x0102);
    expect([...bytes.subarray(0, 2)]).toEqual([1, 2]);
  });
  it.each([
    0,
    1,
    0xffffffff,
    2 ** 32,
    Number.MAX_SAFE_INTEGER,
    "9007199254740992",
    "18446744073709551615",
  ] as const)("of 64 bits are exact: %s", (value) => {
    const bytes = new Uint8Array(16),
      slot = u64.slot(8);
    slot.set(bytes, 0, value);
    expect(slot.get(bytes, 0)).toBe(value);
    expect(new DataView(bytes.buffer).getBigUint64(8, LITTLE)).toBe(BigInt(value));
  });
});

describe("text", () => {
  it("ends at its NUL, keeps what stands behind, and is cut between characters of bytes", () => {
    const slot = cstring(6, 5).slot(0),
      bytes = Uint8Array.from(Buffer.from("DEFAUL"));
    slot.set(bytes, 0, "L1");
    expect(Buffer.from(bytes).toString()).toBe("L1\0AUL");
    expect(slot.get(bytes, 0)).toBe("L1");
    slot.set(bytes, 0, "abcdefgh");
    expect(slot.get(bytes, 0)).toBe("abcde");
    slot.set(bytes, 0, "é1");
    expect(slot.get(bytes, 0)).toBe("é1");
  });
});
