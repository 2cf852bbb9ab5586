import type { RestorePoint } from "../backends/backend.js";
import type { Family, TableName } from "../model/family.js";

/** One firewall that the guard is to put back. */
export interface JobPart {
  readonly family: Family;
  readonly point: RestorePoint;
}
export interface JobOptions {
  /** Milliseconds. */
  readonly within: number;
  readonly caller: { readonly pid: number; readonly start: number };
  readonly rollbackOnExit: boolean;
  readonly announce: boolean;
  /** A path. */
  readonly namespace: string | undefined;
}
/** Filtering decides who gets in, so it comes back first. */
const ORDER: readonly TableName[] = ["filter", "mangle", "raw", "nat", "security"];
const NUMBER = { ipv4: 4, ipv6: 6 } as const;

/** What the guard reads: native/guard/README.md. `files` are those that its batches name. */
export function guardJob(
  parts: readonly JobPart[],
  { within, caller, rollbackOnExit, announce, namespace }: JobOptions,
): { readonly text: string; readonly files: ReadonlyMap<string, Uint8Array> } {
  const lines = ["rampart-guard 1", `within ${Math.ceil(within)}`, `caller ${caller.pid} ${caller.start}`],
    files = new Map<string, Uint8Array>();
  if (rollbackOnExit) lines.push("rollback-on-exit");
  if (announce) lines.push("announce");
  if (namespace !== undefined) lines.push(`namespace ${namespace}`);
  for (const lock of new Set(parts.map(({ point }) => point.lockPath)))
    if (lock !== undefined) lines.push(`lock ${lock}`);
  for (const name of ORDER)
    for (const { family, point } of parts)
      if (point.tables.includes(name)) lines.push(`table ${NUMBER[family]} ${name}`);
  for (const { family, point } of parts) {
    if (!point.batch) continue;
    const name = `nft.${NUMBER[family]}`,
      anew = `${name}.anew`;
    files.set(name, point.batch);
    if (point.fallback) files.set(anew, point.fallback);
    if (point.generation !== undefined) lines.push(`generation ${point.generation}`);
    lines.push(`batch ${name}${point.fallback ? ` ${anew}` : ""}`);
  }
  return { text: `${lines.join("\n")}\n`, files };
}
