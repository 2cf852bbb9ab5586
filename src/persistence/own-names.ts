import { readFile } from "node:fs/promises";
import type { NameList, Names } from "../model/names.js";

export type NameListFiles = Readonly<Record<NameList, string>>;
export const NAME_LISTS: NameListFiles = { realm: "/etc/iproute2/rt_realms" };

/** `NUMBER NAME` a line, the number in any base of C; the first of two lines counts. */
async function readList(path: string): Promise<readonly (readonly [number: number, name: string])[]> {
  const text = await readFile(path, "utf8").catch(() => "");
  return text.split("\n").flatMap((line) => {
    const [digits = "", name = ""] = line.replace(/#.*/, "").trim().split(/\s+/);
    const number = /^0[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : Number(digits);
    return name !== "" && Number.isInteger(number) ? [[number, name] as const] : [];
  });
}

/** The names that people gave to numbers in files like /etc/iproute2/rt_realms; none where there is no file. */
export async function readNameLists(files: NameListFiles): Promise<Pick<Names, "numberOf" | "nameOf">> {
  const lists = new Map<string, Awaited<ReturnType<typeof readList>>>();
  for (const [list, path] of Object.entries(files)) lists.set(list, await readList(path));
  return {
    numberOf: (list, name) => lists.get(list)?.find(([, one]) => one === name)?.[0],
    nameOf: (list, number) => lists.get(list)?.find(([one]) => one === number)?.[1],
  };
}
