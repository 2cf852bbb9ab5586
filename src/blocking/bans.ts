import type { SafeAddress } from "../blocklist/safe.js";
import { isRampartError, type RampartError } from "../errors.js";
import type { IpSet } from "../ipset/set.js";
import type { Sets } from "../ipset/sets.js";
import type { Count } from "../model/counters.js";
import { FAMILIES, type Family } from "../model/family.js";
import { openSets } from "../sets.js";
import {
  type BanOptions,
  type BanRequest,
  problemOf,
  type ReadBan,
  readBan,
  type SafeGuard,
  safeGuard,
} from "./ban-requests.js";
import { type Killed, killConnections } from "./kill-connections.js";
import {
  namesSet,
  placeOnTop,
  type RuleOptions,
  type RulesHome,
  removeRules,
  setRules,
  withFirewall,
} from "./place.js";
import { type SafeOptions, safeAddresses } from "./safe-addresses.js";

export interface BansOptions extends RulesHome {
  /** What the list of sets is called, and how its two sets begin. Default `bans`. */
  readonly name?: string;
  /** What is never banned. Default: all that `SafeOptions` has. `false`: nothing is safe. */
  readonly safe?: SafeOptions | false;
  /** The rules that use it, put on top of their chains. `false`: none, you place them yourself. */
  readonly rule?: RuleOptions | false;
}
export interface BanCallOptions extends BanOptions {
  /** End what they have open, too: see `Killed`. Default false. */
  readonly killConnections?: boolean;
}
/** What became of one address. */
export interface BanResult {
  /** As it was given. */
  readonly address: string;
  /** `present`: it was banned already, and has the new timeout and reason now. */
  readonly result: "added" | "present" | "refused";
  /** Why it was refused. */
  readonly problem?: string;
}
export interface BanReport {
  /** In the order in which they were given. */
  readonly results: readonly BanResult[];
  readonly killed?: Killed;
}
export interface UnbanResult {
  readonly address: string;
  readonly result: "removed" | "absent" | "refused";
  readonly problem?: string;
}
/** A ban as the kernel has it. JSON-safe. */
export interface Ban {
  /** An address or a network. */
  readonly address: string;
  /** Seconds that are left; absent where it stays. */
  readonly left?: number;
  readonly reason?: string;
  /** What it has kept out. */
  readonly packets: Count;
  readonly bytes: Count;
}
export type Banned = string | BanRequest;

const DEFAULT_NAME = "bans",
  /** It grows by itself up to here. */
  MOST = 1_048_576,
  /** Milliseconds for which the host is taken to be what it was: asking looks at every process. */
  SAFE_FOR = 5_000;

/**
 * Addresses that are shut out one by one, for a time or for good. The kernel keeps them and counts the time: nothing of it
 * is in this process.
 *
 * @example
 * const bans = openBans();
 * await bans.ban("192.0.2.1", { timeout: 3600, reason: "tried passwords", killConnections: true });
 * for (const { address, left } of await bans.bans()) console.log(address, left);
 */
export const openBans = (options: BansOptions = {}): Bans => new Bans(options);

export class Bans {
  readonly name: string;
  readonly #options: BansOptions;
  readonly #ready = new Map<Family, Promise<IpSet<"hash:net">>>();
  #safe: { readonly until: number; readonly guard: Promise<SafeGuard> } | undefined;
  constructor(options: BansOptions) {
    this.name = options.name ?? DEFAULT_NAME;
    this.#options = options;
  }

  /**
   * Bans addresses and networks, ten thousand by one call. Each has a result of its own. What is safe is refused, and a
   * network that holds something safe. The first call makes the sets and the rules.
   *
   * @throws `set`, `kernel`, `conflict`, `permission` where sets or rules cannot be made
   */
  async ban(addresses: Banned | Iterable<Banned>, options: BanCallOptions = {}): Promise<BanReport> {
    const requests = listed(addresses).map(
        (one): BanRequest => ({ ...pick(options), ...(typeof one === "string" ? { address: one } : one) }),
      ),
      results: BanResult[] = [],
      guard = await this.#guard(),
      open: { readonly index: number; readonly read: ReadBan; readonly request: BanRequest }[] = [];
    for (const [index, request] of requests.entries()) {
      const { address } = request,
        read = await readBan(address),
        wrong = typeof read === "string" ? read : (problemOf(request) ?? unsafe(guard?.find(read), address));
      if (wrong !== undefined || typeof read === "string")
        results[index] = { address, result: "refused", problem: wrong ?? "" };
      else open.push({ index, read, request });
    }
    for (const family of FAMILIES) {
      const some = open.filter(({ read }) => read.family === family),
        entries = some.map(({ read: { network }, request: { timeout = 0, reason } }) => ({
          net: network,
          timeout,
          ...(reason !== undefined && reason !== "" && { comment: reason }),
        }));
      if (some.length === 0) continue;
      const first = await this.#change(family, (set) => set.addEach(entries)),
        again = entries.filter((_, i) => isThere(first[i])),
        second =
          again.length === 0 ? [] : await this.#change(family, (set) => set.addEach(again, { exist: true }));
      let renewed = 0;
      some.forEach(({ index, request: { address } }, i) => {
        const there = isThere(first[i]),
          problem = there ? second[renewed++] : first[i];
        results[index] = problem
          ? { address, result: "refused", problem: wordsOf(problem) }
          : { address, result: there ? "present" : "added" };
      });
    }
    const killed = options.killConnections === true && open.length > 0;
    return {
      results,
      ...(killed && {
        killed: await killConnections(
          open.map(({ read }) => read),
          this.#options.netns,
        ),
      }),
    };
  }

  /** Lifts bans; each has a result of its own. A part of a banned network is not banned for itself. */
  async unban(addresses: string | Iterable<string>): Promise<UnbanResult[]> {
    const given = listed(addresses),
      results: UnbanResult[] = [],
      open: { readonly index: number; readonly read: ReadBan }[] = [];
    for (const [index, address] of given.entries()) {
      const read = await readBan(address);
      if (typeof read === "string") results[index] = { address, result: "refused", problem: read };
      else open.push({ index, read });
    }
    for (const family of FAMILIES) {
      const some = open.filter(({ read }) => read.family === family);
      if (some.length === 0) continue;
      const problems = await this.#change(family, (set) =>
        set.delEach(some.map(({ read }) => ({ net: read.network }))),
      );
      some.forEach(({ index }, i) => {
        const problem = problems[i],
          address = given[index]!;
        results[index] = !problem
          ? { address, result: "removed" }
          : isThere(problem)
            ? { address, result: "absent" }
            : { address, result: "refused", problem: wordsOf(problem) };
      });
    }
    return results;
  }

  /** What is banned now. */
  async bans(): Promise<Ban[]> {
    const sets = await this.#sets(),
      found: Ban[] = [];
    for (const family of FAMILIES) {
      const set = await existing(sets, this.#setName(family));
      for (const { net, timeout = 0, comment, packets = 0, bytes = 0 } of set ? await set.entries() : [])
        found.push({
          address: net,
          ...(timeout > 0 && { left: timeout }),
          ...(comment !== undefined && comment !== "" && { reason: comment }),
          packets,
          bytes,
        });
    }
    return found;
  }

  /** Takes the rules away, and the sets with all bans. */
  async remove(): Promise<void> {
    for (const family of FAMILIES)
      await withFirewall(family, this.#home(), (firewall) => removeRules(firewall, namesSet(this.name)));
    const sets = await this.#sets();
    this.#ready.clear();
    if (await existingList(sets, this.name)) {
      await sets.flush(this.name);
      await sets.destroy(this.name);
    }
    for (const family of FAMILIES)
      if (await existing(sets, this.#setName(family))) await sets.destroy(this.#setName(family));
  }

  /** Makes the family's set and rules first; once more, where somebody has destroyed them meanwhile. */
  async #change(
    family: Family,
    work: (set: IpSet<"hash:net">) => Promise<(RampartError | undefined)[]>,
  ): Promise<(RampartError | undefined)[]> {
    const problems = await work(await this.#prepared(family));
    if (!problems.some(isGone)) return problems;
    this.#ready.delete(family);
    return work(await this.#prepared(family));
  }
  async #prepared(family: Family): Promise<IpSet<"hash:net">> {
    const ready = this.#ready.get(family) ?? this.#prepare(family);
    this.#ready.set(family, ready);
    try {
      return await ready;
    } catch (error) {
      // The next call tries again.
      this.#ready.delete(family);
      throw error;
    }
  }
  async #prepare(family: Family): Promise<IpSet<"hash:net">> {
    const sets = await this.#sets(),
      name = this.#setName(family),
      options = { family, timeout: 0, counters: true, comment: true, maxelem: MOST, exist: true };
    const set = (await existing(sets, name)) ?? (await sets.create(name, "hash:net", options));
    if (!(await existingList(sets, this.name)))
      await sets.create(this.name, "list:set", { size: FAMILIES.length, exist: true });
    await sets.add(this.name, { set: name });
    const { rule = {} } = this.#options;
    if (rule !== false)
      await withFirewall(family, this.#home(), (firewall) => placeOnTop(firewall, setRules(this.name, rule)));
    return set;
  }
  async #guard(): Promise<SafeGuard | undefined> {
    const { safe = {}, netns } = this.#options;
    if (safe === false) return undefined;
    if (!this.#safe || performance.now() > this.#safe.until) {
      const guard = safeAddresses(safe, netns).then(safeGuard);
      this.#safe = { until: performance.now() + SAFE_FOR, guard };
    }
    return this.#safe.guard;
  }
  #sets(): Promise<Sets> {
    const { netns } = this.#options;
    return openSets(netns === undefined ? {} : { netns });
  }
  #setName(family: Family): string {
    return `${this.name}.${family === "ipv4" ? 4 : 6}`;
  }
  #home(): RulesHome {
    const { name, safe, rule, ...home } = this.#options;
    return home;
  }
}

/** `openBans(options).ban(...)`, for those who ban now and then. */
export const ban = (
  addresses: Banned | Iterable<Banned>,
  options: BanCallOptions & BansOptions = {},
): Promise<BanReport> => openBans(options).ban(addresses, options);
/** `openBans(options).unban(...)` */
export const unban = (addresses: string | Iterable<string>, options?: BansOptions): Promise<UnbanResult[]> =>
  openBans(options).unban(addresses);
/** `openBans(options).bans()` */
export const bans = (options?: BansOptions): Promise<Ban[]> => openBans(options).bans();

const listed = <T>(given: T | Iterable<T>): T[] =>
  typeof given === "object" && given !== null && Symbol.iterator in given
    ? [...(given as Iterable<T>)]
    : [given as T];
const pick = ({ timeout, reason }: BanOptions): BanOptions => ({
  ...(timeout !== undefined && { timeout }),
  ...(reason !== undefined && { reason }),
});
const isCalled = (problem: unknown, errorName: string): boolean =>
  isRampartError(problem, "set") && problem.context.errorName === errorName;
const isThere = (problem: unknown): boolean => isCalled(problem, "IPSET_ERR_EXIST");
const isGone = (problem: unknown): boolean => isCalled(problem, "ENOENT");
const wordsOf = (problem: RampartError): string =>
  isRampartError(problem, "set")
    ? `${problem.context.problem} (${problem.context.errorName}); ${problem.context.remedy}`
    : problem.message;
function unsafe(safe: SafeAddress | undefined, address: string): string | undefined {
  if (!safe) return undefined;
  return safe.address === address
    ? `it is safe: ${safe.why}`
    : `it holds or belongs to ${safe.address}, which is safe: ${safe.why}`;
}
async function existing(sets: Sets, name: string): Promise<IpSet<"hash:net"> | undefined> {
  return ifThere(sets.get(name, "hash:net"));
}
const existingList = (sets: Sets, name: string) => ifThere(sets.get(name, "list:set"));
const ifThere = <T>(set: Promise<T>): Promise<T | undefined> =>
  set.catch((error: unknown) => {
    if (isGone(error)) return undefined;
    throw error;
  });
