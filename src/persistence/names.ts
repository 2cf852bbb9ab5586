import { readFile } from "node:fs/promises";
import { builtInNames, type Names } from "../model/names.js";
import { NAME_LISTS, type NameListFiles, readNameLists } from "./own-names.js";

/** The words of each line of a file in the style of /etc/services; none where there is no file. */
async function linesOf(path: string): Promise<string[][]> {
  const text = await readFile(path, "utf8").catch(() => "");
  return text
    .split("\n")
    .map((line) => line.replace(/#.*/, "").trim().split(/\s+/))
    .filter((words) => words.length > 1);
}

export interface NameFiles {
  readonly services: string;
  readonly protocols: string;
  readonly users: string;
  readonly groups: string;
  readonly lists: NameListFiles;
}
const FILES: NameFiles = {
  services: "/etc/services",
  protocols: "/etc/protocols",
  users: "/etc/passwd",
  groups: "/etc/group",
  lists: NAME_LISTS,
};

/** The numbers in a file in the style of /etc/passwd, by name. */
async function idsOf(path: string): Promise<ReadonlyMap<string, number>> {
  const text = await readFile(path, "utf8").catch(() => "");
  const entries = text.split("\n").map((line) => line.split(":"));
  return new Map(entries.flatMap(([name, , id]) => (name && id ? [[name, Number(id)]] : [])));
}

/**
 * The names of these files, where they are there, over those that are built in: services(5), protocols(5), passwd(5),
 * group(5), and those of iproute2. No DNS, no NIS.
 */
export async function readNames({ services, protocols, users, groups, lists }: NameFiles): Promise<Names> {
  const ports = new Map<string, number>(),
    numbers = new Map<string, number>(),
    names = new Map<number, string>();
  const remember = <K, V>(map: Map<K, V>, key: K, value: V) => map.has(key) || map.set(key, value);
  for (const [name, port = "", ...aliases] of await linesOf(services)) {
    const [number = "", protocol = ""] = port.split("/");
    for (const alias of [name!, ...aliases]) {
      remember(ports, alias, Number(number));
      remember(ports, `${alias}/${protocol}`, Number(number));
    }
  }
  for (const [name, number, ...aliases] of await linesOf(protocols)) {
    for (const alias of [name!, ...aliases]) remember(numbers, alias.toLowerCase(), Number(number));
    remember(names, Number(number), name!);
  }
  const userIds = await idsOf(users),
    groupIds = await idsOf(groups);
  return {
    port: (name, protocol) =>
      ports.get(protocol === undefined ? name : `${name}/${protocol}`) ?? builtInNames.port(name, protocol),
    // What the file leaves out is no name, and its number stays a number, as with iptables.
    protocol: (name) => (numbers.size > 0 ? numbers.get(name) : builtInNames.protocol(name)),
    protocolName: (number) => (names.size > 0 ? names.get(number) : builtInNames.protocolName(number)),
    user: (name) => userIds.get(name) ?? builtInNames.user(name),
    group: (name) => groupIds.get(name) ?? builtInNames.group(name),
    ...(await readNameLists(lists)),
  };
}

let system: Promise<Names> | undefined;
/** This host's names, read once. */
export function systemNames(): Promise<Names> {
  system ??= readNames(FILES);
  return system;
}
