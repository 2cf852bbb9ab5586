import { readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import * as matches from "../../../src/extensions/matches/index.js";
import * as targets from "../../../src/extensions/targets/index.js";

const TYPES = new URL("../../types/", import.meta.url);
const refused = readdirSync(TYPES)
  .flatMap((file) => readFileSync(new URL(file, TYPES), "utf8").split("// @ts-expect-error").slice(1))
  .map((behind) => /\n\s*(\w+)\(/.exec(behind)?.[1]);

it("each factory has a wrong value that does not compile", () => {
  const factories = [...Object.keys(matches), ...Object.keys(targets)];
  expect(factories.filter((name) => !refused.includes(name))).toEqual([]);
});
