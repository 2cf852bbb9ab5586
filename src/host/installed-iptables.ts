import { realpath } from "node:fs/promises";
import { basename, join } from "node:path";
import type { Family } from "../model/family.js";

/** Where systems keep it; not PATH, which is the user's. */
const FOLDERS = ["/usr/local/sbin", "/usr/sbin", "/sbin", "/usr/local/bin", "/usr/bin", "/bin"];

export interface InstalledIptables {
  readonly path: string;
  /** What the links lead to. */
  readonly program: string;
  readonly backend: "legacy" | "nft";
}

/**
 * Which `iptables`, or `ip6tables`, the system's alternatives name. The link is followed, nothing is run; a program that is
 * neither of the two, such as a wrapper, says nothing. `root` is where the files are, for tests.
 */
export async function installedIptables(family: Family, root = "/"): Promise<InstalledIptables | undefined> {
  const name = family === "ipv6" ? "ip6tables" : "iptables";
  for (const folder of FOLDERS) {
    const path = join(root, folder, name),
      program = await realpath(path).catch(() => undefined),
      backend = program === undefined ? undefined : backendOf(basename(program));
    if (program !== undefined && backend !== undefined) return { path, program, backend };
  }
  return undefined;
}

/** xtables-nft-multi and xtables-legacy-multi; before 1.8 there was one xtables-multi, which is the legacy one. */
function backendOf(program: string): "legacy" | "nft" | undefined {
  if (/nft/.test(program)) return "nft";
  return /legacy|^xtables-multi$/.test(program) ? "legacy" : undefined;
}
