import { readFile } from "node:fs/promises";
import type { NameList, Names } from "../model/names.js";

export type NameListFiles = Readonly<Record<NameList, string>>;
export const NAME_LISTS: NameListFiles = {
  realm: "/etc/iproute2/rt_realms",
  deviceGroup: "/etc/iproute2/group",
  connlabel: "/etc/xtables/connlabel.conf",
};

type Entry = readonly [number: number, name: string];
type ReadLine = (line: string) => Entry | undefined;
/** A number up to 255, a name, anything: a zero in front means nothing. */
const iproute: ReadLine = (line) => {
  const [, digits = "", name = ""] = /^\s*(0x[\da-f]+|\d+)\s+([^\s#]+)/i.exec(line) ?? [];
  return name !== "" && Number(digits) <= 255 ? [Number(digits), name] : undefined;
};
/** A number in any base of C; the name is the rest of the line, which may hold blanks. */
const connlabel: ReadLine = (line) => {
  const [, digits = "", name = ""] = /^\s*(0x[\da-f]+|\d+)\s+([\w-](?:[\w -]*[\w-])?)\s*$/i.exec(line) ?? [];
  const number = /^0[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : Number(digits);
  return name === "" || Number.isNaN(number) ? undefined : [number, name];
};
const LINES: Readonly<Record<NameList, ReadLine>> = { realm: iproute, deviceGroup: iproute, connlabel };

/** The first of two lines counts. */
async function readList(list: NameList, path: string): Promise<readonly Entry[]> {
  const text = await readFile(path, "utf8").catch(() => ""),
    entries = text.split("\n").flatMap((line) => {
      const entry = LINES[list](line);
      return entry ? [entry] : [];
    });
  // A second name for a label is none.
  if (list !== "connlabel") return entries;
  return entries.filter(([number], i) => entries.findIndex(([other]) => other === number) === i);
}

/** The names that people gave to numbers in files like /etc/iproute2/rt_realms; none where there is no file. */
export async function readNameLists(files: NameListFiles): Promise<Pick<Names, "numberOf" | "nameOf">> {
  const lists = new Map<NameList, readonly Entry[]>();
  for (const list of Object.keys(files) as NameList[]) lists.set(list, await readList(list, files[list]));
  return {
    numberOf: (list, name) => lists.get(list)?.find(([, one]) => one === name)?.[0],
    nameOf: (list, number) => lists.get(list)?.find(([one]) => one === number)?.[1],
  };
}
