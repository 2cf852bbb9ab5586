import type { HostFiles } from "../../../src/host/files.js";

/** Files that are there only in words: path and content; content that begins with `-> ` is a link. */
export function filesOf(all: Readonly<Record<string, string>>): HostFiles {
  const link = /^-> (.*)$/s;
  return {
    read: async (path) => (link.test(all[path] ?? "-> ") ? undefined : all[path]),
    link: async (path) => link.exec(all[path] ?? "")?.[1],
    async list(path) {
      const inside = Object.keys(all).filter((one) => one.startsWith(`${path}/`));
      return [...new Set(inside.map((one) => one.slice(path.length + 1).split("/")[0]!))];
    },
  };
}
