import { fail, isRampartError, RampartError } from "../errors.js";
import type { Family } from "../model/family.js";
import type { Names } from "../model/names.js";
import type { Transport } from "../native.js";
import { NFPROTO } from "../netlink/wire.js";
import type { MessageWriter } from "../netlink/writer.js";
import { type ChangeOptions, sendBatch } from "./change.js";
import type { EntryOf } from "./entry.js";
import { ENOENT, FIND_TYPE, setError } from "./failure.js";
import { describeSets } from "./list-text.js";
import { listNames, listSets, type SetInfo } from "./listing.js";
import { changeAtOnce, type PackedChange } from "./networks.js";
import { checkName } from "./parts.js";
import { ATTR } from "./protocol.js";
import { ask, demand } from "./request.js";
import { saveSets } from "./save-text.js";
import { type AnyIpSet, type Entries, type ExistOptions, IpSet } from "./set.js";
import { type EntryRun, type FileCommand, type KnownSet, placeOf, readSetFile } from "./set-file.js";
import { writeOptions } from "./set-options.js";
import {
  hasFamily,
  isSetType,
  type LooseOptions,
  SET_TYPES,
  type SetOptions,
  type SetType,
} from "./set-types.js";

/** What a set is made with; ranges have to be given. */
export type CreateArguments<T extends SetType> =
  Record<never, never> extends SetOptions[T]
    ? [options?: SetOptions[T] & ExistOptions]
    : [options: SetOptions[T] & ExistOptions];
export interface RestoreSetsOptions {
  /** As with ipset's -exist: what is there already, or is not, is no error. Default false. */
  readonly exist?: boolean;
  /** What to call the text in errors. */
  readonly file?: string;
  readonly signal?: AbortSignal;
}
export interface SaveSetsOptions {
  /** Only this set. */
  readonly set?: string | undefined;
  /** The entries too. Default true. */
  readonly entries?: boolean;
}

/** The ipsets of one network namespace. Nothing is kept between calls. */
export class Sets {
  readonly #transport: Transport;
  readonly #names: Names;
  constructor(transport: Transport, names: Names) {
    this.#transport = transport;
    this.#names = names;
  }

  /**
   * Makes a set.
   *
   * @throws `set` where the kernel refuses it, `invalid-value` for an option that cannot be
   * @example const blocked = await sets.create("blocked", "hash:ip", { timeout: 0, maxelem: 1_000_000 });
   */
  async create<T extends SetType>(name: string, type: T, ...given: CreateArguments<T>): Promise<IpSet<T>> {
    const [{ exist = false, ...options } = {} as SetOptions[T] & ExistOptions] = given;
    return this.#create(name, type, options as LooseOptions, exist);
  }
  async #create<T extends SetType>(
    name: string,
    type: T,
    options: LooseOptions,
    exist: boolean,
  ): Promise<IpSet<T>> {
    checkName(name);
    if (!isSetType(type))
      fail(`there is no set type "${type}": it is one of ${Object.keys(SET_TYPES).join(" ")}`);
    const family = options.family ?? "ipv4",
      revision = await this.#revision(name, type, family);
    await demand(this.#transport, {
      command: "create",
      set: name,
      type,
      exclusive: !exist,
      body: (writer) => {
        writer.text(ATTR.typeName, type);
        writer.u8(ATTR.revision, revision);
        writer.u8(ATTR.family, familyNumber(type, family));
        const data = writer.open(ATTR.data);
        writeOptions(type, options, writer, this.#names);
        writer.close(data);
      },
    });
    return new IpSet({ name, type, family }, this.#transport, this.#names);
  }
  /** The newest that the kernel and we both speak. */
  async #revision(set: string, type: SetType, family: Family): Promise<number> {
    let newest = 0,
      lowest = 0;
    const body = (writer: MessageWriter): void => {
      writer.text(ATTR.typeName, type);
      writer.u8(ATTR.family, familyNumber(type, family));
    };
    const end = await ask(this.#transport, { command: "type", exclusive: false, body }, (a) => {
      while (a.next())
        if (a.type === ATTR.revision) newest = a.u8();
        else if (a.type === ATTR.lowestRevision) lowest = a.u8();
    });
    if (end && end.errno !== 0) throw setError(end.errno, { command: "create", set, type });
    const revision = Math.min(newest, SET_TYPES[type].revision);
    if (revision < lowest) throw setError(FIND_TYPE, { command: "create", set, type });
    return revision;
  }

  /** The set of that name. Of which type it is tells its `type`, unless one is named here: then no other will do. */
  get(name: string): Promise<AnyIpSet>;
  get<T extends SetType>(name: string, type: T): Promise<IpSet<T>>;
  async get(name: string, type?: SetType): Promise<IpSet> {
    const known = await this.#known(name);
    if (!known) throw setError(ENOENT, { command: "header", set: name });
    if (type !== undefined && known.type !== type) fail(`set ${name} is no ${type}, but ${known.type}`);
    return new IpSet({ name, ...known }, this.#transport, this.#names);
  }
  async #known(name: string): Promise<KnownSet | undefined> {
    let type = "",
      family: Family = "ipv4";
    const end = await ask(
      this.#transport,
      { command: "header", set: checkName(name), exclusive: false },
      (a) => {
        while (a.next())
          if (a.type === ATTR.typeName) type = a.text();
          else if (a.type === ATTR.family) family = a.u8() === NFPROTO.ipv6 ? "ipv6" : "ipv4";
      },
    );
    if (end && end.errno === ENOENT) return undefined;
    if (end && end.errno !== 0) throw setError(end.errno, { command: "header", set: name });
    if (!isSetType(type)) fail(`set ${name} is of type ${type}, which Rampart does not know`);
    return { type, family };
  }

  /** The names of all sets, in the kernel's order. */
  names(): Promise<string[]> {
    return listNames(this.#transport);
  }
  /** All sets without their entries. */
  async list(): Promise<SetInfo[]> {
    return (await listSets(this.#transport, "headers")).map(({ info }) => info);
  }

  /** As `IpSet.add`, by the set's name. */
  async add(name: string, entries: Entries<SetType>, options?: ChangeOptions): Promise<number> {
    return (await this.#any(name)).add(entries, options);
  }
  async del(name: string, entries: Entries<SetType>, options?: ChangeOptions): Promise<number> {
    return (await this.#any(name)).del(entries, options);
  }
  async test(name: string, entry: EntryOf<SetType>): Promise<boolean> {
    return (await this.#any(name)).test(entry);
  }
  async #any(name: string): Promise<IpSet> {
    return (await this.get(name)) as IpSet;
  }

  /** Changes of several sets in one system call: see `changeAtOnce`. */
  changeAtOnce(changes: readonly PackedChange[]): Promise<void> {
    return changeAtOnce(this.#transport, changes);
  }

  /** Destroys a set that no rule and no other set names. */
  destroy(name: string, { exist = false }: ExistOptions = {}): Promise<void> {
    return demand(this.#transport, { command: "destroy", set: checkName(name), exclusive: !exist });
  }
  /** Destroys all sets; where one is in use, none. */
  destroyAll(): Promise<void> {
    return demand(this.#transport, { command: "destroy" });
  }
  flush(name: string): Promise<void> {
    return demand(this.#transport, { command: "flush", set: checkName(name) });
  }
  flushAll(): Promise<void> {
    return demand(this.#transport, { command: "flush" });
  }
  /** Refused while a rule or another set names it. */
  rename(from: string, to: string): Promise<void> {
    return this.#pair("rename", from, to);
  }
  /** Exchanges what two sets hold in one step: rules that name one see what the other held. */
  swap(one: string, other: string): Promise<void> {
    return this.#pair("swap", one, other);
  }
  #pair(command: "rename" | "swap", from: string, to: string): Promise<void> {
    const second = checkName(to);
    const body = (writer: MessageWriter): void => writer.text(ATTR.secondName, second);
    return demand(this.#transport, { command, set: checkName(from), body });
  }

  /** The sets as `ipset save` prints them, in chunks; the event loop is not held. */
  async *saveChunks({ set, entries = true }: SaveSetsOptions = {}): AsyncGenerator<string> {
    const listed = await listSets(this.#transport, entries ? "everything" : "headers", set);
    yield* saveSets(listed, this.#names);
  }
  /** The sets as `ipset list` prints them. */
  async *describeChunks({ set, entries = true }: SaveSetsOptions = {}): AsyncGenerator<string> {
    const listed = await listSets(this.#transport, entries ? "everything" : "headers", set);
    yield* describeSets(listed, entries, this.#names);
  }
  async save(options?: SaveSetsOptions): Promise<string> {
    const chunks: string[] = [];
    for await (const chunk of this.saveChunks(options)) chunks.push(chunk);
    return chunks.join("");
  }

  /**
   * Carries out what a text says that `ipset save` or `save` printed. It is read and encoded as a whole first, so that a
   * mistake changes nothing. What the kernel refuses ends it at that line: those before it stay.
   *
   * @throws `syntax` with the place; where the kernel refused, the cause is `set`
   */
  async restore(text: string, { exist = false, file, signal }: RestoreSetsOptions = {}): Promise<void> {
    const commands = await readSetFile(text, {
      names: this.#names,
      exist,
      file,
      signal,
      known: (name) => this.#known(name),
    });
    for (const command of commands) {
      let line = 0;
      try {
        await this.#carryOut(command);
      } catch (error) {
        if (!isRampartError(error, "set") && !isRampartError(error, "invalid-value")) throw error;
        const index = isRampartError(error, "set") ? (error.context.index ?? 0) : 0;
        line = "lines" in command ? (command.lines[index] ?? 0) : command.line;
        const source = text.split("\n", line).at(-1) ?? "";
        throw new RampartError(
          "syntax",
          { problem: error.message, place: placeOf(source, line, file) },
          { cause: error },
        );
      }
    }
  }
  async #carryOut(command: FileCommand): Promise<void> {
    const { exist } = command;
    if (command.verb === "create") await this.#create(command.name, command.type, command.options, exist);
    else if ("batches" in command) await this.#send(command);
    else {
      const { verb } = command,
        [name, other] = command.names;
      if (verb === "destroy") await (name === undefined ? this.destroyAll() : this.destroy(name, { exist }));
      else if (verb === "flush") await (name === undefined ? this.flushAll() : this.flush(name));
      else await this.#pair(verb, name!, other!);
    }
  }
  async #send({ verb, name, codec, exist, batches }: EntryRun): Promise<void> {
    for (const batch of batches)
      await sendBatch(this.#transport, { command: verb, name, codec, exist }, batch);
  }
}
const familyNumber = (type: SetType, family: Family): number => {
  if (hasFamily(type)) return family === "ipv4" ? NFPROTO.ipv4 : NFPROTO.ipv6;
  return type.startsWith("bitmap:ip") ? NFPROTO.ipv4 : NFPROTO.unspec;
};
