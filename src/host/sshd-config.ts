import { isAddress } from "./address.js";
import type { HostFiles } from "./files.js";
import { matchingPaths } from "./paths.js";

/** Where sshd is told to listen. */
export interface ListenPlace {
  readonly port: number;
  /** Any if absent. Names of hosts are not looked up: they count as any. */
  readonly address?: string;
  readonly file: string;
  readonly line: number;
}
const MAIN = "/etc/ssh/sshd_config",
  DEFAULT_PORT = 22,
  /** sshd itself stops there (servconf.h, SERVCONF_MAX_DEPTH). */
  DEEPEST = 16;

interface Found {
  readonly ports: ListenPlace[];
  /** Without a port they mean all of them. */
  readonly addresses: (Omit<ListenPlace, "port"> & { readonly port: number | undefined })[];
}

/**
 * What sshd_config(5) says of ports, its Include files included; undefined where there is no such file. `sshd -T` would know
 * more, but a library does not run other people's programs as root; and what counts in the end is which sockets listen.
 */
export async function sshdListens(files: HostFiles): Promise<ListenPlace[] | undefined> {
  const found: Found = { ports: [], addresses: [] };
  if (!(await readConfig(files, MAIN, found, 0))) return undefined;
  const { addresses } = found,
    ports = found.ports.length > 0 ? found.ports : [{ port: DEFAULT_PORT, file: MAIN, line: 1 }];
  if (addresses.length === 0) return ports;
  return addresses.flatMap(({ port, ...rest }) =>
    port === undefined ? ports.map((one) => ({ ...rest, port: one.port })) : [{ ...rest, port }],
  );
}

async function readConfig(files: HostFiles, file: string, found: Found, depth: number): Promise<boolean> {
  const text = await files.read(file);
  if (text === undefined || depth > DEEPEST) return false;
  for (const [i, source] of text.split("\n").entries()) {
    const [keyword = "", ...values] = wordsOf(source),
      place = { file, line: i + 1 };
    switch (keyword.toLowerCase()) {
      // Neither Port nor ListenAddress may stand in a Match block, and one ends with its file.
      case "match":
        return true;
      case "port":
        if (isPort(values[0])) found.ports.push({ ...place, port: Number(values[0]) });
        break;
      case "listenaddress":
        found.addresses.push({ ...place, ...listenAddress(values[0] ?? "") });
        break;
      case "include":
        for (const pattern of values) {
          const path = pattern.startsWith("/") ? pattern : `/etc/ssh/${pattern}`;
          for (const included of await matchingPaths(files, path))
            await readConfig(files, included, found, depth + 1);
        }
    }
  }
  return true;
}
/** `Keyword value`, `Keyword=value`, values in double quotes, comments at the end. */
const wordsOf = (line: string): string[] =>
  [...line.replace(/^(\s*\w+)\s*=/, "$1 ").matchAll(/"([^"]*)"|(#.*)|(\S+)/g)].flatMap(
    ([, quoted, comment, plain]) => (comment === undefined ? [quoted ?? plain ?? ""] : []),
  );
const isPort = (text: string | undefined): boolean =>
  /^\d{1,5}$/.test(text ?? "") && Number(text) > 0 && Number(text) < 65536;

/** `host`, `host:port`, `[v6]:port`, a bare IPv6 address; 0.0.0.0 and :: are any. */
export function listenAddress(text: string): { address?: string; port: number | undefined } {
  const [, bracketed, behind] = /^\[([^\]]*)\](?::(\d+))?$/.exec(text) ?? [],
    [, plain, port] = /^([^:]*):(\d+)$/.exec(text) ?? [],
    address = (bracketed ?? plain ?? text).replace(/%.*$/, ""),
    number = behind ?? port;
  return {
    ...(isAddress(address) && !/^(0\.0\.0\.0|::)$/.test(address) && { address }),
    port: isPort(number) ? Number(number) : undefined,
  };
}

/** Where systemd listens for sshd (systemd.socket(5)): the unit's files, and what generators and administrators add. */
const UNITS = ["ssh.socket", "sshd.socket"].flatMap((unit) =>
  ["/lib", "/usr/lib", "/run", "/etc"].flatMap((root) => [
    `${root}/systemd/system/${unit}`,
    `${root}/systemd/system/${unit}.d/*.conf`,
  ]),
);
const GENERATED = ["ssh.socket", "sshd.socket"].flatMap((unit) => [
  `/run/systemd/generator/${unit}`,
  `/run/systemd/generator/${unit}.d/*.conf`,
]);
export async function socketUnitListens(files: HostFiles): Promise<ListenPlace[]> {
  const places: ListenPlace[] = [];
  for (const pattern of [...UNITS, ...GENERATED])
    for (const file of await matchingPaths(files, pattern))
      for (const [i, line] of ((await files.read(file)) ?? "").split("\n").entries()) {
        const value = /^\s*ListenStream\s*=\s*(\S+)/.exec(line)?.[1];
        if (value === undefined) continue;
        const { port = undefined, address } = isPort(value) ? { port: Number(value) } : listenAddress(value);
        if (port !== undefined)
          places.push({ port, ...(address !== undefined && { address }), file, line: i + 1 });
      }
  return places;
}
