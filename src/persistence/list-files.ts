import { createReadStream } from "node:fs";
import { RampartError } from "../errors.js";
import { reasonOf } from "./rules-files.js";

/** So much at once is read in half the time of the 64 KiB that a stream has by itself. */
const CHUNK = 1 << 18;

/** The bytes of a file as they are read. Throws `file`. */
export async function* readChunks(path: string): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: CHUNK })) yield chunk as Uint8Array;
  } catch (error) {
    throw new RampartError("file", { path, problem: reasonOf(error) }, { cause: error });
  }
}
