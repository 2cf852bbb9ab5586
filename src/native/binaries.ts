import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Where what was compiled lies, under the package's root: built here, or built for the package. */
const FOLDERS = ["build/Release", `prebuilds/${process.platform}-${process.arch}`];

export interface Binary {
  /** As errors call it. */
  readonly name: string;
  readonly path: string;
}
/** What was built here comes first: somebody wanted it. Undefined where there is none for this machine. */
export function findBinary(file: string): Binary | undefined {
  for (const folder of FOLDERS) {
    const name = `${folder}/${file}`,
      // From src and from dist alike, the package's root is two folders up.
      path = fileURLToPath(new URL(`../../${name}`, import.meta.url));
    if (existsSync(path)) return { name, path };
  }
  return undefined;
}
