import { readFile } from "node:fs/promises";

/** linux/capability.h: those that firewalls take. */
const BITS = { CAP_NET_ADMIN: 12, CAP_NET_RAW: 13, CAP_SYS_MODULE: 16, CAP_SYS_ADMIN: 21 } as const;
export type Capability = keyof typeof BITS;

/** Which of them this process has in effect; undefined where /proc does not tell. */
export async function effectiveCapabilities(): Promise<ReadonlySet<Capability> | undefined> {
  const status = await readFile("/proc/self/status", "utf8").catch(() => ""),
    hex = /^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1];
  if (hex === undefined) return undefined;
  const mask = BigInt(`0x${hex}`),
    all = Object.keys(BITS) as Capability[];
  return new Set(all.filter((name) => (mask & (1n << BigInt(BITS[name]))) !== 0n));
}
