import { FAMILIES, type Family } from "../model/family.js";
import type { Diagnosis, FamilyDiagnosis, Problem } from "./diagnosis.js";

type Found = Omit<Diagnosis, "problems" | "healthy">;

/** What somebody should know of it, the worst first. `met` are those that looking itself has met. */
export function problemsOf(found: Found, met: readonly Problem[]): Problem[] {
  const all = [
    ...met,
    ...kernelProblems(found),
    ...permissionProblems(found),
    ...FAMILIES.flatMap((family) => [...familyProblems(family, found.families[family])]),
    ...lockProblems(found),
    ...otherPrograms(found),
  ];
  return (["error", "warning", "note"] as const).flatMap((severity) =>
    all.filter((one) => one.severity === severity),
  );
}

function* kernelProblems({ families, modules }: Found): Generator<Problem> {
  const legacy = FAMILIES.some((family) => families[family].legacy.available),
    { nf_tables: nft, nft_compat: compat, ip_set: sets } = modules;
  const gone = (state: string | undefined) => state === "missing" || state === "static";
  if (!legacy && gone(nft))
    yield {
      severity: "error",
      problem: "the kernel has neither nf_tables nor the legacy tables",
      remedy: "boot a kernel with CONFIG_NF_TABLES and CONFIG_NFT_COMPAT, such as Debian's linux-image-amd64",
    };
  if (nft === "here" && gone(compat))
    yield {
      severity: "error",
      problem: "nf_tables is there, but not nft_compat, without which it has no iptables matches and targets",
      remedy:
        "install the rest of the kernel's modules (Ubuntu: linux-modules-extra-$(uname -r)), or name --backend legacy",
    };
  if (gone(sets))
    yield {
      severity: "note",
      problem: "the kernel has no sets (ip_set)",
      remedy: "Ubuntu: linux-modules-extra-$(uname -r)",
    };
}

function* permissionProblems({ capabilities }: Found): Generator<Problem> {
  const lacking = ["CAP_NET_ADMIN", "CAP_NET_RAW"].filter((name) =>
    capabilities?.every((one) => one !== name),
  );
  if (lacking.length > 0)
    yield {
      severity: "error",
      problem: `this process lacks ${lacking.join(" and ")}`,
      remedy: "run it with sudo, or give it these (systemd: AmbientCapabilities, containers: --cap-add)",
    };
}

function* familyProblems(
  family: Family,
  { choice, installed, legacy, nft }: FamilyDiagnosis,
): Generator<Problem> {
  const tool = family === "ipv6" ? "ip6tables" : "iptables";
  if (!installed)
    yield {
      severity: "note",
      problem: `no ${tool} is installed; Rampart does without`,
      remedy: "Debian and Ubuntu: apt-get install iptables",
    };
  const holds = (backend: typeof legacy) => backend.tables.some((table) => table.holds);
  if (!choice || !installed || installed.backend === choice.backend) return;
  if (holds(choice.backend === "nft" ? nft : legacy))
    yield {
      severity: "warning",
      problem: `the ${family} rules are in iptables-${choice.backend}'s tables, but ${installed.path} is iptables-${installed.backend}, which does not show them`,
      remedy:
        choice.backend === "legacy"
          ? "rampart migrate --to nft, or update-alternatives --set iptables /usr/sbin/iptables-legacy"
          : "update-alternatives --set iptables /usr/sbin/iptables-nft",
    };
}

function* lockProblems({ lock: { path, holder, holderName } }: Found): Generator<Problem> {
  if (holder !== undefined)
    yield {
      severity: "warning",
      problem: `the xtables lock ${path} is held by pid ${holder}${holderName ? ` (${holderName})` : ""}`,
      remedy: "writes to legacy tables wait for it: -w SECONDS",
    };
}

function* otherPrograms({ foreign, neighbours }: Found): Generator<Problem> {
  for (const { family, table, dormant, owner, baseChains } of foreign) {
    const dropping = baseChains.filter(({ policy }) => policy === "DROP").map(({ chain }) => chain);
    if (dormant)
      yield {
        severity: "warning",
        problem: `table ${family} ${table} is dormant: its rules are listed and not asked`,
        remedy: `nft add table ${family} ${table} '{ flags; }'`,
      };
    if (baseChains.length > 0)
      yield {
        severity: "note",
        problem: `packets also pass table ${family} ${table}${owner ? ` of ${owner}` : ""}, which iptables does not show${
          dropping.length > 0 ? `; its ${dropping.join(", ")} drops what it does not accept` : ""
        }`,
        remedy: `nft list table ${family} ${table}`,
      };
  }
  for (const owner of new Set(neighbours.map((one) => one.owner))) {
    const chains = new Set(neighbours.filter((one) => one.owner === owner).flatMap((one) => one.chains));
    yield {
      severity: "note",
      problem: `${owner} keeps chains of its own here: ${some([...chains])}`,
      remedy:
        owner === "Docker" && chains.has("DOCKER-USER")
          ? "rules for containers belong into DOCKER-USER; a restore without --noflush would remove Docker's"
          : "edits leave them alone; a restore without --noflush removes them",
    };
  }
}
const SHOWN = 6;
const some = (names: readonly string[]): string =>
  names.length > SHOWN
    ? `${names.slice(0, SHOWN).join(", ")} and ${names.length - SHOWN} more`
    : names.join(", ");
