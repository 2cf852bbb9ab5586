import { fail, type RampartError } from "../errors.js";
import type { Family } from "../model/family.js";
import type { Names } from "../model/names.js";
import type { Transport } from "../native.js";
import { replies } from "../netlink/replies.js";
import { NLM_F } from "../netlink/wire.js";
import { MessageWriter } from "../netlink/writer.js";
import type { ChangeCommand } from "./batch.js";
import { type ChangeOptions, type Given, sendEntries } from "./change.js";
import { changeEach } from "./change-each.js";
import { type EntryCodec, type EntryOf, entryCodec } from "./entry.js";
import { ENOENT, EXIST, setError } from "./failure.js";
import { listSets, type SetInfo } from "./listing.js";
import { readNetworks, sendNetworks } from "./networks.js";
import type { PackedKind, PackedNetworks } from "./packed.js";
import { ATTR, begin } from "./protocol.js";
import { demand } from "./request.js";
import { type EntryList, entryList } from "./set-entries.js";
import type { LooseEntry, SetType } from "./set-types.js";

export interface ExistOptions {
  /** Take it for done where it is done already: a set of the same kind is there; the set to destroy is not. Default false. */
  readonly exist?: boolean;
}
/** One entry, or many. */
export type Entries<T extends SetType> = EntryOf<T> | Iterable<EntryOf<T>> | AsyncIterable<EntryOf<T>>;

/** What is known of a set when it is opened. */
export interface SetFacts<T extends SetType> {
  readonly name: string;
  readonly type: T;
  readonly family: Family;
}

/** A set of the kernel's, by its name: what it holds is asked each time. */
export class IpSet<T extends SetType = SetType> {
  readonly name: string;
  readonly type: T;
  /** Of its addresses; a set without any is ipv4. */
  readonly family: Family;
  readonly #transport: Transport;
  readonly #codec: EntryCodec<T>;
  constructor({ name, type, family }: SetFacts<T>, transport: Transport, names: Names) {
    this.name = name;
    this.type = type;
    this.family = family;
    this.#transport = transport;
    this.#codec = entryCodec(type, { family, names });
  }

  /**
   * Adds one entry or many, a million in a second. An entry that is there already gets the new options, unless
   * `exist: false`, which refuses it. Returns how many were given. Not atomic: those before a refused one are in.
   *
   * @throws `set` with the entry that the kernel refuses, `invalid-value` for one that is none, `aborted`
   * @example await blocked.add([{ ip: "192.0.2.1" }, { ip: "192.0.2.2", timeout: 600 }, "198.51.100.7 timeout 60"]);
   */
  add(entries: Entries<T>, options?: ChangeOptions): Promise<number> {
    return this.#change("add", entries, options);
  }
  /** Deletes entries; those that are not there are passed over, unless `exist: false`. */
  del(entries: Entries<T>, options?: ChangeOptions): Promise<number> {
    return this.#change("del", entries, options);
  }
  #change(command: ChangeCommand, entries: Entries<T>, options: ChangeOptions = {}): Promise<number> {
    const change = { command, name: this.name, codec: this.#codec, exist: options.exist ?? true };
    return sendEntries(
      this.#transport,
      change,
      isMany(entries) ? entries : [entries as LooseEntry | string],
      options,
    );
  }

  /**
   * Adds each entry for itself, by one system call: what is wrong with one keeps no other back. Returns in their order
   * what was wrong, undefined where nothing was. `exist` as with `add`, but false by default: then what is there already
   * is told so, with `errorName` `IPSET_ERR_EXIST`.
   */
  addEach(
    entries: readonly EntryOf<T>[],
    { exist = false }: ExistOptions = {},
  ): Promise<(RampartError | undefined)[]> {
    return this.#each("add", entries, exist);
  }
  /** The same for deleting: without `exist`, what is not there is told so. */
  delEach(
    entries: readonly EntryOf<T>[],
    { exist = false }: ExistOptions = {},
  ): Promise<(RampartError | undefined)[]> {
    return this.#each("del", entries, exist);
  }
  #each(
    command: ChangeCommand,
    entries: readonly EntryOf<T>[],
    exist: boolean,
  ): Promise<(RampartError | undefined)[]> {
    const change = { command, name: this.name, codec: this.#codec, exist };
    return changeEach(this.#transport, change, entries as readonly (LooseEntry | string)[]);
  }
  /** Adds networks that are numbers already, those of one kind: a million in less than a second. As `add` otherwise. */
  load(kind: PackedKind, networks: PackedNetworks, options?: ChangeOptions): Promise<number> {
    const change = { command: "add", name: this.name, codec: this.#codec, exist: true } as const;
    return sendNetworks(this.#transport, change, kind, networks, options);
  }
  /** Whether the set holds the entry; of networks, whether the address lies in one of them. */
  test(entry: EntryOf<T>): Promise<boolean>;
  /** The same for each of many, in their order. */
  test(entries: Iterable<EntryOf<T>>): Promise<boolean[]>;
  async test(entries: EntryOf<T> | Iterable<EntryOf<T>>): Promise<boolean | boolean[]> {
    if (isMany(entries)) return this.#test([...(entries as Iterable<EntryOf<T>>)]);
    const [held] = await this.#test([entries as EntryOf<T>]);
    return held === true;
  }
  async #test(entries: readonly EntryOf<T>[]): Promise<boolean[]> {
    const held: boolean[] = [];
    for (let first = 0; first < entries.length; first += TESTED_AT_ONCE) {
      const some = entries.slice(first, first + TESTED_AT_ONCE),
        writer = new MessageWriter();
      some.forEach((entry, i) => {
        begin(writer, "test", { sequence: i + 1, flags: NLM_F.ack });
        writer.text(ATTR.setName, this.name);
        const data = writer.open(ATTR.data);
        this.#codec.write(entry as LooseEntry | string, writer);
        writer.close(data);
        writer.end();
      });
      for (const reply of replies(await this.#transport(writer.take()))) {
        if (reply.kind !== "outcome") continue;
        const at = first + reply.sequence - 1,
          { errno } = reply;
        if (errno !== 0 && errno !== EXIST)
          throw setError(errno, {
            command: "test",
            set: this.name,
            type: this.type,
            entry: shown(entries[at]),
            index: at,
          });
        held[at] = errno === 0;
      }
    }
    return held;
  }

  /** What it holds now. */
  async entries(): Promise<EntryList<T>> {
    const [listed] = await listSets(this.#transport, "everything", this.name);
    if (listed && listed.info.type !== this.type)
      fail(`set ${this.name} is no ${this.type} any more, but ${listed.info.type}`);
    return entryList(listed?.elements ?? [], this.#codec);
  }
  /** What a set of addresses or networks holds now, as numbers, in no order: `add` is called with the same words each time. */
  async packed(add: (words: Uint32Array, bits: number) => void, signal?: AbortSignal): Promise<void> {
    const [listed] = await listSets(this.#transport, "everything", this.name);
    await readNetworks(listed?.elements ?? [], this.family, add, signal);
  }
  /** How it was made, how many entries it holds, how many rules name it. */
  async info(): Promise<SetInfo<T>> {
    const [listed] = await listSets(this.#transport, "headers", this.name);
    // The kernel itself refuses the name of a set that there is none of.
    if (!listed) throw setError(ENOENT, { command: "list", set: this.name });
    return listed.info as SetInfo<T>;
  }
  /** Deletes all entries. */
  flush(): Promise<void> {
    return demand(this.#transport, { command: "flush", set: this.name });
  }
}
/** The set of one of these types, so that `set.type` tells which. */
export type AnyIpSet = { [T in SetType]: IpSet<T> }[SetType];

const TESTED_AT_ONCE = 1000;
const isMany = (given: unknown): given is Given =>
  typeof given === "object" && given !== null && (Symbol.iterator in given || Symbol.asyncIterator in given);
const shown = (entry: unknown): string => (typeof entry === "string" ? entry : JSON.stringify(entry));
