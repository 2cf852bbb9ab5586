import {
  type AnySource,
  type BlockedChain,
  type Blocklist,
  type FormatOptions,
  fileCache,
  isRampartError,
  LIST_FORMATS,
  type ListFormat,
  blocklist as openBlocklist,
  reject,
  type SyncReport,
} from "../index.js";
import type { Command } from "./command.js";
import { type CommandLine, commandLine } from "./command-line.js";
import type { Io } from "./io.js";
import { progressBar } from "./progress-bar.js";
import {
  BACKEND_SWITCH,
  FAMILY_SWITCHES,
  givenWhere,
  HELP_SWITCH,
  JSON_SWITCH,
  NETNS_SWITCH,
} from "./session.js";
import { type Given, readSwitches, type Switch } from "./switches.js";

const CHAINS: readonly BlockedChain[] = ["INPUT", "FORWARD", "OUTPUT"];
const SWITCHES: readonly Switch[] = [
  { long: "format", value: LIST_FORMATS.join("|"), about: "How the sources are written. Default: auto." },
  {
    long: "column",
    value: "NAME|N",
    about: "With --format csv: which column. Default: the first that holds an address.",
  },
  { long: "separator", value: "CHARACTER", about: "With --format csv: what parts columns." },
  { long: "safe", value: "ADDRESS", about: "Never block it, whatever the lists say. May be given often." },
  { long: "no-safe", about: "Block this host, its gateway and your own session too where the lists say so." },
  {
    long: "chain",
    value: CHAINS.join("|"),
    about: "Where packets are compared with the list; may be given often. Default: INPUT.",
  },
  { long: "reject", about: "Answer with an ICMP error. Default: drop in silence." },
  { long: "no-rule", about: "Fill the sets only; the rules are yours." },
  {
    long: "engine",
    value: "sets|rules",
    about: "rules: chains split by prefix, for hosts without ipset. Default: sets.",
  },
  { long: "cache", value: "FOLDER", about: "Keep what was fetched there, and fetch only what has changed." },
  {
    long: "allow-empty",
    about: "Take lists without any address. Default: that is an error, and changes nothing.",
  },
  { long: "dry-run", about: "Read and check everything, change nothing." },
  JSON_SWITCH,
  ...FAMILY_SWITCHES,
  NETNS_SWITCH,
  BACKEND_SWITCH,
  HELP_SWITCH,
];

export const blocklist: Command = {
  name: "blocklist",
  summary: "Keep out all addresses of published lists, a million if need be",
  usage: [
    "blocklist sync NAME SOURCE... [--format FORMAT] [--safe ADDRESS]... [--cache FOLDER] [--dry-run] [--json]",
    "blocklist test NAME ADDRESS",
    "blocklist remove NAME",
  ],
  about: `A source is an https URL, a file, or - for standard input: addresses, networks and ranges, one a line, or CSV, or
JSON, packed by gzip or not. Overlaps are joined. What the kernel holds becomes that list in one step; it is never
empty or half full in between. Sources that cannot be read are an error, and the old list stays. This host, its
gateway and name servers, and whoever is logged in by ssh are never blocked. test ends with 0 if the list holds the
address, with 1 if not.`,
  switches: SWITCHES,
  examples: [
    {
      does: "Keep out what Spamhaus lists, every night anew",
      words: "blocklist sync drop https://www.spamhaus.org/drop/drop.txt",
    },
    { does: "See what would be blocked", words: "blocklist sync mine /etc/blocked.txt --dry-run" },
    { does: "A column of a table", words: "blocklist sync feodo feodo.csv --format csv --column dst_ip" },
  ],
  async run(args, io) {
    const line = commandLine(["blocklist", ...args], 1),
      given = readSwitches(SWITCHES, line),
      [verb, name, ...rest] = given.rest;
    if (!verb) return line.refuse("blocklist needs a command: sync, test or remove", args.length);
    if (!/^(sync|test|remove)$/.test(verb.word))
      return line.refuse(
        `there is no blocklist command "${verb.word}": it is sync, test or remove`,
        verb.index,
      );
    if (!name) return line.refuse(`${verb.word} needs the name of a list`, args.length);
    const list = listOf(
      name.word,
      rest.map(({ word }) => word),
      given,
      line,
      io,
    );
    if (verb.word === "sync") {
      if (rest.length === 0) return line.refuse("sync needs a source: an URL, a file, or -", args.length);
      return sync(list, given, io);
    }
    const [address, extra] = rest;
    if (verb.word === "remove") {
      if (address) return line.refuse("remove takes one name", address.index);
      await list.remove();
      return 0;
    }
    if (!address) return line.refuse("test needs an address", args.length);
    if (extra) return line.refuse("one address at a time", extra.index);
    const held = await list.has(address.word);
    io.complain(`${address.word} is ${held ? "" : "NOT "}in blocklist ${name.word}.\n`);
    return held ? 0 : 1;
  },
};

function listOf(
  name: string,
  sources: readonly string[],
  given: Given,
  line: CommandLine,
  io: Io,
): Blocklist {
  const format = given.value("format") ?? "auto",
    engine = given.value("engine") ?? "sets",
    column = given.value("column"),
    separator = given.value("separator"),
    cache = given.value("cache"),
    chains = given.values("chain");
  if (!LIST_FORMATS.includes(format as ListFormat))
    line.refuse(`there is no format "${format}": it is ${LIST_FORMATS.join(", ")}`, given.place("format"));
  if (engine !== "sets" && engine !== "rules")
    line.refuse(`there is no engine "${engine}": it is sets or rules`, given.place("engine"));
  if (given.has("ipv4") && given.has("ipv6"))
    line.refuse("-4 and -6 exclude each other; without either it is both", given.place("ipv6"));
  for (const chain of chains)
    if (!CHAINS.includes(chain as BlockedChain))
      line.refuse(`a list is for ${CHAINS.join(", ")}`, given.place("chain"));
  const how: FormatOptions = {
    format: format as ListFormat,
    ...(column !== undefined && { column: /^\d+$/.test(column) ? Number(column) : column }),
    ...(separator !== undefined && { separator }),
  };
  try {
    return openBlocklist(name, {
      sources: sources.map((source) => sourceOf(source, how, io)),
      engine: engine as "sets" | "rules",
      safe: given.has("no-safe") ? false : { also: given.values("safe") },
      rule: given.has("no-rule")
        ? false
        : {
            ...(chains.length > 0 && { chains: chains as readonly BlockedChain[] }),
            ...(given.has("reject") && { jump: reject({}) }),
          },
      allowEmpty: given.has("allow-empty"),
      ...(cache !== undefined && { cache: fileCache(cache) }),
      ...(given.has("ipv4") && { family: "ipv4" }),
      ...(given.has("ipv6") && { family: "ipv6" }),
      ...givenWhere(given, line),
    });
  } catch (error) {
    if (isRampartError(error, "invalid-value")) line.refuse(error.context.problem, line.words.indexOf(name));
    throw error;
  }
}
function sourceOf(word: string, how: FormatOptions, io: Io): AnySource {
  if (/^https?:\/\//i.test(word)) return { url: word, ...how };
  if (word !== "-") return { file: word, ...how };
  async function* input(): AsyncGenerator<string> {
    yield await io.input();
  }
  return { entries: input(), name: "standard input", ...how };
}

async function sync(list: Blocklist, given: Given, io: Io): Promise<number> {
  const bar = progressBar(io);
  let report: SyncReport;
  try {
    report = await list.sync({ onProgress: bar.show, dryRun: given.has("dry-run") });
  } finally {
    bar.end();
  }
  await io.write(
    given.has("json") ? `${JSON.stringify(report, undefined, 2)}\n` : described(report, given.has("dry-run")),
  );
  return 0;
}

/** Refused lines are told, but a long list of them helps nobody. */
const SHOWN = 10;
const many = (n: number, one: string): string => `${n.toLocaleString("en")} ${one}${n === 1 ? "" : "s"}`;
function described(report: SyncReport, dryRun: boolean): string {
  const { name, networks, added, removed, by, sources, refused, refusedCount, spared, rules, took } = report,
    lines: string[] = [];
  for (const { source, taken, unchanged, stale } of sources)
    lines.push(
      `${source}: ${many(taken, "entry").replace(/entrys$/, "entries")}${unchanged ? ", unchanged" : ""}${stale === undefined ? "" : `, as of the last time: ${stale}`}`,
    );
  for (const { source, line, text, reason } of refused.slice(0, SHOWN))
    lines.push(`${source}:${line}: "${text}": ${reason}`);
  if (refusedCount > SHOWN)
    lines.push(`and ${many(refusedCount - SHOWN, "refused line")} more (--json shows a thousand)`);
  for (const { address, why } of spared) lines.push(`${address} is not blocked: it is ${why}`);
  for (const { family, chain, action, number } of rules)
    if (action !== "kept") lines.push(`rule ${number} of ${chain} (${family}): ${action}`);
  const total = `${many(networks.ipv4, "network")} of IPv4 and ${networks.ipv6.toLocaleString("en")} of IPv6`;
  lines.push(
    dryRun
      ? `${name} would hold ${total}; nothing was changed`
      : `${name} holds ${total}; ${added} added, ${removed} removed${by === "whole" ? ", all of it loaded anew" : ""} in ${(took / 1000).toFixed(2)} s`,
  );
  return `${lines.join("\n")}\n`;
}
