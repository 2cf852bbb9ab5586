import { createHash, randomBytes } from "node:crypto";
import { mkdir, readFile, rename, unlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ListCache } from "../blocklist/fetch-list.js";
import { RampartError } from "../errors.js";
import { reasonOf } from "./rules-files.js";

const NEWLINE = 10;

/**
 * Keeps fetched lists in a folder, which is made where it is missing: one file each, what the server called it in its first
 * line. Throws `file` where it cannot be written; what cannot be read is as if it were not there.
 */
export function fileCache(directory: string): ListCache {
  const pathOf = (url: string): string =>
    join(directory, `${createHash("sha256").update(url).digest("hex").slice(0, 32)}.list`);
  return {
    async get(url) {
      try {
        const bytes = await readFile(pathOf(url)),
          end = bytes.indexOf(NEWLINE),
          { etag, lastModified } = JSON.parse(bytes.toString("utf8", 0, end));
        return {
          body: [bytes.subarray(end + 1)],
          ...(typeof etag === "string" && { etag }),
          ...(typeof lastModified === "string" && { lastModified }),
        };
      } catch {
        return undefined;
      }
    },
    async put(url, { body, ...known }) {
      const path = pathOf(url),
        temporary = `${path}.${process.pid}.${randomBytes(4).toString("hex")}`;
      try {
        await mkdir(directory, { recursive: true });
        await writeFile(temporary, [Buffer.from(`${JSON.stringify({ url, ...known })}\n`), ...body]);
        await rename(temporary, path);
      } catch (error) {
        await unlink(temporary).catch(() => undefined);
        throw new RampartError("file", { path: directory, problem: reasonOf(error) }, { cause: error });
      }
    },
  };
}
