import { isRampartError } from "./errors.js";
import { type Firewall, type OpenOptions, open, type WaitOptions } from "./firewall.js";
import type { Sets } from "./ipset/sets.js";
import { FAMILIES, type Family } from "./model/family.js";
import { type BootService, bootService } from "./persistence/boot-service.js";
import { bootRulesPath, bootSetsPath, readRulesFile, writeRulesFile } from "./persistence/rules-files.js";
import { openSets } from "./sets.js";

export interface BootOptions extends Pick<OpenOptions, "backend" | "netns" | "lockPath">, WaitOptions {
  /** Sets only: where another program keeps the rules. Default false. */
  readonly sets?: boolean;
}
type What = "sets" | Family;
/** One of the three files, and how it went with it. */
export interface BootFile {
  readonly path: string;
  readonly what: What;
  /** `absent`: there is no such file; or there are no sets, and no file of them. */
  readonly done: "saved" | "loaded" | "flushed" | "absent" | "failed";
  /** Why it failed. */
  readonly error?: unknown;
}
/** How the files stand to what the kernel holds now. */
export interface BootState {
  readonly service: BootService;
  /** Counters, comments and times that are left are no difference; `absent`: no file, and nothing that should be in it. */
  readonly files: readonly {
    readonly path: string;
    readonly what: What;
    readonly state: "same" | "differs" | "absent";
  }[];
}
/** Runs each part of the work; a command line that loads kernel modules comes in here. */
export type Attempt = <T>(work: () => Promise<T>) => Promise<T>;

const PARTS: readonly What[] = ["sets", ...FAMILIES];
const pathOf = (what: What): string => (what === "sets" ? bootSetsPath() : bootRulesPath(what));

/** Writes the sets and the rules of both families to the files that are loaded at boot, each whole or not at all. */
export const saveForBoot = (options: BootOptions = {}, attempt?: Attempt): Promise<BootFile[]> =>
  each(options, attempt, async (what, path) => {
    if (what !== "sets")
      await withFirewall(what, options, (firewall) => writeRulesFile(path, firewall.saveChunks()));
    else {
      const text = await savedSets(options);
      if (text === "" && (await textIn(path)) === undefined) return "absent";
      await writeRulesFile(path, text);
    }
    return "saved";
  });

/**
 * Loads the files: the sets first, as rules name them. A mistake in one does not leave the host without the others: each
 * is tried, and says for itself whether it failed. Nobody is asked whether they cut him off: a host that starts without
 * its rules is open to all.
 */
export const restoreAtBoot = (options: BootOptions = {}, attempt?: Attempt): Promise<BootFile[]> =>
  each(options, attempt, async (what, path) => {
    const text = await textIn(path),
      { signal, timeout } = options;
    if (text === undefined) return "absent";
    if (what === "sets") await (await theSets(options)).restore(text, { exist: true, file: path });
    else
      await withFirewall(what, options, (firewall) =>
        firewall.restore(text, { signal, timeout, file: path }),
      );
    return "loaded";
  });

/** Policies ACCEPT and no rules, in every table of both families. The files and the sets stay. */
export const flushForBoot = (options: BootOptions = {}, attempt?: Attempt): Promise<BootFile[]> =>
  each(options, attempt, async (what) => {
    if (what === "sets") return "absent";
    await withFirewall(what, options, async (firewall) => {
      for (const name of await firewall.tables())
        await firewall.transaction(name, (table) =>
          table.edit((draft) => {
            draft.flush();
            draft.deleteChain();
            for (const chain of table.chains) if (table.isBuiltIn(chain)) draft.policy(chain, "ACCEPT");
          }),
        );
    });
    return "flushed";
  });

/** Whether anything loads the files at boot, and whether they are what the kernel holds. */
export async function bootState(options: BootOptions = {}): Promise<BootState> {
  const files: BootState["files"][number][] = [];
  for (const what of PARTS) {
    const path = pathOf(what),
      kept = (await textIn(path)) ?? "",
      held =
        what === "sets"
          ? await savedSets(options)
          : await withFirewall(what, options, (firewall) => firewall.save());
    const [a, b] = what === "sets" ? [setLines(kept), setLines(held)] : [ruleTables(kept), ruleTables(held)];
    files.push({ path, what, state: a !== b ? "differs" : a === "" ? "absent" : "same" });
  }
  return { service: await bootService(), files };
}

/** Tables in an order of their own, as the two backends list them in different ones; those that say nothing are none. */
const ruleTables = (text: string): string =>
  text
    .replaceAll(/^#.*\n|^\[\d+:\d+\] | \[\d+:\d+\]$/gm, "")
    .split(/^(?=\*)/m)
    .filter((table) => !/^\*\w+\n(:\w+ ACCEPT\n)*COMMIT\n$/.test(table))
    .toSorted()
    .join("");
const setLines = (text: string): string =>
  text
    .split("\n")
    .map((line) => (line.startsWith("add ") ? line.replace(/ timeout \d+/, "") : line))
    .toSorted()
    .join("\n")
    .trim();

async function each(
  { sets: only = false }: BootOptions,
  attempt: Attempt = (work) => work(),
  work: (what: What, path: string) => Promise<BootFile["done"]>,
): Promise<BootFile[]> {
  const files: BootFile[] = [];
  for (const what of only ? PARTS.slice(0, 1) : PARTS) {
    const path = pathOf(what);
    try {
      files.push({ path, what, done: await attempt(() => work(what, path)) });
    } catch (error) {
      files.push({ path, what, done: "failed", error });
    }
  }
  return files;
}
async function withFirewall<T>(
  family: Family,
  { backend, netns, lockPath }: BootOptions,
  work: (firewall: Firewall) => Promise<T>,
): Promise<T> {
  await using firewall = await open({
    family,
    protect: false,
    ...(backend && { backend }),
    ...(netns !== undefined && { netns }),
    ...(lockPath !== undefined && { lockPath }),
  });
  return await work(firewall);
}
const theSets = ({ netns }: BootOptions): Promise<Sets> => openSets(netns === undefined ? {} : { netns });
/** A kernel without sets has none to save. */
async function savedSets(options: BootOptions): Promise<string> {
  const sets = await theSets(options);
  const names = await sets.names().catch((error: unknown) => {
    if (isRampartError(error, "permission")) throw error;
    return [];
  });
  return names.length > 0 ? await sets.save() : "";
}
/** Undefined where there is no such file. */
async function textIn(path: string): Promise<string | undefined> {
  try {
    return await readRulesFile(path);
  } catch (error) {
    if (
      isRampartError(error, "file") &&
      (error.cause as NodeJS.ErrnoException | undefined)?.code === "ENOENT"
    )
      return undefined;
    throw error;
  }
}
