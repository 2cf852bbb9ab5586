/**
 * `npm run docs` writes the pages that are made from the source; `npm run docs -- --check` fails where one is stale.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { pages } from "./pages.js";

const ROOT = new URL("../../", import.meta.url),
  check = process.argv.includes("--check");
mkdirSync(new URL("docs", ROOT), { recursive: true });
for (const [path, text] of pages()) {
  const file = new URL(path, ROOT);
  if (!check) writeFileSync(file, text);
  else if (readFileSync(file, "utf8") !== text) {
    console.error(`${path} is stale: npm run docs`);
    process.exitCode = 1;
  }
}
