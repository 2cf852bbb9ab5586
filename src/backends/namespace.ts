import { RampartError } from "../errors.js";
import { legacyAddon, type Namespace } from "../native.js";

/** Where `ip netns add NAME` puts namespaces, ip-netns(8). */
const NAMED = "/run/netns";

/** A path, `pid:N`, or the name of a namespace made with `ip netns add`. */
export function namespacePath(netns: string): string {
  const pid = /^pid:(\d+)$/.exec(netns)?.[1];
  if (pid !== undefined) return `/proc/${pid}/ns/net`;
  return netns.includes("/") ? netns : `${NAMED}/${netns}`;
}

/** Opens the namespace once, so that whatever takes its name later is not mistaken for it. */
export function openNamespace(netns: string): Namespace {
  const path = namespacePath(netns);
  try {
    return legacyAddon().openNamespace(path);
  } catch (error) {
    if (error instanceof RampartError) throw error;
    const problem = error instanceof Error ? error.message : String(error);
    throw new RampartError(
      "namespace",
      { namespace: netns, problem: `${path}: ${problem}` },
      { cause: error },
    );
  }
}
