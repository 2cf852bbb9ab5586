import { emptyTable, type Firewall, isRampartError, type RampartError, type Rule, type TableName } from "../../src/index.js";
import { commandLineJudge } from "./command-line-judge.js";
import { extensionsIn } from "./conformance.js";
import { contextOf, familyOf, keyOf, readVectors, USER_CHAIN, type Vector } from "./iptables.js";
import { readNftVectors } from "./nft.js";

/** Runs a program in the namespace; throws unless it ends with 0. */
export type Run = (program: string, args: readonly string[]) => string;
/** What became of one vector: Rampart wrote it to nf_tables, iptables-nft-save printed it. */
export interface LiveVerdict {
  readonly vector: Vector;
  readonly labels: readonly string[];
  /** Undefined where it prints what iptables prints. */
  readonly problem: string | undefined;
  /** Why it is not judged. */
  readonly apart?: string;
}
/** What iptables-nft takes, and Rampart or this machine cannot. */
const APART: readonly (readonly [RegExp, string])[] = [
  [/^-p mptcp$/, "iptables-nft writes tcp, as 262 does not fit into a packet's header; Rampart refuses it"],
  [/^! -p tcp (?:-m tcp )?--dport/, "x_tables refuses it, as a packet that is not TCP has no such port"],
  [/^-p tcp -j CT --timeout/, "it takes a policy that only nfct makes"],
];
const SAVE = { ipv4: "iptables-nft-save", ipv6: "ip6tables-nft-save" } as const;

/** Objects of the kernel that the vectors name. What cannot be made is missing: the rules that need it are refused then. */
export function makeObjects(run: Run): void {
  const commands = [
    "ipset create s4 hash:ip",
    "ipset create s4p hash:ip,port",
    "ipset create ssk hash:ip skbinfo",
    "ipset create s6 hash:ip family inet6",
    "ipset create l4 list:set",
    "ip link add dummy0 type dummy",
    "nfacct add acct1",
    // Estimators are the namespace's, whichever table they are made in; the lock file is nobody else's.
    ...["RE1", "RE2"].map(
      (name) =>
        `XTABLES_LOCKFILE=/dev/null iptables-legacy -A INPUT -j RATEEST --rateest-name ${name} --rateest-interval 250ms --rateest-ewmalog 500ms`,
    ),
  ];
  for (const command of commands)
    try {
      run("sh", ["-c", command]);
    } catch {
      // Without the program, or the kernel's module.
    }
}

/** A rule on its way, and what it is of. */
interface Tried {
  readonly vector: Vector;
  readonly rules: readonly Rule[];
}
/**
 * Writes what the vectors' words say, table by table, and compares what iptables-nft-save makes of it. `firewall` and `run`
 * are at home in the same namespace. `every`: only one in so many.
 */
export async function* judgeLive(firewall: Firewall, run: Run, every = 1): AsyncGenerator<LiveVerdict> {
  const byNft = new Map(readNftVectors().map((vector) => [keyOf(vector), vector.saved])),
    groups = new Map<TableName, Tried[]>();
  for (const [i, vector] of readVectors().entries()) {
    if (i % every !== 0 || familyOf(vector) !== firewall.family) continue;
    if ((vector.sent === undefined || vector.saved === undefined) && !byNft.has(keyOf(vector))) continue;
    const apart = vector.apart ?? APART.find(([words]) => words.test(vector.argv.join(" ")))?.[1];
    if (apart !== undefined) {
      yield verdict(vector, undefined, apart);
      continue;
    }
    const ctx = contextOf(firewall.family),
      group = groups.get(vector.table) ?? [];
    try {
      group.push({ vector, rules: commandLineJudge.parse(vector, ctx) });
    } catch (error) {
      if (!isRampartError(error)) throw error;
      yield refusal(vector, error, byNft);
    }
    groups.set(vector.table, group);
  }
  for (const [table, group] of groups) yield* judgeTable(firewall, run, table, group, byNft);
}

async function* judgeTable(
  firewall: Firewall,
  run: Run,
  table: TableName,
  group: readonly Tried[],
  byNft: ReadonlyMap<string, string>,
): AsyncGenerator<LiveVerdict> {
  let left = group;
  for (;;) {
    const refused = await write(firewall, table, left);
    if (!refused) break;
    const { tried, error } = refused;
    yield refusal(tried.vector, error, byNft);
    left = left.filter((one) => one !== tried);
  }
  const printed = linesByChain(run(SAVE[firewall.family], ["-t", table]));
  for (const { vector, rules } of left) {
    const got = printed.get(vector.chain)?.splice(0, rules.length) ?? [];
    yield verdict(vector, differs(got, vector, byNft.get(keyOf(vector))));
  }
}
/** Undefined when all of it was taken; else the first that was not. */
async function write(firewall: Firewall, name: TableName, group: readonly Tried[]) {
  const byChain = new Map<string, Tried[]>();
  const table = emptyTable(firewall.family, name).edit((draft) => {
    draft.newChain(USER_CHAIN);
    for (const tried of group) {
      const { chain } = tried.vector,
        all = byChain.get(chain) ?? [];
      for (const _ of tried.rules) all.push(tried);
      byChain.set(chain, all);
      draft.append(chain, tried.rules);
    }
  });
  try {
    await firewall.write(table);
    return undefined;
  } catch (error) {
    if (!isRampartError(error)) throw error;
    const { chain = "", ruleNumber = 0 } = error.context as { chain?: string; ruleNumber?: number },
      tried = byChain.get(chain)?.[ruleNumber - 1];
    if (!tried) throw error;
    return { tried, error };
  }
}
function linesByChain(text: string): Map<string, string[]> {
  const chains = new Map<string, string[]>();
  for (const [line, chain = ""] of text.matchAll(/^-A (\S+).*$/gm))
    chains.set(chain, [...(chains.get(chain) ?? []), line]);
  return chains;
}
/** As iptables-legacy prints it, or as iptables-nft prints what it wrote itself: both mean the rule. */
function differs(got: readonly string[], vector: Vector, nft: string | undefined): string | undefined {
  const legacy = vector.savedAll ?? [vector.saved];
  if (got.join("\n") === legacy.join("\n") || (nft !== undefined && got.at(-1) === nft)) return undefined;
  return `got  ${got.join("\n     ")}\n     want ${legacy.join("\n     ")}${nft === undefined ? "" : `\n     or   ${nft}`}`;
}
/** What iptables-nft took on the same kernel, Rampart must take. */
function refusal(vector: Vector, error: RampartError, byNft: ReadonlyMap<string, string>): LiveVerdict {
  return byNft.has(keyOf(vector))
    ? verdict(vector, `refused: ${error.message}`)
    : verdict(vector, undefined, `refused, as from iptables-nft: ${error.code}`);
}
function verdict(vector: Vector, problem: string | undefined, apart?: string): LiveVerdict {
  const { used } = extensionsIn(vector),
    labels = used.length > 0 ? used : ["(rule)"];
  return { vector, labels, problem, ...(apart !== undefined && { apart }) };
}
