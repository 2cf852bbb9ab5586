import { describe, expect, it } from "vitest";
import { entryCodec } from "../../../src/ipset/entry.js";
import { entryList } from "../../../src/ipset/set-entries.js";
import type { SetType } from "../../../src/ipset/set-types.js";
import { builtInNames } from "../../../src/model/names.js";
import { MessageWriter } from "../../../src/netlink/writer.js";

const DATA = 7;
async function linesOf(type: SetType, texts: readonly string[], before: string): Promise<string> {
  const codec = entryCodec(type, { family: "ipv4", names: builtInNames }),
    writer = new MessageWriter();
  for (const text of texts) {
    const data = writer.open(DATA);
    codec.write(text, writer);
    writer.close(data);
  }
  const bytes = writer.take(),
    list = await entryList([{ bytes, from: 0, to: bytes.length }], codec);
  expect(list.length).toBe(texts.length);
  expect([...list.texts()]).toEqual(texts);
  let all = "";
  for await (const chunk of list.lines(before)) all += chunk;
  return all;
}

describe("the lines of a listing", () => {
  const octets = [0, 1, 9, 10, 99, 100, 109, 199, 200, 255],
    addresses = octets.flatMap((a) => octets.map((b) => `${a || 1}.${b}.${a}.${b}`)),
    networks = octets.flatMap((a) => [1, 8, 9, 24, 31].map((bits) => `${a}.0.0.0/${bits}`));
  it.each([
    ["hash:ip", addresses],
    ["hash:net", [...addresses, ...networks]],
    [
      "hash:net",
      networks.flatMap((net, i) => [net, `${net} nomatch`, addresses[i]!, `${addresses[i]} timeout ${i}`]),
    ],
    ["hash:ip,port", addresses.map((ip) => `${ip},tcp:80`)],
  ] as const)("of %s are its texts, however they are written", async (type, texts) => {
    const many = Array.from({ length: 60 }, () => texts).flat();
    expect(await linesOf(type, many, "add blöck ")).toBe(many.map((text) => `add blöck ${text}\n`).join(""));
  });
});
