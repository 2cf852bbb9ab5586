import {
  collectAddresses,
  networksOfBoth,
  type ReadPhase,
  readAddresses,
} from "../blocklist/address-lists.js";
import { type ListCache, memoryCache } from "../blocklist/fetch-list.js";
import type { RefusedLine } from "../blocklist/list-parser.js";
import { type OnProgress, type Progress, ProgressTeller, type Telling } from "../blocklist/progress.js";
import { type SafeAddress, spare } from "../blocklist/safe.js";
import { type BothNetworks, type Loaded, type LoadPhase, SetEngine } from "../blocklist/set-engine.js";
import { checkBlocklistName } from "../blocklist/set-names.js";
import type { AnySource, SourceAccess, SourceReport } from "../blocklist/sources.js";
import { fail, RampartError } from "../errors.js";
import { FAMILIES, type Family } from "../model/family.js";
import { Slices } from "../model/slices.js";
import { readChunks } from "../persistence/list-files.js";
import { openSets } from "../sets.js";
import {
  namesSet,
  type PlacedRule,
  placeRules,
  type RuleOptions,
  type RulesHome,
  removeRules,
  setRules,
  withFirewall,
} from "./place.js";
import { systemProcesses } from "./processes.js";
import { progressSteps } from "./progress-steps.js";
import { blockedBy, loadRules, unloadRules } from "./rules-engine.js";
import { type SafeOptions, safeAddresses } from "./safe-addresses.js";

export interface BlocklistOptions extends RulesHome, Pick<SourceAccess, "fetch"> {
  /** Where the addresses come from. */
  readonly sources: readonly AnySource[];
  /** Only addresses of this family. Default: of both. */
  readonly family?: Family;
  /** What is never blocked, whatever the lists say. `false`: nothing is safe. */
  readonly safe?: SafeOptions | false;
  /**
   * `sets`, the default: ipset, for lists of any length. `rules`: chains split by prefix, for hosts without ipset and lists
   * of some ten thousands; a packet meets tens of rules then.
   */
  readonly engine?: "sets" | "rules";
  /** The rules that use the list. `false`: none, you place them yourself. */
  readonly rule?: RuleOptions | false;
  /** A list without any address is what a broken download looks like, and refused. Default false. */
  readonly allowEmpty?: boolean;
  /** Keeps what was fetched. Default: in memory, for as long as this object lives. */
  readonly cache?: ListCache;
}
export type SyncPhase = ReadPhase | "protect" | LoadPhase | "rules";
export interface SyncOptions {
  readonly onProgress?: OnProgress<SyncPhase>;
  readonly signal?: AbortSignal;
  /** Read everything, change nothing. Default false. */
  readonly dryRun?: boolean;
}

type Done = Loaded & { readonly rules: readonly PlacedRule[] };
/** What a sync did. JSON-safe. */
export interface SyncReport extends Loaded {
  readonly name: string;
  /** How many hosts and networks the list has now, by family. */
  readonly networks: { readonly [F in Family]: number };
  readonly sources: readonly SourceReport[];
  /** The first thousand lines that were not taken, and how many they are in all. */
  readonly refused: readonly RefusedLine[];
  readonly refusedCount: number;
  /** Safe addresses that the lists held. */
  readonly spared: readonly SafeAddress[];
  readonly rules: readonly PlacedRule[];
  /** Milliseconds. */
  readonly took: number;
}

/**
 * A list of addresses that are not let in. Nothing happens before `sync`.
 *
 * @throws `invalid-value` for a name that cannot be: it is the name of a set, of up to 18 letters, digits, `-` and `_`
 * @example
 * const drop = blocklist("drop", { sources: ["https://www.spamhaus.org/drop/drop.txt"] });
 * const { added, removed, refused, spared } = await drop.sync();
 */
export const blocklist = (name: string, options: BlocklistOptions): Blocklist => new Blocklist(name, options);

export class Blocklist {
  readonly name: string;
  readonly #options: BlocklistOptions;
  readonly #cache: ListCache;
  #engine: Promise<SetEngine> | undefined;
  #last: Promise<unknown> = Promise.resolve();
  constructor(name: string, options: BlocklistOptions) {
    this.name = checkBlocklistName(name);
    if (!Array.isArray(options.sources))
      fail("a blocklist needs sources: a list of URLs, files, texts or iterables");
    this.#options = options;
    this.#cache = options.cache ?? memoryCache();
  }

  /**
   * Reads the sources, and makes what the kernel holds that list: a few changes as one system call, many by filling new
   * sets and exchanging them in one step. So it is never empty or half full, whatever dies. Then sees to it that the
   * rules that use it are there, once. Syncs of one object run one after the other.
   *
   * @throws `source` where one cannot be had: the kernel keeps the old list; `set`, `kernel`, `conflict`, `aborted`
   */
  sync(options: SyncOptions = {}): Promise<SyncReport> {
    const run = this.#last.then(() => this.#sync(options));
    this.#last = run.catch(() => undefined);
    return run;
  }
  /**
   * The same, told step by step; the report is what the iterator returns.
   *
   * @example for await (const { phase, done, total } of drop.steps()) console.log(phase, done, total);
   */
  steps(options: Omit<SyncOptions, "onProgress"> = {}): AsyncGenerator<Progress<SyncPhase>, SyncReport> {
    return progressSteps((onProgress) => this.sync({ ...options, onProgress }));
  }

  async #sync({ onProgress, signal, dryRun = false }: SyncOptions): Promise<SyncReport> {
    const { sources, family, safe = {}, engine, allowEmpty = false, netns } = this.#options,
      begun = performance.now(),
      progress = new ProgressTeller<SyncPhase>(onProgress),
      slices = new Slices("blocklist sync", signal);
    const lists = await collectAddresses(
      sources,
      { ...this.#access(signal), ...(family && { family }) },
      progress,
    );
    const { ipv4, ipv6 } = lists.ranges;
    if (ipv4.length + ipv6.length === 0 && !allowEmpty)
      throw new RampartError("source", {
        source: this.name,
        problem: "the lists hold no address at all; say allowEmpty if that is meant",
      });
    progress.begin("protect");
    const { ranges, spared } = await spare(
        lists.ranges,
        safe === false ? [] : await safeAddresses(safe, netns),
        slices,
      ),
      networks = await networksOfBoth(ranges, slices);
    const { sources: reports, refused, refusedCount } = lists;
    const report = {
      name: this.name,
      networks: { ipv4: networks.ipv4.length, ipv6: networks.ipv6.length },
      sources: reports,
      refused,
      refusedCount,
      spared,
    };
    const nothing: Done = { added: 0, removed: 0, by: "nothing", cleaned: [], rules: [] };
    if (dryRun) {
      progress.end();
      return { ...report, ...nothing, took: performance.now() - begun };
    }
    const done = await (engine === "rules"
      ? this.#loadRules(networks, progress, signal)
      : this.#loadSets(networks, progress, signal));
    progress.end();
    return { ...report, ...done, took: performance.now() - begun };
  }
  async #loadSets(
    networks: BothNetworks,
    progress: Telling<SyncPhase>,
    signal: AbortSignal | undefined,
  ): Promise<Done> {
    const { rule = {} } = this.#options,
      loaded = await (await this.#opened()).load(networks, { progress, signal }),
      rules: PlacedRule[] = [];
    progress.begin("rules");
    if (rule !== false)
      // A host without IPv6 need not have its tables for a list that has none of its addresses.
      for (const family of this.#families())
        if (networks[family].length > 0)
          rules.push(
            ...(await withFirewall(family, this.#home(), (firewall) =>
              placeRules(firewall, setRules(this.name, rule), undefined, { signal }),
            )),
          );
    return { ...loaded, rules };
  }
  async #loadRules(
    networks: BothNetworks,
    progress: Telling<SyncPhase>,
    signal: AbortSignal | undefined,
  ): Promise<Done> {
    const rule = this.#options.rule || {},
      rules: PlacedRule[] = [];
    let added = 0,
      removed = 0;
    progress.begin("rules");
    for (const family of this.#families())
      await withFirewall(family, this.#home(), async (firewall) => {
        if (networks[family].length === 0 && !(await firewall.read("filter")).has(this.name)) return;
        const loaded = await loadRules(firewall, this.name, networks[family], rule, signal);
        added += loaded.added;
        removed += loaded.removed;
        rules.push(...loaded.rules);
      });
    return { added, removed, by: added + removed === 0 ? "nothing" : "changes", cleaned: [], rules };
  }

  /** Whether the kernel's list holds the address now. */
  async has(address: string): Promise<boolean> {
    if (this.#options.engine !== "rules") return (await this.#opened()).holds(address);
    const family = address.includes(":") ? "ipv6" : "ipv4";
    const table = await withFirewall(family, this.#home(), (firewall) => firewall.read("filter")),
      { ranges } = await readAddresses([{ entries: blockedBy(table, this.name) }]);
    return (await spare(ranges, [{ address, why: "asked for" }], new Slices("blocklist"))).spared.length > 0;
  }
  /** Takes the rules away, then the sets. */
  async remove(): Promise<void> {
    await this.#last;
    const byRules = this.#options.engine === "rules";
    for (const family of this.#families())
      await withFirewall(family, this.#home(), (firewall) =>
        byRules ? unloadRules(firewall, this.name) : removeRules(firewall, namesSet(this.name)),
      );
    if (byRules) return;
    await (await this.#opened()).remove();
  }

  #opened(): Promise<SetEngine> {
    this.#engine ??= this.#open();
    return this.#engine;
  }
  async #open(): Promise<SetEngine> {
    const { netns } = this.#options;
    return new SetEngine(await openSets(netns === undefined ? {} : { netns }), this.name, systemProcesses);
  }
  #access(signal: AbortSignal | undefined): SourceAccess {
    const { fetch } = this.#options;
    return { openFile: readChunks, cache: this.#cache, signal, ...(fetch && { fetch }) };
  }
  #families(): readonly Family[] {
    const { family } = this.#options;
    return family === undefined ? FAMILIES : [family];
  }
  #home(): RulesHome {
    const { netns, backend, lockPath, names } = this.#options;
    return {
      ...(netns !== undefined && { netns }),
      ...(backend !== undefined && { backend }),
      ...(lockPath !== undefined && { lockPath }),
      ...(names !== undefined && { names }),
    };
  }
}
