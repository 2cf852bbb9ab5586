import { readFile } from "node:fs/promises";
import { release } from "node:os";
import { join } from "node:path";

/**
 * `here`: loaded, or built into the kernel. `loadable`: its file is there. `missing`: it is not, and nothing will bring it.
 * `static`: this kernel loads no modules, so what it has can be seen by asking it. `unknown`: not loaded, and the
 * kernel's modules cannot be seen from here, as in a container.
 */
export type ModuleState = "here" | "loadable" | "missing" | "static" | "unknown";

/** A function that other modules use, for a kernel that has the module built in and no list of those. */
const EXPORTED: Readonly<Record<string, string>> = {
  nf_tables: "nft_register_expr",
  ip_tables: "ipt_register_table",
  ip6_tables: "ip6t_register_table",
};

/** Whether the kernel has a module. Nothing is loaded by asking. `root` is where the files are, for tests. */
export async function moduleState(name: string, root = "/"): Promise<ModuleState> {
  const read = (path: string) => readFile(join(root, path), "utf8").catch(() => undefined);
  const loaded = await read("proc/modules");
  if (loaded === undefined) return "static";
  if (new RegExp(`^${name} `, "m").test(loaded)) return "here";
  const folder = `lib/modules/${release()}`,
    lists = (list: string | undefined) => list !== undefined && new RegExp(`/${name}\\.ko`).test(list);
  if (lists(await read(`${folder}/modules.builtin`))) return "here";
  const files = await read(`${folder}/modules.dep`);
  if (lists(files)) return "loadable";
  const symbol = EXPORTED[name],
    symbols = symbol === undefined ? undefined : await read("proc/kallsyms");
  if (symbols?.includes(` ${symbol}\n`)) return "here";
  return files === undefined ? "unknown" : "missing";
}
