import { isRampartError, RampartError } from "../errors.js";
import { errorName, isFailure } from "../native/failure.js";
import { legacyAddon, type Namespace, netlinkAddon } from "../native.js";
import { systemError } from "./legacy/failure.js";

/** Where `ip netns add NAME` puts namespaces, ip-netns(8). */
const NAMED = "/run/netns";

/** A path, `pid:N`, or the name of a namespace made with `ip netns add`. */
export function namespacePath(netns: string): string {
  const pid = /^pid:(\d+)$/.exec(netns)?.[1];
  if (pid !== undefined) return `/proc/${pid}/ns/net`;
  return netns.includes("/") ? netns : `${NAMED}/${netns}`;
}

/** This process's own, for whoever is told its path. */
export const ownNamespace = (): string => `/proc/${process.pid}/ns/net`;

const PROBLEMS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  EINVAL: "it is no network namespace",
  ENOTTY: "it is no network namespace",
};

/** Opens the namespace once, by the half of the native code that will work in it, so that whatever takes its name later is not mistaken for it. */
export function openNamespace(netns: string, half: "iptc" | "netlink"): Namespace {
  const path = namespacePath(netns);
  try {
    return (half === "netlink" ? netlinkAddon() : legacyAddon()).openNamespace(path);
  } catch (error) {
    if (!isFailure(error)) throw error;
    const failure = systemError(error, { operation: `entering the network namespace ${path}` });
    if (isRampartError(failure, "permission")) throw failure;
    const problem = PROBLEMS[errorName(error.errno)] ?? error.message;
    throw new RampartError(
      "namespace",
      { namespace: netns, problem: `${path}: ${problem}` },
      { cause: error },
    );
  }
}
