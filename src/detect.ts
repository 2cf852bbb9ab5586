import { type BackendChoice, type BackendFacts, chooseBackend } from "./backends/choose.js";
import { legacyPresence } from "./backends/legacy/presence.js";
import { nftPresence } from "./backends/nft/presence.js";
import { NOTHING } from "./backends/presence.js";
import { fail } from "./errors.js";
import { installedIptables } from "./host/installed-iptables.js";
import { type ModuleState, moduleState } from "./host/kernel-modules.js";
import type { Family } from "./model/family.js";
import type { Namespace } from "./native.js";

/** What is there, for one family of a network namespace. Loads no module, makes no table, runs no program. */
export async function backendFacts(family: Family, namespace: Namespace | undefined): Promise<BackendFacts> {
  const [legacy, nfTables, installed] = await Promise.all([
    legacyPresence(family, namespace),
    moduleState("nf_tables"),
    installedIptables(family),
  ]);
  const nft = isHere(nfTables) ? await nftPresence(family, namespace) : NOTHING;
  const legacyModule = legacy.available ? "here" : await moduleState(LEGACY_MODULE[family]);
  return {
    legacy,
    nft,
    loadable: { legacy: isLoadable(legacyModule), nft: isLoadable(nfTables) },
    installed: installed?.backend,
  };
}
export const LEGACY_MODULE: Readonly<Record<Family, string>> = { ipv4: "ip_tables", ipv6: "ip6_tables" };
/** Where no module can be loaded, asking loads none. */
const isHere = (state: ModuleState): boolean => state === "here" || state === "static";
export const isLoadable = (state: ModuleState | undefined): boolean =>
  state === "loadable" || state === "unknown";

/**
 * Where the rules of a family live.
 *
 * @throws `both-backends`, `permission`, `native-missing`
 */
export const detectBackend = async (
  family: Family,
  namespace: Namespace | undefined,
): Promise<BackendChoice> => chooseBackend(family, await backendFacts(family, namespace));

/** For hosts and services where it shall not be found out, or both hold rules. */
export function backendOfEnvironment(): "legacy" | "nft" | undefined {
  const { RAMPART_BACKEND: name = "" } = process.env;
  if (name === "") return undefined;
  return name === "legacy" || name === "nft"
    ? name
    : fail(`RAMPART_BACKEND is "${name}": it must be legacy or nft`);
}
