import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { pages } from "../../../scripts/docs/pages.js";

it("the pages in docs are what the source says: npm run docs", () => {
  const made = pages();
  expect(made.size).toBeGreaterThan(2);
  for (const [path, text] of made)
    expect(text === readFileSync(new URL(`../../../${path}`, import.meta.url), "utf8"), path).toBe(true);
});
