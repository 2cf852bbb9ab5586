import { fail, isRampartError } from "../errors.js";
import type { SetInfo } from "../ipset/listing.js";
import type { PackedChange } from "../ipset/networks.js";
import { countOf } from "../ipset/packed.js";
import type { Sets } from "../ipset/sets.js";
import type { Family } from "../model/family.js";
import { Slices, throwIfAborted } from "../model/slices.js";
import {
  changesBetween,
  type NetworkChanges,
  NetworkList,
  type Networks,
  noNetworks,
  sortNetworks,
  withoutEverything,
} from "./networks.js";
import type { Telling } from "./progress.js";
import {
  checkBlocklistName,
  endStamp,
  isUnderway,
  newStamp,
  type OwnSet,
  ownSet,
  SLOTS,
  type Slot,
  setName,
  shadowName,
} from "./set-names.js";

/** What a list shall hold. */
export type BothNetworks = { readonly [F in Family]: Networks };
type BothChanges = { readonly [F in Family]: NetworkChanges };
export type LoadPhase = "compare" | "load";
export interface Loaded {
  /** Networks and hosts that were not there, and that are no more. */
  readonly added: number;
  readonly removed: number;
  /** `changes`: only the difference was sent. `whole`: new sets were filled, then exchanged. */
  readonly by: "nothing" | "changes" | "whole";
  /** What a sync that died had left behind. */
  readonly cleaned: readonly string[];
}
export interface LoadOptions {
  readonly progress: Telling<LoadPhase>;
  readonly signal?: AbortSignal | undefined;
}
/** What the engine needs to know of processes. */
export interface Processes {
  readonly pid: number;
  lives(pid: number): boolean;
}

/** A difference of up to so many is sent as such, however short the list. */
const SMALL = 4096,
  /** Beyond this part of the list filling new sets is no slower, and holds the kernel for a shorter time at once. */
  PART = 0.25,
  MOST_AT_ONCE = 200_000;
const SMALLEST_HASH = 64,
  LEAST_ROOM = 65_536,
  SLACK = 1.25;

/** What the kernel was left with, so that it need not be listed the next time. */
interface Left {
  readonly networks: BothNetworks;
  readonly counts: ReadonlyMap<string, number>;
}
interface Found {
  readonly infos: ReadonlyMap<string, SetInfo>;
  /** Of the live list. Undefined where there is none. */
  readonly members: readonly OwnSet[] | undefined;
}

/**
 * Keeps one list in sets: hosts in a hash:ip, networks in a hash:net, of each family, and one list:set of that name over
 * them. A rule names the list. So one swap exchanges all four at once, and an address that moves from one to another is
 * at no moment in neither.
 */
export class SetEngine {
  readonly #sets: Sets;
  readonly #name: string;
  readonly #processes: Processes;
  #left: Left | undefined;
  constructor(sets: Sets, name: string, processes: Processes) {
    this.#sets = sets;
    this.#name = checkBlocklistName(name);
    this.#processes = processes;
  }

  /** What the kernel holds becomes `wanted`; for the packets in between it is the old list or the new one, or both. */
  async load(wanted: BothNetworks, { progress, signal }: LoadOptions): Promise<Loaded> {
    const next = { ipv4: withoutEverything(wanted.ipv4), ipv6: withoutEverything(wanted.ipv6) };
    const slices = new Slices("blocklist sync", signal),
      found = await this.#find(),
      cleaned = await this.#clean(found);
    progress.begin("compare");
    const live = liveSlots(found),
      old = live && (await this.#held(found, live, slices, signal));
    const changes = {
      ipv4: await changesBetween(old?.ipv4 ?? noNetworks("ipv4"), next.ipv4, slices),
      ipv6: await changesBetween(old?.ipv6 ?? noNetworks("ipv6"), next.ipv6, slices),
    };
    const added = changes.ipv4.added.length + changes.ipv6.added.length,
      removed = changes.ipv4.removed.length + changes.ipv6.removed.length,
      total = next.ipv4.length + next.ipv6.length;
    const few = added + removed <= Math.max(SMALL, Math.min(total * PART, MOST_AT_ONCE));
    throwIfAborted("blocklist sync", signal);
    if (live && added + removed === 0) {
      this.#leave(next, live);
      return { added, removed, by: "nothing", cleaned };
    }
    if (live && few && fits(next, changes, live, found)) {
      progress.begin("load", added + removed);
      if (await this.#change(changes, live)) {
        this.#leave(next, live);
        return { added, removed, by: "changes", cleaned };
      }
    }
    progress.begin("load", total);
    await this.#replace(next, found, progress, signal);
    return { added, removed, by: "whole", cleaned };
  }

  /** Whether the list in the kernel holds the address. */
  async holds(address: string): Promise<boolean> {
    const family = address.includes(":") ? "ipv6" : "ipv4";
    for (const { set, slot } of (await this.#find()).members ?? [])
      if (slot?.family === family && (await this.#sets.test(set, address))) return true;
    return false;
  }

  /** Removes the list and all that belongs to it. Refused, with code `set`, while a rule names it. */
  async remove(): Promise<void> {
    const found = await this.#find();
    this.#left = undefined;
    if (found.members) {
      // Destroyed first: while a rule names it, nothing of it goes.
      await this.#sets.destroy(this.#name);
      for (const { set } of found.members) await this.#sets.destroy(set, { exist: true });
    }
    await this.#clean({ ...found, members: undefined });
  }

  async #find(): Promise<Found> {
    const infos = new Map((await this.#sets.list()).map((info) => [info.name, info])),
      list = infos.get(this.#name);
    if (!list) return { infos, members: undefined };
    const members: OwnSet[] = [];
    const named =
      list.type === "list:set" ? await (await this.#sets.get(this.#name, "list:set")).entries() : [];
    let others = list.type !== "list:set";
    for (const { set } of named) {
      const own = ownSet(this.#name, set);
      if (own) members.push(own);
      else others = true;
    }
    if (others)
      fail(
        `set ${this.#name} is no blocklist of Rampart's, but ${list.type === "list:set" ? "a list of other sets" : list.type}: choose another name, or destroy it`,
      );
    return { infos, members };
  }

  /** Destroys what a sync that died has left: no list names it, and no process is at it. */
  async #clean({ infos, members = [] }: Found): Promise<string[]> {
    const live = new Set(members.map(({ set }) => set)),
      { pid, lives } = this.#processes;
    const stray = [...infos.keys()]
      .flatMap((set) => ownSet(this.#name, set) ?? [])
      .filter(({ set, stamp }) => !live.has(set) && !isUnderway(stamp, pid, lives));
    // Lists first: they hold the others.
    const ordered = [...stray.filter(({ slot }) => !slot), ...stray.filter(({ slot }) => slot)];
    for (const { set, slot } of ordered) await this.#drop(set, slot === undefined);
    return ordered.map(({ set }) => set);
  }
  async #drop(set: string, isList: boolean): Promise<void> {
    try {
      // What a list lets go of can be destroyed at once; what is destroyed lets go later.
      if (isList) await this.#sets.flush(set);
      await this.#sets.destroy(set, { exist: true });
    } catch (error) {
      // Someone else was faster.
      if (!isRampartError(error, "set") || error.context.errorName !== "ENOENT") throw error;
    }
  }

  /** What the live sets hold. */
  async #held(
    found: Found,
    live: Live,
    slices: Slices,
    signal: AbortSignal | undefined,
  ): Promise<BothNetworks> {
    const left = this.#left;
    if (left && live.every(({ set }) => left.counts.get(set) === entriesOf(found, set))) return left.networks;
    const lists = { ipv4: new NetworkList("ipv4"), ipv6: new NetworkList("ipv6") };
    for (const { set, slot } of live) {
      const list = lists[slot.family];
      const one =
        slot.kind === "hosts" ? await this.#sets.get(set, "hash:ip") : await this.#sets.get(set, "hash:net");
      await one.packed((words, bits) => list.add(words, 0, bits), signal);
    }
    return { ipv4: await sortNetworks(lists.ipv4, slices), ipv6: await sortNetworks(lists.ipv6, slices) };
  }

  /** One system call, so that it is whole or not at all; false where the kernel refused part of it. */
  async #change(changes: BothChanges, live: Live): Promise<boolean> {
    const part = (command: "add" | "del", which: keyof NetworkChanges): PackedChange[] =>
      live.map(({ set, slot }) => ({
        command,
        name: set,
        kind: slot.kind,
        networks: changes[slot.family][which],
      }));
    try {
      // What is new first: an address that is in the old list and in the new one is always in the kernel's.
      await this.#sets.changeAtOnce([...part("add", "added"), ...part("del", "removed")]);
      return true;
    } catch (error) {
      if (!isRampartError(error, "set")) throw error;
      this.#left = undefined;
      return false;
    }
  }

  async #replace(
    next: BothNetworks,
    found: Found,
    progress: Telling<LoadPhase>,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const sets = this.#sets,
      stamp = newStamp(this.#processes.pid),
      shadow = shadowName(this.#name, stamp),
      made = SLOTS.map((slot) => ({ slot, set: setName(this.#name, slot, stamp), stamp }));
    try {
      let done = 0;
      for (const { set, slot } of made) {
        const networks = next[slot.family],
          options = { family: slot.family, ...sizeFor(countOf(networks, slot.kind)) };
        const one =
          slot.kind === "hosts"
            ? await sets.create(set, "hash:ip", options)
            : await sets.create(set, "hash:net", options);
        const before = done;
        done += await one.load(slot.kind, networks, { signal, onProgress: (n) => progress.at(before + n) });
      }
      const list = await sets.create(shadow, "list:set", { size: SLOTS.length });
      await list.add(made.map(({ set }) => ({ set })));
      throwIfAborted("blocklist sync", signal);
      if (found.members) await sets.swap(shadow, this.#name);
      else await sets.rename(shadow, this.#name);
    } catch (error) {
      await this.#drop(shadow, true);
      for (const { set } of made) await this.#drop(set, false);
      throw error;
    } finally {
      endStamp(stamp);
    }
    if (found.members) {
      await this.#drop(shadow, true);
      for (const { set } of found.members) await this.#drop(set, false);
    }
    this.#leave(next, made);
  }

  #leave(networks: BothNetworks, live: Live): void {
    const counts = live.map(({ set, slot }) => [set, countOf(networks[slot.family], slot.kind)] as const);
    this.#left = { networks, counts: new Map(counts) };
  }
}

type Live = readonly (OwnSet & { readonly slot: Slot })[];
/** The members, if they are one of each kind. */
function liveSlots({ members }: Found): Live | undefined {
  const live = members?.flatMap((own) => (own.slot ? [{ ...own, slot: own.slot }] : []));
  return live && SLOTS.every((slot) => live.some((one) => one.slot === slot)) && live.length === SLOTS.length
    ? live
    : undefined;
}
const entriesOf = ({ infos }: Found, set: string): number | undefined => infos.get(set)?.elements;

/** Whether it all goes into the sets that are there, for as long as both old and new are in them. */
const fits = (next: BothNetworks, changes: BothChanges, live: Live, { infos }: Found): boolean =>
  live.every(({ set, slot: { family, kind } }) => {
    const info = infos.get(set),
      most = info && "maxelem" in info.options ? (info.options.maxelem ?? LEAST_ROOM) : 0;
    return countOf(next[family], kind) + countOf(changes[family].removed, kind) <= most;
  });
/** Enough buckets from the start, as growing makes loading twice as slow; and room for changes. */
function sizeFor(entries: number): { hashsize: number; maxelem: number } {
  const hashsize = 2 ** Math.ceil(Math.log2(Math.max(entries / 2, SMALLEST_HASH)));
  return { hashsize, maxelem: Math.max(LEAST_ROOM, Math.ceil(entries * SLACK)) };
}
