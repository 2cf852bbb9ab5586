/**
 * Rampart says what iptables 1.8.9 says, which is Debian 12's. Where a later one is installed, as Debian 13's 1.8.11, it
 * judges all the same; what it is known to say otherwise is translated here, and nothing else.
 */
import { execFileSync } from "node:child_process";
import { systemNames } from "../../src/persistence/names.js";

const version = execFileSync("iptables-legacy", ["--version"], { encoding: "utf8" });
const since11 = Number(/v1\.8\.(\d+)/.exec(version)?.[1]) >= 11;

/** Words that 1.8.11 takes and 1.8.9 refuses, or the other way round; and what kernels like Debian 12's refuse. */
export const judgedOtherwise = (words: string): boolean =>
  (since11 && /--queue-balance \d+:65535|^-R .*-s \S+,/.test(words)) ||
  Number(/--hitcount (\d+)/.exec(words)?.[1] ?? 0) > 255;

const names = await systemNames();
/** What iptables-save printed: 1.8.11 gives numbers to protocols for which 1.8.9 looks into /etc/protocols. */
export const asSaved = (text: string): string =>
  text.replaceAll(/(?<= -p )\d+(?=\s)/g, (number) => names.protocolName(Number(number)) ?? number);

/** What `iptables -L -n` printed: later ones give names to protocols for which 1.8.9 gives numbers. */
export const asListed = (text: string): string =>
  text.replaceAll(/(?<=^.*?[ !])([a-z][\w-]*) +(?=(?:--|-f|!f) )/gm, (column, name: string) => {
    const number = name === "all" ? 0 : names.protocol(name);
    return number === undefined ? column : `${number}`.padEnd(4).concat(" ");
  });
