import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Attributes } from "../../../src/netlink/attributes.js";
import { attributesOf, familyOf, interrupted, replies } from "../../../src/netlink/replies.js";
import { NFPROTO, NLM_F } from "../../../src/netlink/wire.js";
import { MessageWriter } from "../../../src/netlink/writer.js";

const bytesOf = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.replaceAll(" ", ""), "hex"));
const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
const HEAD = { type: 0x0a07, flags: NLM_F.ack, sequence: 9, family: NFPROTO.ipv6 };

describe("a message", () => {
  it("is nlmsghdr, nfgenmsg and attributes, each on a multiple of 4", () => {
    const writer = new MessageWriter();
    writer.begin({ ...HEAD, resource: 10 });
    writer.text(1, "abc");
    writer.u8(2, 7);
    writer.be16(3, 0x0102);
    writer.be32(4, 0xfffefdfc);
    const nest = writer.open(5);
    writer.be64(6, 2 ** 40 + 5);
    writer.close(nest);
    writer.end();
    expect(hexOf(writer.take())).toBe(
      `44000000 070a 0500 09000000 00000000 0a00000a
       08000100 61626300 05000200 07000000 06000300 01020000 08000400 fffefdfc
       10000580 0c000600 0000010000000005`.replace(/\s/g, ""),
    );
  });
  it("keeps what stands before it when the memory grows", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 60 }), (values) => {
        const writer = new MessageWriter(64);
        writer.begin(HEAD);
        for (const [i, value] of values.entries()) writer.data(i + 1, value);
        writer.end();
        const [reply] = [...replies(writer.take())];
        if (reply?.kind !== "answer") throw new Error("no answer");
        expect(familyOf(reply)).toBe(NFPROTO.ipv6);
        const found: Uint8Array[] = [];
        for (const a = attributesOf(reply); a.next(); ) found.push(a.data().slice());
        expect(found).toEqual(values);
      }),
    );
  });
  it("gives numbers and texts back", () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
        fc.string({ unit: "grapheme" }),
        (big, text) => {
          fc.pre(!text.includes("\0"));
          const writer = new MessageWriter();
          writer.begin(HEAD);
          const wide = big < 2n ** 53n ? Number(big) : big;
          writer.be64(1, wide);
          writer.text(2, text);
          writer.host32(3, Number(big & 0xffff_ffffn));
          writer.end();
          const bytes = writer.take();
          expect(bytes.length % 4).toBe(0);
          const a = new Attributes(bytes, 20, bytes.length);
          expect([a.next(), a.be64()]).toEqual([true, wide]);
          expect([a.next(), a.text()]).toEqual([true, text]);
          expect([a.next(), a.host32()]).toEqual([true, Number(big & 0xffff_ffffn)]);
          expect(a.next()).toBe(false);
        },
      ),
    );
  });
  it("refuses a nest that its length cannot say", () => {
    const writer = new MessageWriter();
    writer.begin(HEAD);
    const nest = writer.open(1);
    for (let i = 0; i < 17_000; i++) writer.flag(2);
    expect(() => writer.close(nest)).toThrow(RangeError);
  });
});

describe("replies", () => {
  // What kernel 6.18 answered to a NEWRULE into a chain that is not there: capped, with the place of its name.
  const refused = bytesOf(
    `2c000000 0200 0003 08000000 4f6d0000 feffffff 30000000 060a 0504 08000000 00000000 08000200 20000000`,
  );
  it("tell an errno, and which byte of the message is at fault", () => {
    expect([...replies(refused)]).toMatchObject([{ kind: "outcome", sequence: 8, errno: 2, offset: 32 }]);
  });
  it("tell the kernel's own words behind a whole message", () => {
    const writer = new MessageWriter();
    writer.begin(HEAD);
    writer.text(1, "x");
    writer.end();
    const quoted = writer.take();
    const text = new MessageWriter();
    text.beginBare({ type: 2, flags: NLM_F.ackTlvs, sequence: 9 }, 4 + quoted.length);
    text.text(1, "Chain is in use");
    text.end();
    const bytes = text.take();
    bytes.set([0xf0, 0xff, 0xff, 0xff], 16);
    bytes.set(quoted, 20);
    const [reply] = [...replies(bytes)];
    expect(reply).toMatchObject({ kind: "outcome", errno: 16, message: "Chain is in use" });
    if (reply?.kind === "outcome") expect(hexOf(bytes.subarray(reply.at, reply.end))).toBe(hexOf(quoted));
  });
  it("of a torn dump say so, on whichever message the kernel said it", () => {
    const writer = new MessageWriter();
    writer.begin({ ...HEAD, flags: NLM_F.multi });
    writer.end();
    writer.beginBare({ type: 3, flags: NLM_F.multi | NLM_F.dumpInterrupted, sequence: 9 }, 4);
    writer.end();
    expect([...replies(writer.take())].map(interrupted)).toEqual([false, true]);
  });
  it("are read whatever the bytes are", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), fc.boolean(), (bytes, plausible) => {
        if (plausible && bytes.length >= 24) bytes.set([bytes.length & 0xff, bytes.length >> 8, 0, 0], 0);
        for (const reply of replies(bytes)) {
          expect(reply.end).toBeLessThanOrEqual(bytes.length);
          if (reply.kind === "answer")
            for (const a = attributesOf(reply); a.next(); ) expect(a.end).toBeLessThanOrEqual(reply.end);
        }
      }),
    );
  });
});
