import { release } from "node:os";
import { type BackendChoice, type BackendFacts, chooseBackend } from "../backends/choose.js";
import { defaultLockPath, lockHolder } from "../backends/legacy/lock.js";
import { openNamespace } from "../backends/namespace.js";
import { hasCompat } from "../backends/nft/compat.js";
import { isLoadable, LEGACY_MODULE } from "../detect.js";
import { isRampartError } from "../errors.js";
import { effectiveCapabilities } from "../host/capabilities.js";
import { exists } from "../host/files.js";
import { installedIptables } from "../host/installed-iptables.js";
import { type ModuleState, moduleState } from "../host/kernel-modules.js";
import { listNames } from "../ipset/listing.js";
import type { Family } from "../model/family.js";
import { legacyAddon, type Namespace, netlinkTransport } from "../native.js";
import { NETLINK } from "../netlink/wire.js";
import { systemNames } from "../persistence/names.js";
import type { Diagnosis, FamilyDiagnosis, Problem } from "./diagnosis.js";
import { problemsOf } from "./problems.js";
import { type Attempt, foreignTables, lookAt, neighboursIn, type Place } from "./tables.js";

export interface DiagnoseOptions {
  /** A network namespace: a path, the name of one made with `ip netns add`, or `pid:N`. Default: this process's own. */
  readonly netns?: string;
  /** Default: `XTABLES_LOCKFILE`, or /run/xtables.lock. */
  readonly lockPath?: string;
}

/**
 * Looks at all that decides where rules live and who else has some. Loads no module, makes no table, runs no program, and
 * says what kept it from seeing something instead of ending there.
 *
 * @throws `namespace` where there is none of that name
 * @example for (const { severity, problem } of (await diagnose()).problems) console.log(severity, problem);
 */
export async function diagnose({
  netns,
  lockPath = defaultLockPath(),
}: DiagnoseOptions = {}): Promise<Diagnosis> {
  const namespace = netns === undefined ? undefined : openNamespace(netns, "netlink");
  try {
    return await found(netns, lockPath, namespace);
  } finally {
    namespace?.close();
  }
}

const MODULES = ["nf_tables", "nft_compat", "ip_tables", "ip6_tables", "nf_conntrack", "ip_set"] as const;

async function found(
  netns: string | undefined,
  lockPath: string,
  namespace: Namespace | undefined,
): Promise<Diagnosis> {
  const met: Problem[] = [],
    attempt: Attempt = async (look, instead) => {
      try {
        return await look();
      } catch (error) {
        if (!isRampartError(error)) throw error;
        if (!met.some(({ problem }) => problem === error.message))
          met.push({ severity: "error", problem: error.message });
        return instead;
      }
    };
  const states: Record<string, ModuleState> = {};
  for (const name of MODULES) states[name] = await moduleState(name);
  const place: Place = { names: await systemNames(), namespace, attempt },
    may = (name: string) => states[name] === "here" || states[name] === "static",
    transport = netlinkTransport(NETLINK.netfilter, namespace);
  const ipv4 = await familyDiagnosis("ipv4", states, place),
    ipv6 = await familyDiagnosis("ipv6", states, place);
  const foreign = may("nf_tables") ? await attempt(() => foreignTables(namespace), []) : [];
  const sets = may("ip_set") ? await listNames(transport).catch(() => undefined) : undefined;
  // What this kernel has built in, its answers tell.
  const settle = (name: string, here: boolean) => {
    if (states[name] === "static" && met.length === 0) states[name] = here ? "here" : "missing";
  };
  settle("nft_compat", states.nft_compat === "static" && (await hasCompat(transport).catch(() => false)));
  settle("nf_tables", ipv4.nft.available || ipv6.nft.available);
  if (!ipv4.legacy.hidden) settle("ip_tables", ipv4.legacy.available);
  if (!ipv6.legacy.hidden) settle("ip6_tables", ipv6.legacy.available);
  settle("ip_set", sets !== undefined);
  settle("nf_conntrack", await exists("/proc/sys/net/netfilter/nf_conntrack_max"));
  const capabilities = await effectiveCapabilities(),
    chosen = [ipv4, ipv6].some(
      ({ choice, legacy }) => choice?.backend === "legacy" || legacy.tables.length > 0,
    );
  for (const problem of addonProblems(chosen)) met.push(problem);
  const facts = {
    kernel: release(),
    ...(netns !== undefined && { namespace: netns }),
    families: { ipv4, ipv6 },
    modules: states,
    foreign,
    neighbours: (["ipv4", "ipv6"] as const).flatMap((family) =>
      (["legacy", "nft"] as const).flatMap((backend) =>
        neighboursIn(family, backend, (family === "ipv4" ? ipv4 : ipv6)[backend]),
      ),
    ),
    ...(sets && { sets: sets.length }),
    lock: { path: lockPath, ...(await lockHolder(lockPath)) },
    ...(capabilities && { capabilities: [...capabilities] }),
  };
  const problems = problemsOf(facts, met);
  return { healthy: !problems.some(({ severity }) => severity === "error"), ...facts, problems };
}

async function familyDiagnosis(
  family: Family,
  states: Readonly<Record<string, ModuleState>>,
  place: Place,
): Promise<FamilyDiagnosis> {
  const here = states.nf_tables === "here" || states.nf_tables === "static",
    legacy = await lookAt("legacy", family, place),
    nft = here ? await lookAt("nft", family, place) : NOT_LOADED,
    installed = await installedIptables(family);
  const facts: BackendFacts = {
    legacy: legacy.presence,
    nft: nft.presence,
    loadable: { legacy: isLoadable(states[LEGACY_MODULE[family]]), nft: isLoadable(states.nf_tables) },
    installed: installed?.backend,
  };
  const choice = await place.attempt<BackendChoice | undefined>(
    async () => chooseBackend(family, facts),
    undefined,
  );
  return { legacy: legacy.found, nft: nft.found, ...(choice && { choice }), ...(installed && { installed }) };
}
const NOT_LOADED = {
  presence: { available: false, tables: [], holding: [] },
  found: { available: false, tables: [] },
} as const;

/** Whether libiptc's half can be used, which everything but the legacy tables does without. */
function* addonProblems(needed: boolean): Generator<Problem> {
  try {
    legacyAddon();
  } catch (error) {
    if (!isRampartError(error)) throw error;
    yield { severity: needed ? "error" : "note", problem: error.message };
  }
}
