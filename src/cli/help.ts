import { extensionOptions } from "../index.js";
import type { Command } from "./command.js";
import type { Paint } from "./io.js";
import type { Switch } from "./switches.js";
import { VERBS, type Verb, VOCABULARY_SWITCHES } from "./vocabulary.js";
import { wrap } from "./wrap.js";

const WIDTH = 100;
const paragraphs = (text: string): string =>
  text
    .split("\n\n")
    .map((paragraph) => `\n${wrap(paragraph.replaceAll("\n", " "), 0, WIDTH)}\n`)
    .join("");

const COLUMN = 30;
function pair(left: string, right: string, paint: Paint): string {
  const gap = left.length < COLUMN - 2 ? " ".repeat(COLUMN - 2 - left.length) : `\n${" ".repeat(COLUMN)}`;
  return `  ${paint("bold", left)}${gap}${wrap(right, COLUMN, WIDTH)}\n`;
}
function switchLine({ long, short, value, optional, about }: Switch, paint: Paint): string {
  const name = value === undefined ? "" : optional ? ` [${value}]` : ` ${value}`;
  return pair(`${short === undefined ? "    " : `-${short}, `}--${long}${name}`, about, paint);
}
const section = (title: string, body: string, paint: Paint): string =>
  `\n${paint("underline", title)}\n${body}`;

export function commandHelp(command: Command, paint: Paint): string {
  const { name, summary, usage, about, switches, examples } = command;
  return [
    `${paint("bold", `rampart ${name}`)}: ${summary}${summary.endsWith(".") ? "" : "."}\n`,
    section("Usage", usage.map((line) => `  rampart ${line}\n`).join(""), paint),
    paragraphs(about),
    section("Options", switches.map((one) => switchLine(one, paint)).join(""), paint),
    section(
      "Examples",
      examples.map(({ does, words }) => `  ${paint("dim", `# ${does}`)}\n  rampart ${words}\n`).join(""),
      paint,
    ),
  ].join("");
}

export function verbHelp(verb: Verb, paint: Paint): string {
  const { short, long, words, about, examples, switches } = verb;
  const name = `rampart -${short}`,
    own = VOCABULARY_SWITCHES.filter((one) => switches.includes(one.long));
  return [
    `${wrap(`rampart -${short}, --${long}: ${about}`, 0, WIDTH).replace(name, paint("bold", name))}\n`,
    section("Usage", `  rampart [-t TABLE] -${short} ${words}\n`, paint),
    section("Options", own.map((one) => switchLine(one, paint)).join(""), paint),
    section(
      "Examples",
      examples.map(({ does, words }) => `  ${paint("dim", `# ${does}`)}\n  rampart ${words}\n`).join(""),
      paint,
    ),
  ].join("");
}

/** The options of a match or a target; undefined where there is none of that name. */
export function extensionHelp(name: string, paint: Paint): string | undefined {
  const kinds = (["match", "target"] as const).filter((kind) => extensionOptions(kind, name) !== undefined);
  if (kinds.length === 0) return undefined;
  const about = kinds.map((kind) => {
    const options = extensionOptions(kind, name)!.map(
      ({ word, words, negatable }) => `  ${negatable ? "[!] " : "    "}${word}${" VALUE".repeat(words)}\n`,
    );
    const use = kind === "match" ? "-m" : "-j";
    return section(`${use} ${name}`, options.length > 0 ? options.join("") : "  It has no options.\n", paint);
  });
  return `${paint("bold", name)}: a ${kinds.join(" and a ")} of rules.\n${about.join("")}\nThey are iptables' own: man iptables-extensions explains them.\n`;
}

export function generalHelp(commands: readonly Command[], paint: Paint): string {
  return [
    `${paint("bold", "rampart")}: iptables for Linux firewalls, without surprises.\n`,
    section(
      "Everyday commands",
      [
        ...commands.map(({ name, summary }) => pair(name, summary, paint)),
        pair(
          "help [COMMAND|MATCH|TARGET]",
          "Explain a command, or list an extension's options: `help allow`, `help -A`, `help conntrack`",
          paint,
        ),
        pair("version", "Print the version", paint),
      ].join(""),
      paint,
    ),
    section(
      "iptables' own words",
      VERBS.map(({ short, long, words, summary }) =>
        pair(`-${short} ${words}`, `${summary} (--${long})`, paint),
      ).join(""),
      paint,
    ),
    section("Options of those", VOCABULARY_SWITCHES.map((one) => switchLine(one, paint)).join(""), paint),
    section(
      "Rules",
      `  A rule is what a packet must be, and what becomes of it:
    -s ADDRESS  -d ADDRESS    where it comes from, where it goes to; 10.0.0.0/8, several with commas
    -i NAME     -o NAME       the interface it comes in, goes out through; eth+ is every eth
    -p tcp|udp|icmp|...       its protocol; then --dport 22, --sport 1024:65535, --icmp-type echo-request
    -m MATCH OPTIONS          anything else: -m conntrack --ctstate NEW, -m multiport --dports 80,443
    ! before an option        the opposite
    -j TARGET                 ACCEPT, DROP, RETURN, a chain, or a target with options: REJECT, LOG, DNAT, ...
    -g CHAIN                  go on in that chain and do not come back
  The words and their options are iptables': see man iptables-extensions.
`,
      paint,
    ),
    section(
      "A first firewall",
      `  rampart allow loopback
  rampart allow established
  rampart allow ssh --from 203.0.113.0/24
  rampart -P INPUT DROP
  rampart show
  rampart save --boot
`,
      paint,
    ),
    "\nExit status: 0 done; 1 the rules or the kernel say no; 2 a mistake on the command line; 3 this kernel has no\nsuch table, or you may not use it; 4 others hold the lock. No table is ever half done.\n",
  ].join("");
}
