import { fileURLToPath } from "node:url";
import { readDeclarations } from "./declared.js";
import { errorsPage } from "./errors-page.js";
import { extensionPages, GENERATED } from "./extension-pages.js";
import { fromIptables } from "./from-iptables.js";

/** Every page that is made from the source, by its path. */
export const pages = (): ReadonlyMap<string, string> =>
  new Map([
    ...extensionPages(readDeclarations(fileURLToPath(new URL("../..", import.meta.url)))),
    ["docs/errors.md", `${GENERATED}${errorsPage()}`],
    ["docs/from-iptables.md", `${GENERATED}${fromIptables()}`],
  ]);
