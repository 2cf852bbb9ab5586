import type { HostFiles } from "./files.js";

const SPECIAL = /[*?[]/;

/** The files that a glob(7) pattern of an absolute path names, sorted; a path without wildcards is itself. */
export async function matchingPaths(files: HostFiles, pattern: string): Promise<string[]> {
  let found = [""];
  for (const part of pattern.split("/").slice(1)) {
    if (!SPECIAL.test(part)) {
      found = found.map((path) => `${path}/${part}`);
      continue;
    }
    const expression = matcher(part);
    const inside = found.map(async (path) =>
      (await files.list(path))
        .filter((name) => expression.test(name) && (part.startsWith(".") || !name.startsWith(".")))
        .map((name) => `${path}/${name}`),
    );
    found = (await Promise.all(inside)).flat();
  }
  return found.sort();
}
const matcher = (part: string): RegExp =>
  new RegExp(
    `^${part.replace(/\[[^\]]*\]|[\s\S]/g, (piece) => {
      if (piece === "*") return ".*";
      if (piece === "?") return ".";
      if (piece.length > 1) return piece.replace(/^\[!/, "[^").replaceAll("\\", "\\\\");
      return piece.replace(/[.+^${}()|[\]\\]/, "\\$&");
    })}$`,
  );
