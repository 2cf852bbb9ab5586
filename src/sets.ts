import { openNamespace } from "./backends/namespace.js";
import { Sets } from "./ipset/sets.js";
import type { Names } from "./model/names.js";
import { netlinkTransport } from "./native.js";
import { NETLINK } from "./netlink/wire.js";
import { systemNames } from "./persistence/names.js";

export interface OpenSetsOptions {
  /** A network namespace: a path, the name of one made with `ip netns add`, or `pid:N`. Default: this process's own. */
  readonly netns?: string;
  /** Names of services and protocols. Default: /etc/services and /etc/protocols over a built-in table. */
  readonly names?: Names;
}

/**
 * The ipsets of a network namespace.
 *
 * @throws `native-missing` where the native half is not built, `namespace` where there is none of that name
 * @example
 * const sets = await openSets();
 * const blocked = await sets.create("blocked", "hash:ip", { timeout: 0, exist: true });
 * await blocked.add(["192.0.2.1", { ip: "192.0.2.2", timeout: 600 }]);
 */
export async function openSets({ netns, names }: OpenSetsOptions = {}): Promise<Sets> {
  const namespace = netns === undefined ? undefined : openNamespace(netns, "netlink");
  return new Sets(netlinkTransport(NETLINK.netfilter, namespace), names ?? (await systemNames()));
}
