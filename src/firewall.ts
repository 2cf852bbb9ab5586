import type { Backend, WaitOptions } from "./backends/backend.js";
import { editUnlisted } from "./backends/edit-unlisted.js";
import { legacyBackend } from "./backends/legacy/backend.js";
import { memoryBackend } from "./backends/memory.js";
import { namespacePath, openNamespace, ownNamespace } from "./backends/namespace.js";
import { nftBackend } from "./backends/nft/backend.js";
import { sameRuleFor } from "./backends/same-rule.js";
import { type ConfirmOptions, commitGuarded, type GuardedPart, type Pending } from "./confirm/commit.js";
import { withoutDeadMan } from "./confirm/dead-man.js";
import { handsWith } from "./confirm/hands.js";
import { backendOfEnvironment, detectBackend } from "./detect.js";
import { fail, isRampartError, RampartError } from "./errors.js";
import { hostIn } from "./host/host.js";
import type { ProtectWish } from "./host/protect-wish.js";
import { type Judgement, Lockout, type WriteOptions } from "./lockout.js";
import { type Edit, type Edited, listed, type Tables } from "./model/edit.js";
import { FAMILIES, type Family, isTableName, TABLE_NAMES, type TableName } from "./model/family.js";
import type { Names } from "./model/names.js";
import type { ProfileName } from "./model/profile.js";
import type { Table } from "./model/table.js";
import { systemNames } from "./persistence/names.js";
import { parseTables, type TablesOfText } from "./text/parse-tables.js";
import { printTables, type SaveOptions } from "./text/print-table.js";
import { replaceFrom } from "./text/replacing.js";
import { ABOUT_RULES, worded } from "./text/worded.js";
import { type TableChange, type WatchOptions, watchChanges } from "./watch.js";

export type { Edit, Edited, Judgement, SaveOptions, Tables, WaitOptions, WriteOptions };

export interface OpenOptions {
  /** Default `ipv4`. */
  readonly family?: Family;
  /**
   * `legacy`: the kernel's xtables through libiptc, what iptables-legacy shows. `nft`: nf_tables over netlink, what
   * iptables-nft shows. `memory`: tables in this process, for tests. Default: what `RAMPART_BACKEND` in the environment
   * names, else the one that holds this family's rules; where there are none, the one that the installed iptables works on.
   */
  readonly backend?: Backend["name"];
  /** A network namespace: a path, the name of one made with `ip netns add`, or `pid:N`. Default: this process's own. */
  readonly netns?: string;
  /** The lock file shared with iptables' own tools. Default: `XTABLES_LOCKFILE`, or /run/xtables.lock. */
  readonly lockPath?: string;
  /**
   * Who must not be cut off, beside the ssh sessions and servers that are found: `[{ from: "198.51.100.0/24", port: 51820,
   * protocol: "udp" }]`. False: nobody is looked for, and every write is let pass.
   */
  readonly protect?: readonly ProtectWish[] | false;
  /** Names of services and protocols. Default: /etc/services and /etc/protocols over a built-in table. */
  readonly names?: Names;
}

export interface RestoreOptions extends WriteOptions {
  /** Keep what is there and add to it. Default false: each table in the text replaces the one in the kernel. */
  readonly noflush?: boolean;
  /** Take the counters of the text over. Default false: they start at zero. */
  readonly counters?: boolean;
  /** Parse and encode everything, commit nothing; `dryRun` asks the kernel too. Default false. */
  readonly test?: boolean;
  /** Only this table of the text. */
  readonly table?: TableName;
  /**
   * The version of iptables whose words they are. Default `1.8.9`; what any iptables-save since 1.8.4 prints is read with
   * its own meaning in either.
   */
  readonly profile?: ProfileName;
  /** What to call the text in errors. */
  readonly file?: string;
}

export interface TransactionOptions extends WriteOptions {
  /**
   * `on-demand`: with nf_tables, rules are listed only if `edit` looks at some; then it is called again, and what it was given
   * before is void. To append rules, to make chains and to set policies none is looked at, which saves seconds with a chain
   * of 100,000. Default `always`.
   */
  readonly rules?: "always" | "on-demand" | undefined;
}
/** What a change needs that goes again unless it is confirmed. */
export interface ConfirmedWrite extends WriteOptions {
  readonly confirm: ConfirmOptions;
}
/** One of several firewalls that are changed together. */
export interface FirewallChange {
  readonly firewall: Firewall;
  readonly tables: Table | readonly Table[];
  /** Where the firewall's rules are written, as `save` prints them, once the change is confirmed. */
  readonly save?: string;
}

/**
 * Opens the firewall of one family in one network namespace.
 *
 * @throws `both-backends` where no backend is named and both hold rules, `native-missing` where the native half is not
 * built, `namespace` where there is none of that name, `permission` where one may not look, `invalid-value` for a family or
 * a backend that there is none of.
 * @example
 * await using firewall = await open({ family: "ipv4" });
 * const { filter } = await firewall.read();
 * await firewall.write(filter.policy("INPUT", "DROP"));
 */
export async function open(options: OpenOptions = {}): Promise<Firewall> {
  const { family = "ipv4", backend = backendOfEnvironment(), netns, lockPath } = options;
  // Whoever misspells one in plain JavaScript must not get another firewall than he meant.
  if (!FAMILIES.includes(family)) fail(`there is no family "${family}": it is ipv4 or ipv6`);
  if (backend !== undefined && !BACKENDS.includes(backend))
    fail(`there is no backend "${backend}": it is legacy, nft or memory`);
  const names = options.names ?? (await systemNames());
  const where = { ...(netns !== undefined && { netns }), ...(lockPath !== undefined && { lockPath }) };
  if (backend === "memory") return new Firewall(family, names, memoryBackend(names), where);
  const half = backend === "legacy" ? "iptc" : "netlink",
    namespace = netns === undefined ? undefined : openNamespace(netns, half);
  try {
    const chosen = backend ?? (await detectBackend(family, namespace)).backend;
    const open =
      chosen === "nft" ? nftBackend({ names, namespace }) : legacyBackend({ names, namespace, lockPath });
    const { protect = [] } = options,
      lockout = protect === false ? undefined : new Lockout(family, hostIn(namespace), names, protect);
    return new Firewall(family, names, open, where, lockout);
  } catch (error) {
    namespace?.close();
    throw error;
  }
}

const BACKENDS: readonly string[] = ["legacy", "nft", "memory"];

/** The tables of one family. Reads make values; writes send them, atomically, table by table. */
export class Firewall implements AsyncDisposable {
  readonly family: Family;
  readonly backend: Backend["name"];
  readonly #names: Names;
  readonly #open: Backend;
  readonly #where: Where;
  readonly #lockout: Lockout | undefined;
  readonly #closing = new AbortController();
  /** @internal Others use `open`. */
  constructor(family: Family, names: Names, backend: Backend, where: Where, lockout?: Lockout) {
    this.#lockout = lockout;
    this.#where = where;
    this.family = family;
    this.backend = backend.name;
    this.#names = names;
    this.#open = backend;
  }
  get #backend(): Backend {
    if (this.#closing.signal.aborted) throw new RampartError("closed", { family: this.family });
    return this.#open;
  }

  /** The tables that exist already, newest first, as the kernel lists them. */
  async tables(): Promise<TableName[]> {
    return this.#backend.tables(this.family);
  }
  /** One table, or all five. A table that nobody has used yet reads as its empty default and is not created. */
  read(): Promise<Tables>;
  read(name: TableName): Promise<Table>;
  async read(name?: TableName): Promise<Table | Tables> {
    if (name === undefined) return readAll(this.#backend, this.family);
    if (!isTableName(name)) throw new RampartError("no-such-table", { table: name });
    return this.#backend.read(this.family, name);
  }

  /**
   * Writes one or several tables. Each is atomic, with nf_tables all of them together; all are encoded before the first is
   * touched. A table that was read is written only if it is still what was read; one made from nothing replaces all.
   *
   * Rules that would cut off who is there by ssh are refused (`lockout`), `force` overrides; those that may do so need
   * `confirm` or `force`. With `confirm` everything goes back to what it was, counters included, unless somebody confirms in time: docs/safety.md.
   *
   * @throws `conflict`, `invalid-rule`, `lock-timeout`, `permission`, `kernel`, `aborted`, `lockout`; with `confirm` also `guard` and
   * `pending`.
   * @example
   * const pending = await firewall.write(next, { confirm: { within: 60_000 } });
   * if (await stillReachable()) await pending.confirm();
   */
  write(tables: Table | readonly Table[], options: ConfirmedWrite): Promise<Pending>;
  write(tables: Table | readonly Table[], options?: WriteOptions): Promise<void>;
  async write(
    tables: Table | readonly Table[],
    options: WriteOptions | ConfirmedWrite = {},
    // biome-ignore lint/suspicious/noConfusingVoidType: what the second signature says
  ): Promise<Pending | void> {
    const guarded = "confirm" in options && options.confirm;
    if (guarded && options.dryRun) fail("a dry run changes nothing that could be confirmed");
    if (guarded) return Firewall.writeTogether([{ firewall: this, tables }], options);
    const all = listed(tables);
    await this.#write(this.#backend, all, options);
  }
  /**
   * Writes to several firewalls of one network namespace, IPv4 and IPv6 for example, as one change that is confirmed or
   * rolled back as a whole.
   */
  static async writeTogether(changes: readonly FirewallChange[], options: ConfirmedWrite): Promise<Pending> {
    const parts = changes.map(({ firewall, tables, save }) =>
      firewall.#guarded(listed(tables), save, options),
    );
    return commitGuarded(parts, options.confirm, hands, options);
  }
  #guarded(tables: readonly Table[], save: string | undefined, options: ConfirmedWrite): GuardedPart {
    const { netns } = this.#where,
      // The guard may be started by systemd, in another one.
      namespace = netns === undefined ? ownNamespace() : namespacePath(netns);
    return {
      ...this.#where,
      family: this.family,
      backend: this.#backend,
      tables,
      namespace,
      save,
      admit: async (to) => {
        if (await this.#lockout?.watches()) await this.#lockout?.admit(to, tables, options, true);
      },
      write: (to, next) => this.#commit(to, next, options),
    };
  }

  /**
   * Reads, lets `edit` make something new of it, writes. Where somebody else wrote meanwhile it reads again and calls
   * `edit` again, that time under the lock, so that it succeeds: `edit` must be ready to run twice, and not take long. nf_tables has no lock: there `edit` is called again until it succeeds or `timeout` is over.
   *
   * @example await firewall.transaction("filter", (filter) => filter.append("INPUT", rule));
   */
  transaction(name: TableName, edit: Edit<Table>, options?: TransactionOptions): Promise<void>;
  transaction(edit: Edit<Tables>, options?: WriteOptions): Promise<void>;
  async transaction(
    first: TableName | Edit<Tables>,
    second?: Edit<Table> | WriteOptions,
    third?: TransactionOptions,
  ): Promise<void> {
    const whole = typeof first === "function";
    const options = whole ? (second as WriteOptions | undefined) : third;
    // Whoever is judged for is judged with all rules.
    const blind = third?.rules === "on-demand" && !(await this.#lockout?.watches());
    await this.#retrying(async (backend) => {
      if (blind && !whole) {
        const commit = (next: readonly Table[]) => this.#commit(backend, next, third);
        if (await editUnlisted(backend, this.family, first, second as Edit<Table>, commit)) return;
      }
      const edited = whole
        ? await first(await readAll(backend, this.family))
        : await (second as Edit<Table>)(await backend.read(this.family, first));
      await this.#write(backend, listed(edited), options);
    }, options);
  }

  /**
   * What the tables, together with those that stay, would do to who is there by ssh and to what `protect` names; nothing is
   * written. Without tables: what the kernel's do now. Where nobody was found the verdict is `unproved`.
   */
  async judge(tables: readonly Table[] = [], options: WaitOptions = {}): Promise<Judgement> {
    if (this.#lockout) return this.#lockout.judge(this.#backend, tables, options);
    return { verdict: "unproved", endpoints: [], notes: ["nobody is looked for: `protect` is false"] };
  }

  /** The text of the tables, as iptables-save prints it. For long tables, `saveChunks` does not hold it all at once. */
  async save(options: SaveOptions = {}): Promise<string> {
    let text = "";
    for await (const chunk of this.saveChunks(options)) text += chunk;
    return text;
  }
  async *saveChunks({ tables, counters = false, profile }: SaveOptions = {}): AsyncGenerator<string> {
    for (const name of tables ?? (await this.tables())) {
      // Those are of a change that waits for its confirmation, and mean nothing without it.
      const table = withoutDeadMan(await this.#backend.read(this.family, name));
      yield* printTables([table], { counters, names: this.#names, profile });
    }
  }

  /**
   * Loads a rules file as iptables-restore does, but parses and encodes all of it before the first table is touched.
   *
   * @throws `syntax` with the place in the text, and what `write` throws.
   */
  async restore(text: string, options: RestoreOptions = {}): Promise<void> {
    if (options.noflush)
      return this.#retrying((backend) => this.#restoreOver(backend, text, options), options);
    // The short way keeps no rules that could be judged.
    const watched = !options.force && (await this.#lockout?.watches());
    const only = options.test || options.dryRun;
    if (!only && !watched && (await this.#replace(text, options))) return;
    await this.#carryOut(this.#backend, text, options, () => undefined);
  }

  /** The tables that a rules file makes, to be looked at or written. Reads the kernel's only with `noflush`. */
  async parse(text: string, options: Omit<RestoreOptions, "test"> = {}): Promise<readonly Table[]> {
    const present = options.noflush ? await readAll(this.#backend, this.family) : undefined;
    return (await this.#parse(text, options, (name) => present?.[name])).tables;
  }

  /** Every change from now on, whoever makes it, until the signal or `close`; docs/backends.md says what each backend tells. */
  watch(options: WatchOptions = {}): AsyncGenerator<TableChange> {
    const scope = { family: this.family, names: this.#names };
    return watchChanges(this.#backend, scope, options, this.#closing.signal);
  }

  /** Closes the namespace. What the kernel is doing still ends; later calls, and later steps of one, throw `closed`. */
  close(): void {
    this.#closing.abort();
    this.#open.close();
  }
  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
  }

  /** Optimistic once; after a conflict the lock is held from the read on, so that the second try is the last. */
  async #retrying(work: (backend: Backend) => Promise<void>, options?: WaitOptions): Promise<void> {
    try {
      await work(this.#backend);
    } catch (error) {
      if (!isRampartError(error, "conflict")) throw error;
      await this.#backend.exclusive(work, options);
    }
  }

  /**
   * The short way, for files that hold chains and rules only: each rule becomes bytes as it is read, and is forgotten. What
   * is not so, or is refused, goes the long way: there it is known which rule it was.
   */
  async #replace(text: string, options: RestoreOptions): Promise<boolean> {
    const { counters = false, table: only, file, signal, profile } = options;
    try {
      const { family } = this,
        parsing = { family, names: this.#names, profile, counters, signal, file, table: only };
      await this.#backend.replace(this.family, (begin) => replaceFrom(text, parsing, begin), options);
      return true;
    } catch (error) {
      if (isRampartError(error) && !ABOUT_RULES.includes(error.code)) throw error;
      return false;
    }
  }

  async #restoreOver(backend: Backend, text: string, options: RestoreOptions): Promise<void> {
    const present = new Map<TableName, Table>();
    for (const [, name = ""] of text.matchAll(/^\*[ \t]*(\S+)/gm))
      if (isTableName(name) && !present.has(name)) present.set(name, await backend.read(this.family, name));
    await this.#carryOut(backend, text, options, (name) => present.get(name));
  }

  #parse(
    text: string,
    options: RestoreOptions,
    present: (name: TableName) => Table | undefined,
  ): Promise<TablesOfText> {
    const { family } = this,
      names = this.#names;
    return parseTables(text, { family, names, same: sameRuleFor(family, names), present }, options);
  }
  /** What the text makes of the tables that are there is written, or only tried. */
  async #carryOut(
    backend: Backend,
    text: string,
    options: RestoreOptions,
    present: (name: TableName) => Table | undefined,
  ): Promise<void> {
    const { tables, placed } = await this.#parse(text, options, present),
      { dryRun = options.test ?? false } = options;
    await this.#write(backend, tables, { ...options, dryRun }).catch((error) => {
      throw placed(error);
    });
  }

  async #write(backend: Backend, tables: readonly Table[], options: WriteOptions = {}): Promise<void> {
    const lockout = this.#lockout;
    if (tables.length === 0 || options.dryRun || !lockout || !(await lockout.watches()))
      return this.#commit(backend, tables, options);
    const judged = async (to: Backend) => {
      await lockout.admit(to, tables, options, false);
      await this.#commit(to, tables, options);
    };
    // nf_tables has no lock: there the write is refused where its tables have changed since.
    await (backend.name === "legacy" ? backend.exclusive(judged, options) : judged(backend));
  }
  async #commit(to: Backend, tables: readonly Table[], options: WriteOptions): Promise<void> {
    if (tables.length === 0) return;
    const { dryRun } = options,
      step = dryRun === "kernel" ? "rehearse" : dryRun ? "check" : "write";
    await to[step](tables, options).catch((error) => {
      throw worded(error, tables, this.#names);
    });
  }
}

type Where = Pick<OpenOptions, "netns" | "lockPath">;
/** Opens again what a change was about, in the namespace that its guard is in. What is done there was judged already. */
export const hands = handsWith(({ tables, save, ...part }, guard) =>
  open({ ...part, ...(guard !== undefined && { netns: guard }), protect: false }),
);

async function readAll(backend: Backend, family: Family): Promise<Tables> {
  const all = await Promise.all(
    TABLE_NAMES.map(async (name) => [name, await backend.read(family, name)] as const),
  );
  return Object.fromEntries(all) as Tables;
}
