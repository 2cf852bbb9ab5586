import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { Sets } from "../../../src/ipset/sets.js";
import { builtInNames } from "../../../src/model/names.js";
import { setCases, settled } from "../../vectors/sets.js";

const recorded = (name: string): Buffer => gunzipSync(readFileSync(`test/vectors/${name}`));
const saved = recorded("sets-saved.txt.gz").toString();
const sets = new Sets(async () => recorded("sets-listing.bin.gz"), builtInNames);

describe("a recorded listing of the kernel's", () => {
  it("is of all cases", () => {
    expect(saved.match(/^create set-/gm)?.length).toBe(setCases().count);
  });
  it("is printed as ipset save printed it", async () => {
    expect(settled(await sets.save())).toBe(settled(saved));
  });
  it("tells of each set how it was made and how much it holds", async () => {
    const list = await sets.list();
    expect(list.length).toBe(saved.match(/^create /gm)?.length);
    const made = list.find(({ name }) => name === "first");
    expect(made).toMatchObject({ type: "hash:ip", revision: 6, options: { family: "ipv4", initval: 1 } });
    expect(JSON.parse(JSON.stringify(list))).toEqual(list);
  });
});
