import {
  type Family,
  type Firewall,
  isProfileName,
  type OpenOptions,
  open,
  PROFILE_NAMES,
  type ProfileName,
  type WriteOptions,
} from "../index.js";
import type { CommandLine } from "./command-line.js";
import { isLockTimeout } from "./failure.js";
import type { Io } from "./io.js";
import { withModules } from "./modules.js";
import type { Given, Switch } from "./switches.js";

export const FAMILY_SWITCHES: readonly Switch[] = [
  { long: "ipv4", short: "4", about: "The IPv4 tables. This is the default." },
  { long: "ipv6", short: "6", about: "The IPv6 tables, as ip6tables." },
];
/** Of a command that works on both families unless it is told one. */
export const EITHER_FAMILY_SWITCHES: readonly Switch[] = [
  { ...FAMILY_SWITCHES[0]!, about: "Only the IPv4 tables. Default: both families." },
  { ...FAMILY_SWITCHES[1]!, about: "Only the IPv6 tables." },
];
export const NETNS_SWITCH: Switch = {
  long: "netns",
  value: "PATH|NAME|pid:N",
  about: "Work in that network namespace: a path, a name from `ip netns`, or the one of a process.",
};
export const BACKEND_SWITCH: Switch = {
  long: "backend",
  value: "legacy|nft",
  about:
    "Whose tables: those of iptables-legacy or of iptables-nft. Default: $RAMPART_BACKEND, else the one that holds rules.",
};
export const PROFILE_SWITCH: Switch = {
  long: "profile",
  value: PROFILE_NAMES.join("|"),
  about: "Say and read rules as that version of iptables does. Default: 1.8.9.",
};
export const WAIT_SWITCH: Switch = {
  long: "wait",
  short: "w",
  value: "SECONDS",
  optional: true,
  about: "Wait so long for others who change the tables, without SECONDS for ever. Default: 5.",
};
export const FORCE_SWITCH: Switch = {
  long: "force",
  about: "Write even what cuts off who is logged in by ssh. Default: refuse it, and name the rule.",
};
export const HELP_SWITCH: Switch = { long: "help", short: "h", about: "This text." };
export const JSON_SWITCH: Switch = { long: "json", about: "Print JSON instead of text." };

export function familyOf(given: Given, line: CommandLine): Family {
  if (given.has("ipv4") && given.has("ipv6"))
    line.refuse("-4 and -6 exclude each other: one command works on one family", given.place("ipv6"));
  return given.has("ipv6") ? "ipv6" : "ipv4";
}

/** Which of the kernel's tables are meant. */
export type Where = Pick<OpenOptions, "netns" | "backend">;
/** From the values of --netns and --backend. */
export function whereOf(
  value: (long: string) => string | undefined,
  refuse: (problem: string) => never,
): Where {
  const netns = value("netns"),
    backend = value("backend");
  if (backend !== undefined && backend !== "legacy" && backend !== "nft")
    refuse(`"${backend}" is no backend: it is legacy or nft`);
  return { ...(netns !== undefined && { netns }), ...(backend !== undefined && { backend }) };
}
export const givenWhere = (given: Given, line: CommandLine): Where =>
  whereOf(given.value, (problem) => line.refuse(problem, given.place("backend")));

/** From the value of --profile. */
export function profileName(name: string | undefined, refuse: (problem: string) => never): ProfileName {
  if (name === undefined) return "1.8.9";
  return isProfileName(name)
    ? name
    : refuse(`"${name}" is no version that Rampart has a profile of: it has ${PROFILE_NAMES.join(" and ")}`);
}
export const givenProfile = (given: Given, line: CommandLine): ProfileName =>
  profileName(given.value("profile"), (problem) => line.refuse(problem, given.place("profile")));

export async function withFirewall<T>(
  family: Family,
  where: Where,
  work: (firewall: Firewall) => Promise<T>,
): Promise<T> {
  await using firewall = await open({ family, ...where });
  return await work(firewall);
}

const DEFAULT_WAIT = 5_000;
/** From the value of `-w`: milliseconds. */
export function waitTime(seconds: string | undefined, refuse: (problem: string) => never): number {
  if (seconds === undefined) return DEFAULT_WAIT;
  if (seconds === "") return Number.POSITIVE_INFINITY;
  return /^\d+$/.test(seconds) ? Number(seconds) * 1000 : refuse(`"${seconds}" is not a number of seconds`);
}
export const waitOf = (given: Given, line: CommandLine): number =>
  waitTime(given.value("wait"), (problem) => line.refuse(problem, given.place("wait")));

/** How a command writes. */
export interface Writing {
  /** Milliseconds to wait for others. */
  readonly wait: number;
  readonly force: boolean;
}
export const writingOf = (given: Given, line: CommandLine): Writing => ({
  wait: waitOf(given, line),
  force: given.has("force"),
});

/** How long one waits in silence before saying for whom. */
const PATIENCE = 1_000;
/**
 * Runs `work`, which writes: where the kernel lacks its tables, loads them; where the lock is taken for long, says so
 * before it goes on waiting.
 */
export async function patiently(
  io: Io,
  { wait, force }: Writing,
  work: (options: WriteOptions) => Promise<void>,
): Promise<void> {
  const onWarning = (warning: string) => io.complain(`warning: ${warning}\n`),
    attempt = (timeout: number) => withModules(() => work({ timeout, force, onWarning }));
  if (wait <= PATIENCE) return attempt(wait);
  try {
    await attempt(PATIENCE);
  } catch (error) {
    if (!isLockTimeout(error)) throw error;
    const { holder, holderName, path } = error.context;
    const who = holder === undefined ? "Another program" : `${holderName ?? "A program"} (pid ${holder})`;
    const left = wait - PATIENCE,
      howLong = Number.isFinite(left) ? `up to ${Math.ceil(left / 1000)} s more` : "until it is free";
    io.complain(`${who} holds the xtables lock ${path}; waiting ${howLong}...\n`);
    await attempt(left);
  }
}
