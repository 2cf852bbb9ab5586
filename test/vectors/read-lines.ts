import { readdirSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";

/** What the vector files hold whose names begin so: a JSON value a line; one file for each theme. */
export const readLines = <V>(begin: string): readonly V[] =>
  readdirSync(new URL(".", import.meta.url))
    .filter((file) => file.startsWith(begin) && file.endsWith(".jsonl.gz"))
    .sort()
    .flatMap((file) =>
      gunzipSync(readFileSync(new URL(file, import.meta.url)))
        .toString()
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as V),
    );
