import { describe, expect, it } from "vitest";
import { fuzzList } from "../../fuzz/address-lists.js";
import { randomFrom } from "../../fuzz/random.js";
import { fuzzReply } from "../../fuzz/set-replies.js";

/** The same in every run; `npm run fuzz:lists` draws others, for as long as one likes. */
describe("drawn at random", () => {
  it("800 lists are read as regular expressions, node:net and cidr-tools read them, in pieces or not", async () => {
    const random = randomFrom(1);
    for (let i = 0; i < 800; i++) expect(await fuzzList(random)).toBeUndefined();
  });
  it("2,000 damaged answers of the kernel's are read to an end, or refused by an error of ours", async () => {
    const random = randomFrom(1);
    for (let i = 0; i < 2000; i++) expect(await fuzzReply(random)).toBeUndefined();
  });
});
