import type { Backend, WaitOptions } from "./backends/backend.js";
import { isRampartError, RampartError } from "./errors.js";
import { adoptSessions } from "./host/adopt.js";
import type { Protection } from "./host/findings.js";
import type { Host } from "./host/host.js";
import { hostAddresses } from "./host/links.js";
import type { ProtectWish } from "./host/protect-wish.js";
import { findProtection } from "./host/protection.js";
import { setContents } from "./ipset/contents.js";
import { Sets } from "./ipset/sets.js";
import type { Endpoint } from "./model/endpoint.js";
import { type Family, TABLE_NAMES } from "./model/family.js";
import type { Names } from "./model/names.js";
import { Slices } from "./model/slices.js";
import type { Table } from "./model/table.js";
import { check } from "./safety/check.js";
import { setQuestions } from "./safety/named-sets.js";
import type { EndpointReport, LegReport, SafetyReport } from "./safety/report.js";
import type { HostFacts } from "./safety/scene.js";
import { worst } from "./safety/verdict.js";
import { printRule } from "./text/print-rule.js";

/** How a write deals with those who must not be cut off, and whether it is one. */
export interface WriteOptions extends WaitOptions {
  /**
   * Writes nothing, and judges nobody's session. `kernel`: the kernel itself tries the tables where nothing comes of it, and
   * all that it would refuse is thrown, with the rule at fault. True: the rules are encoded; with nf_tables the kernel is
   * asked what it thinks of each. Default false.
   */
  readonly dryRun?: boolean | "kernel" | undefined;
  /** Writes even what cuts off, or may cut off, a live session. Default false. */
  readonly force?: boolean | undefined;
  /** Hears of what is no reason to refuse: a limiter that may refuse, a way in that nobody is known to use. */
  readonly onWarning?: ((warning: string) => void) | undefined;
}
/** What rules do to those who must not be cut off. JSON-safe. */
export interface Judgement extends SafetyReport {
  /** What could not be found out, or cannot be said, in sentences. */
  readonly notes: readonly string[];
}

/** For how long what was found on the host is taken as still so, in milliseconds. */
const LIFETIME = 2_000;

/** Stands before the commits of one family in one network namespace. */
export class Lockout {
  readonly #family: Family;
  readonly #host: Host;
  readonly #names: Names;
  readonly #protect: readonly ProtectWish[];
  #found: { readonly at: number; readonly protection: Promise<Protection> } | undefined;
  constructor(family: Family, host: Host, names: Names, protect: readonly ProtectWish[]) {
    this.#family = family;
    this.#host = host;
    this.#names = names;
    this.#protect = protect;
  }

  /** Whether there is anybody to cut off. */
  async watches(): Promise<boolean> {
    return (await this.#protection()).endpoints.length > 0;
  }
  /** What the tables, together with those that stay, would do. Without tables: what those do that are there. */
  async judge(
    backend: Backend,
    tables: readonly Table[] = [],
    options: WaitOptions = {},
  ): Promise<Judgement> {
    const { endpoints, notes } = await this.#protection(),
      next = await completed(backend, this.#family, tables);
    return { ...(await this.#check(next, endpoints, await this.#facts(), options)), notes };
  }

  /**
   * Refuses tables that would cut off who is there, unless he is cut off already.
   *
   * @throws `lockout`
   */
  async admit(
    backend: Backend,
    tables: readonly Table[],
    options: WriteOptions,
    confirmed: boolean,
  ): Promise<void> {
    const found = await this.#protection(),
      next = await completed(backend, this.#family, tables),
      facts = await this.#facts();
    let report = await this.#check(next, found.endpoints, facts, options);
    if (report.endpoints.some(loses) && found.endpoints.some(({ tracked }) => tracked === false)) {
      const adopted = await adoptSessions(this.#host, found);
      report = await this.#check(next, adopted.endpoints, facts, options);
    }
    const worse = await this.#worsened(backend, report, facts, options);
    const refused = ({ endpoint, verdict }: EndpointReport): boolean =>
      !endpoint.advisory && (verdict === "cut" || (verdict === "unproved" && !confirmed));
    const [first] = options.force ? [] : worse.filter(refused);
    if (first) throw this.#refusal(first, report);
    for (const one of worse)
      options.onWarning?.(`${nameOf(one.endpoint)}: ${one.verdict}: ${this.#reason(one)}`);
  }

  /** Those for whom it is worse than with the rules that are there now: whoever is cut off already is not cut off by this. */
  async #worsened(
    backend: Backend,
    { endpoints }: SafetyReport,
    facts: HostFacts,
    options: WaitOptions,
  ): Promise<readonly EndpointReport[]> {
    const touched = endpoints.filter(({ verdict }) => verdict !== "safe");
    if (touched.length === 0) return [];
    const those = touched.map(({ endpoint }) => endpoint),
      now = await this.#check(await completed(backend, this.#family, []), those, facts, options);
    return touched.filter(
      ({ verdict }, i) => worst([verdict, now.endpoints[i]!.verdict]) !== now.endpoints[i]!.verdict,
    );
  }

  async #protection(): Promise<Protection> {
    if (!this.#found || performance.now() - this.#found.at > LIFETIME)
      this.#found = { at: performance.now(), protection: this.#look() };
    const { endpoints, notes } = await this.#found.protection;
    return { endpoints: endpoints.filter(({ family }) => family === this.#family), notes };
  }
  async #look(): Promise<Protection> {
    try {
      return await findProtection(this.#host, { protect: this.#protect });
    } catch (error) {
      // Where the host does not tell, nobody can be protected; that is said, and no reason to refuse all work.
      if (!isRampartError(error) || error.code === "invalid-value") throw error;
      return { endpoints: [], notes: [`what to protect could not be found out: ${error.message}`] };
    }
  }
  async #facts(): Promise<HostFacts> {
    const addresses = await hostAddresses(this.#host);
    return { addresses: addresses.map(({ address }) => address), now: Date.now(), owner: 0 };
  }

  /** With what the sets hold that these tables ask about. */
  async #check(
    tables: readonly Table[],
    endpoints: readonly Endpoint[],
    facts: HostFacts,
    { signal }: WaitOptions,
  ): Promise<SafetyReport> {
    const family = this.#family,
      asked = setQuestions(tables, family, endpoints),
      { names, addresses } = await new Slices("check", signal).through(asked),
      known = new Sets(this.#host.netfilter, this.#names),
      sets = await setContents(known, names, family, addresses);
    return check(tables, endpoints, { facts: { ...facts, sets }, signal });
  }

  #reason(report: EndpointReport): string {
    const leg = legOf(report);
    if (!leg) return report.verdict;
    const what = leg.doubts.map(({ what }) => what).join("; ");
    return `${leg.packets} ${report.verdict === "cut" ? "is lost" : `depends on ${what || leg.how}`}`;
  }
  #refusal(report: EndpointReport, whole: SafetyReport): RampartError<"lockout"> {
    const { decided } = legOf(report) ?? {},
      [fix] = report.fixes,
      rule = decided?.rule,
      text = (of: NonNullable<typeof rule>) => printRule(of, { family: this.#family, names: this.#names });
    return new RampartError("lockout", {
      endpoint: nameOf(report.endpoint),
      found: report.endpoint.provenance.map(({ found, where }) => `${found}, ${where}`).join("; "),
      verdict: report.verdict === "cut" ? "cut" : "unproved",
      problem: this.#reason(report),
      family: this.#family,
      ...(decided && { table: decided.table, chain: decided.chain }),
      ...(decided && decided.number > 0 && { ruleNumber: decided.number }),
      ...(rule && decided && { rule: attempt(() => `-A ${decided.chain} ${text(rule)}`) }),
      ...(fix && { fix: `-t ${fix.table} -I ${fix.chain} ${fix.number} ${text(fix.rule)}` }),
      report: whole,
    });
  }
}

const loses = ({ verdict }: EndpointReport): boolean => verdict === "cut" || verdict === "unproved";
const legOf = ({ verdict, parts }: EndpointReport): LegReport | undefined =>
  parts.flatMap(({ legs }) => legs).find((leg) => leg.verdict === verdict);
export const nameOf = ({ from, port, peerPort, protocol }: Endpoint): string =>
  `${from ?? "anyone"}${peerPort === undefined ? "" : ` port ${peerPort} (open now)`} to ${protocol} port ${port}`;
/** What is opaque has no text. */
function attempt(text: () => string): string {
  try {
    return text();
  } catch (error) {
    if (isRampartError(error)) return "(a rule that has no text)";
    throw error;
  }
}

/** All tables that will be there: those to be written, with the policies that they leave open, and the others. */
async function completed(
  backend: Backend,
  family: Family,
  tables: readonly Table[],
): Promise<readonly Table[]> {
  const present = new Set(await backend.tables(family)),
    out: Table[] = [];
  for (const name of TABLE_NAMES) {
    // A table that is written twice ends as it is written last.
    const next = tables.filter((table) => table.family === family && table.name === name).at(-1);
    if (!next) {
      if (present.has(name)) out.push(await backend.read(family, name));
      continue;
    }
    const open = next.chains.filter((chain) => next.isBuiltIn(chain) && next.policyOf(chain) === undefined);
    if (open.length === 0 || !present.has(name)) {
      out.push(next);
      continue;
    }
    const now = await backend.read(family, name);
    out.push(
      next.edit((draft) => {
        for (const chain of open) draft.policy(chain, now.policyOf(chain) ?? "ACCEPT");
      }),
    );
  }
  return out;
}
