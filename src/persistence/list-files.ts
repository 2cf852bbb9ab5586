import { createReadStream } from "node:fs";
import { RampartError } from "../errors.js";
import { reasonOf } from "./rules-files.js";

/** The bytes of a file as they are read. Throws `file`. */
export async function* readChunks(path: string): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of createReadStream(path)) yield chunk as Uint8Array;
  } catch (error) {
    throw new RampartError("file", { path, problem: reasonOf(error) }, { cause: error });
  }
}
