import { readFile } from "node:fs/promises";
import type { ListingNames } from "../text/listing.js";
import { NAME_LISTS, readNameLists } from "./own-names.js";

const FILES = {
  services: "/etc/services",
  protocols: "/etc/protocols",
  users: "/etc/passwd",
  groups: "/etc/group",
} as const;

/** A file that is not there gives no names. */
const lines = async (path: string): Promise<string[]> =>
  (await readFile(path, "utf8").catch(() => "")).split("\n").map((line) => line.replace(/#.*/, ""));

/** The first name of each number counts, as with getservbyport and its kin. */
function firsts<K>(entries: Iterable<readonly [key: K, name: string]>): ReadonlyMap<K, string> {
  const map = new Map<K, string>();
  for (const [key, name] of entries) if (!map.has(key)) map.set(key, name);
  return map;
}
const columns = (list: readonly string[]): string[][] =>
  list.map((line) => line.trim().split(/\s+/)).filter(([name, value]) => name !== "" && value !== undefined);
const ids = (list: readonly string[]) =>
  firsts(list.map((line) => line.split(":")).map(([name = "", , id]) => [Number(id), name] as const));

/** The names by which this machine lists numbers: /etc/services, protocols, passwd, group and those of iproute2. No DNS, no NIS. */
export async function systemListingNames(files: Partial<typeof FILES> = {}): Promise<ListingNames> {
  const { services, protocols, users, groups } = { ...FILES, ...files };
  const [s, p, u, g] = await Promise.all([services, protocols, users, groups].map(lines));
  const byPort = firsts(columns(s!).map(([name = "", port = ""]) => [port, name] as const)),
    byProtocol = firsts(columns(p!).map(([name = "", number]) => [Number(number), name] as const)),
    byUser = ids(u!),
    byGroup = ids(g!);
  return {
    serviceName: (port, protocol) => byPort.get(`${port}/${protocol}`),
    protocolName: (protocol) => byProtocol.get(protocol),
    userName: (uid) => byUser.get(uid),
    groupName: (gid) => byGroup.get(gid),
    nameOf: (await readNameLists(NAME_LISTS)).nameOf,
  };
}
