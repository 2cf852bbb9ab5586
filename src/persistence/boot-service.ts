import { lstat, mkdir, readFile, symlink, unlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { writeRulesFile } from "./rules-files.js";

/** What shall be run at boot: absolute paths, and words that go before the command. */
export interface BootProgram {
  /** Such as `["/usr/bin/node", "/opt/rampart/dist/cli/main.js"]`. */
  readonly command: readonly string[];
  /** Such as `["--backend", "nft"]`. */
  readonly options?: readonly string[];
}
/**
 * `systemd`: a unit of Rampart's own. `netfilter-persistent`: a plugin for Debian's package of that name.
 * `iptables-persistent`: that package's own plugins load the rules; Rampart's plugin, where it is there, loads the sets.
 */
export type BootMethod = "systemd" | "netfilter-persistent" | "iptables-persistent";
export interface BootService {
  /** How the files would be loaded at boot on this system. */
  readonly method: BootMethod;
  /** Rampart's unit or plugin. */
  readonly path: string;
  readonly installed: boolean;
}

const UNIT = "etc/systemd/system/rampart-restore.service",
  WANTED = "etc/systemd/system/multi-user.target.wants/rampart-restore.service",
  PLUGINS = "usr/share/netfilter-persistent/plugins.d",
  /** run-parts goes by name: behind 10-ipset, before the rules of 15-ip4tables, and no dot in it. */
  PLUGIN = `${PLUGINS}/12-rampart`;

/** How this system loads a firewall at boot, and whether Rampart takes part. `root` is where the files are, for tests. */
export async function bootService(root = "/"): Promise<BootService> {
  const has = async (path: string) => (await lstat(join(root, path)).catch(() => undefined)) !== undefined;
  const plugins = await has(PLUGINS),
    rules = plugins && ((await has(`${PLUGINS}/15-ip4tables`)) || (await has(`${PLUGINS}/25-ip6tables`))),
    path = join(root, plugins ? PLUGIN : UNIT);
  return {
    method: rules ? "iptables-persistent" : plugins ? "netfilter-persistent" : "systemd",
    path,
    installed: (await has(plugins ? PLUGIN : UNIT)) && (plugins || (await has(WANTED))),
  };
}

/**
 * Installs what loads the files at boot: a plugin where netfilter-persistent is, else a unit that comes before the network.
 * Again is no mistake.
 *
 * @throws `file`
 */
export async function installBootService(program: BootProgram, root = "/"): Promise<BootService> {
  const { method, path } = await bootService(root);
  await mkdir(dirname(path), { recursive: true });
  if (method === "systemd") {
    await writeRulesFile(path, unitText(program), 0o644);
    const link = join(root, WANTED);
    await mkdir(dirname(link), { recursive: true });
    await symlink(`/${UNIT}`, link).catch(unless("EEXIST"));
  } else await writeRulesFile(path, pluginText(program, method === "iptables-persistent"), 0o755);
  return bootService(root);
}

/** Removes what `installBootService` made; the rules and their files stay. Gives false where there was nothing. */
export async function uninstallBootService(root = "/"): Promise<boolean> {
  let removed = false;
  for (const path of [WANTED, UNIT, PLUGIN]) {
    const full = join(root, path);
    if (path === PLUGIN && !(await readFile(full, "utf8").catch(() => "")).includes(MARK)) continue;
    await unlink(full).then(() => {
      removed = true;
    }, unless("ENOENT"));
  }
  return removed;
}
const unless =
  (code: string) =>
  (error: NodeJS.ErrnoException): void => {
    if (error.code !== code) throw error;
  };

/**
 * network-pre.target is passive: who wants to be before the network wants it, and comes before it (systemd.special(7)).
 * JavaScript is compiled at run time, so memory that is written to must be executable.
 */
export const unitText = ({ command, options = [] }: BootProgram): string => `[Unit]
Description=Restore the firewall: sets, and rules of both families
DefaultDependencies=no
Wants=network-pre.target systemd-modules-load.service local-fs.target
After=systemd-modules-load.service local-fs.target
Before=network-pre.target shutdown.target
Conflicts=shutdown.target

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=${[...command, "persist", "restore", ...options].map(unitWord).join(" ")}
CapabilityBoundingSet=CAP_NET_ADMIN CAP_NET_RAW CAP_SYS_MODULE
NoNewPrivileges=yes
ProtectSystem=strict
ReadWritePaths=/run
ProtectHome=read-only
PrivateTmp=yes
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK
LockPersonality=yes
SystemCallArchitectures=native

[Install]
WantedBy=multi-user.target
`;
/** systemd.service(5), COMMAND LINES: % and $ are doubled to be themselves. */
const unitWord = (word: string): string => {
  const escaped = word.replaceAll("%", "%%").replaceAll("$", "$$$$");
  return /^[\w./:@=,+%$-]+$/.test(escaped)
    ? escaped
    : `"${escaped.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
};

const MARK = "# Made by: rampart persist install";
const pluginText = ({ command, options = [] }: BootProgram, setsOnly: boolean): string => `#!/bin/sh
${MARK}
case "$1" in
start|restart|reload|force-reload) verb=restore ;;
save) verb=save ;;
flush) verb=flush ;;
stop) exit 0 ;;
*) echo "usage: $0 start|save|flush" >&2; exit 1 ;;
esac
exec ${command.map(shellWord).join(" ")} persist "$verb"${[...options, ...(setsOnly ? ["--sets"] : [])].map((word) => ` ${shellWord(word)}`).join("")}
`;
const shellWord = (word: string): string =>
  /^[\w./:@=,+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
