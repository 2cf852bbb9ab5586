import { fileURLToPath } from "node:url";
import { readDeclarations } from "./declared.js";
import { extensionPages } from "./extension-pages.js";

/** Every page that is made from the source, by its path. */
export const pages = (): ReadonlyMap<string, string> =>
  extensionPages(readDeclarations(fileURLToPath(new URL("../..", import.meta.url))));
