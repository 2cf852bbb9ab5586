import { isAddress } from "./address.js";
import { type HostFiles, systemFiles } from "./files.js";

/** The name servers that a resolv.conf(5) names. One of an interface (`fe80::1%eth0`) is given without it. */
export function resolversIn(text: string): string[] {
  const found = [...text.matchAll(/^[ \t]*nameserver[ \t]+([^\s#;%]+)/gm)].map(([, address = ""]) => address);
  return [...new Set(found)].filter(isAddress);
}
/** Those of /etc/resolv.conf; none where there is no such file. */
export const resolvers = async (files: HostFiles = systemFiles): Promise<string[]> =>
  resolversIn((await files.read("/etc/resolv.conf")) ?? "");
