import { isRampartError } from "../errors.js";
import { parseNetwork } from "../extensions/address-words.js";
import type { RuleFacts } from "../extensions/extension.js";
import { matches, targets } from "../extensions/registry.js";
import { factsOf } from "../extensions/rule-facts.js";
import { type Count, parseCount } from "../model/counters.js";
import type { Family, TableName } from "../model/family.js";
import type { Names } from "../model/names.js";
import type { ProfileName } from "../model/profile.js";
import { isVerdict, type Negatable, type Protocol, type Rule } from "../model/rule.js";
import { type CoreOption, coreOption, coreOptionsLike, wantsOwnWord } from "./core-options.js";
import { closePart, namesLike, namesOf, type OpenPart, openPart, readOption } from "./open-parts.js";
import { parseContext } from "./parse-context.js";
import { implicitByName, implicitMatch, parseProtocol } from "./protocols.js";

/** What surrounds the words of a rule. */
export interface RuleScope {
  readonly family: Family;
  readonly names: Names;
  /** The version of iptables whose words they are. Default `1.8.9`. */
  readonly profile?: ProfileName | undefined;
  readonly table?: TableName | undefined;
  /** The chain that the rule goes to, if that is known. */
  readonly chain?: string | undefined;
  /** Whether a chain exists; without it, a target that no extension has is taken for a chain. */
  readonly hasChain?: ((name: string) => boolean) | undefined;
  /** Refuses word number `index`; one past the last word means that something is missing at the end. */
  readonly refuse: (problem: string, index: number, cause?: unknown) => never;
}
export interface ParsedRules {
  /** One, or one for each pair of addresses where lists of them were given. */
  readonly rules: readonly Rule[];
  /** Whether every option was spelled out, and no match came unasked. */
  readonly literal: boolean;
}

type Draft = { -readonly [K in keyof Rule]: Rule[K] };
type Lists = { source: string[]; destination: string[] };

/** Reads a rule as iptables does: iptables(8), and conformance facts 5.2 to 5.7. Throws "syntax" through `refuse`. */
export function parseRuleWords(words: readonly string[], scope: RuleScope): ParsedRules {
  const { family, names, refuse } = scope;
  const ctx = parseContext(family, names, scope.profile);
  const rule: Draft = {},
    lists: Lists = { source: [], destination: [] },
    parts: OpenPart[] = [];
  let target: OpenPart | undefined,
    implied = false,
    literal = true,
    at = 0,
    protocol: Negatable<Protocol> | undefined,
    protocolWord = "";

  /** Runs what may refuse a value; the word at fault is the last one read. */
  const judged = <V>(read: () => V, index?: number): V => {
    try {
      return read();
    } catch (error) {
      if (!isRampartError(error) || error.code === "syntax") throw error;
      const problem = isRampartError(error, "invalid-value") ? error.context.problem : error.message;
      return refuse(problem, index ?? Math.min(at, words.length) - 1, error);
    }
  };
  /** The value in `--option=value` and `-xvalue`, until it is taken. */
  let glued: string | undefined;
  const next = (option: string): string => {
    const value = glued;
    glued = undefined;
    if (value !== undefined) return value;
    return at < words.length ? words[at++]! : refuse(`option "${option}" requires an argument`, words.length);
  };

  const plainProtocol = (): Protocol | undefined => (typeof protocol === "object" ? protocol.not : protocol);
  /** The protocol's own match, if it is not open yet. */
  const implicit = (): OpenPart | undefined => {
    const value = plainProtocol(),
      name =
        value === undefined || implied
          ? undefined
          : (implicitMatch(value, family) ?? implicitByName(protocolWord, family));
    const extension = name === undefined ? undefined : matches.get(name);
    return extension && !parts.some((part) => part.extension === extension)
      ? openPart(extension, at - 1)
      : undefined;
  };
  /** No rule of IPv6 can say `--fragments`, so nothing is a beginning of it there. */
  const isLikeCore = (word: string): boolean =>
    coreOptionsLike(word).some(({ long }) => family === "ipv4" || long !== "fragments");
  const among = (open: readonly OpenPart[], word: string): [OpenPart, string] | undefined => {
    const exact = open.find(({ extension }) => namesOf(extension).has(word));
    if (exact) return [exact, word];
    if (word.length <= 2 || isLikeCore(word)) return undefined;
    const likely = open.flatMap((part) =>
        namesLike(part.extension, word, family).map((name) => ({ part, name })),
      ),
      [first] = likely;
    // Two extensions may have an option of the same name, and a beginning of it tells neither.
    const isSame = ({ part, name }: (typeof likely)[number]): boolean =>
      name === first?.name && part.extension === first.part.extension;
    if (!first || !likely.every(isSame)) return undefined;
    literal = false;
    return [first.part, first.name];
  };
  /** The newest part first; then the protocol's own match, which joins with its first option. */
  const open = (): readonly OpenPart[] =>
    [...parts, ...(target ? [target] : [])].sort((a, b) => b.from - a.from);
  const optionOwner = (word: string): [OpenPart, string] | undefined => {
    const hit = among(open(), word);
    if (hit) return hit;
    const extra = implicit(),
      more = extra && among([extra], word);
    if (extra && more) {
      parts.push(extra);
      implied = true;
      literal = false;
    }
    return more;
  };

  const addresses = (key: "source" | "destination", option: string, not: boolean, index: number): void => {
    if (rule[key] !== undefined || lists[key].length > 0)
      refuse(`multiple ${option} flags not allowed`, index);
    const all = judged(() =>
      next(option)
        .split(",")
        .map((one) => parseNetwork(one.replace(/^\s+/, ""), family)),
    );
    const other = key === "source" ? "destination" : "source";
    const manyHere = all.length > 1 && (not || rule[other] !== undefined);
    if (manyHere || (not && lists[other].length > 1))
      refuse("! not allowed with multiple source or destination IP addresses", index);
    if (not) rule[key] = Object.freeze({ not: all[0]! });
    else lists[key] = all;
  };
  const anInterface = (
    key: "inInterface" | "outInterface",
    option: string,
    not: boolean,
    index: number,
  ): void => {
    if (rule[key] !== undefined) refuse(`multiple ${option} flags not allowed`, index);
    const name = next(option),
      wrong = key === "inInterface" ? /^(OUTPUT|POSTROUTING)$/ : /^(INPUT|PREROUTING)$/;
    if (name === "") refuse("Empty interface is likely to be undesired", at - 1);
    if (new TextEncoder().encode(name).length > 15)
      refuse(`interface name "${name}" must be shorter than 16 bytes`, at - 1);
    if (scope.chain !== undefined && wrong.test(scope.chain))
      refuse(`Can't use ${option} with ${scope.chain}`, index);
    rule[key] = not ? Object.freeze({ not: name }) : name;
  };
  const aProtocol = (option: string, not: boolean, index: number): void => {
    if (protocol !== undefined) refuse(`multiple ${option} flags not allowed`, index);
    protocolWord = next(option);
    const value = judged(() => parseProtocol(protocolWord, names));
    if (value === 0 && not) refuse("rule would never match protocol", at - 1);
    protocol = not ? Object.freeze({ not: value }) : value;
    // `-p all` leaves its trace in IPv6 alone.
    if (value !== 0 || family === "ipv6") rule.protocol = protocol;
  };
  const aMatch = (option: string, index: number): void => {
    const word = next(option),
      name = word === "icmpv6" || (word === "icmp" && family === "ipv6") ? "icmp6" : word;
    const extension = matches.get(name);
    if (extension?.revision(family) === undefined)
      refuse(`Rampart knows no match "${word}" for ${family}`, at - 1);
    parts.push(openPart(extension!, index));
  };
  const aJump = (key: "jump" | "goto", option: string, index: number): void => {
    if (rule.jump !== undefined || rule.goto !== undefined || target)
      refuse(`multiple ${option} flags not allowed`, index);
    const name = next(option),
      { hasChain } = scope;
    if (name === "" || new TextEncoder().encode(name).length > 28)
      refuse(`Invalid target name "${name}" (28 bytes at most)`, at - 1);
    if (/\s/.test(name)) refuse(`Invalid target name "${name}"`, at - 1);
    if (scope.table === "nat" && name === "DROP")
      refuse(
        'The "nat" table is not intended for filtering, the use of DROP is therefore inhibited.',
        at - 1,
      );
    const extension = targets.get(name),
      known = hasChain?.(name);
    if (key === "goto") {
      if (known === false || isVerdict(name)) refuse(`goto "${name}" is not a chain`, at - 1);
      rule.goto = name;
    } else if (known || isVerdict(name)) rule.jump = name;
    else if (extension?.revision(family) !== undefined) target = openPart(extension, index);
    else if (hasChain || extension)
      refuse(`there is no chain "${name}", and Rampart knows no such target for ${family}`, at - 1);
    else rule.jump = name;
  };
  const counters = (option: string): void => {
    const first = next(option),
      [packets = "", bytes = next(option)] = first.split(",", 2);
    const count = (word: string): Count =>
      parseCount(word) ?? refuse(`"${word}" is no counter in ${option}`, at - 1);
    rule.counters = Object.freeze({ packets: count(packets), bytes: count(bytes) });
  };
  const core = ({ long, kind }: CoreOption, word: string, not: boolean, index: number): void => {
    if (kind !== "rule") refuse(`${word} is not a part of a rule`, index);
    if (not && (long === "match" || long === "jump" || long === "goto" || long === "set-counters"))
      refuse(long === "match" ? "unexpected ! flag before --match" : `cannot have ! before ${word}`, index);
    if (long === "match") aMatch(word, index);
    else if (long === "jump" || long === "goto") aJump(long, word, index);
    else if (long === "source" || long === "src") addresses("source", word, not, index);
    else if (long === "destination" || long === "dst") addresses("destination", word, not, index);
    else if (long === "in-interface") anInterface("inInterface", word, not, index);
    else if (long === "out-interface") anInterface("outInterface", word, not, index);
    else if (long === "protocol") aProtocol(word, not, index);
    else if (long === "set-counters") counters(word);
    else {
      if (family === "ipv6")
        refuse(`unknown option "${word}": fragments are not matched so in IPv6, use -m frag`, index);
      if (rule.fragment !== undefined) refuse(`multiple ${word} flags not allowed`, index);
      rule.fragment = not ? Object.freeze({ not: true as const }) : true;
    }
  };
  /** `--option=value` and `-xvalue` are two words in one. */
  const unglued = (word: string): string => {
    const equals = word.startsWith("--") ? word.indexOf("=") : -1;
    const end = equals > 0 ? equals : isGlued(word, scope.profile) ? 2 : word.length;
    if (end === word.length) return word;
    glued = word.slice(equals > 0 ? end + 1 : end);
    literal = false;
    return word.slice(0, end);
  };
  /** A core option by the only long name that begins so. */
  const beginning = (name: string): CoreOption => {
    const long = name.startsWith("--") && name.length > 2,
      like = long ? coreOptionsLike(name) : [],
      others = long ? open().flatMap(({ extension }) => namesLike(extension, name, family)) : [];
    const names = [...like.map((one) => `--${one.long}`), ...others];
    if (names.length === 1 && like.length === 1) return like[0]!;
    const choice = names.length > 1 ? `: it could be ${names.join(" or ")}` : "";
    if (name.startsWith("-")) return refuse(`unknown option "${name}"${choice}`, at - 1);
    const hint = /^[(#]/.test(name) ? ": a note belongs on a line of its own that begins with #" : "";
    return refuse(`Bad argument "${name}"${hint}`, at - 1);
  };
  const partOption = ([part, name]: [OpenPart, string], not: boolean): void => {
    judged(() =>
      readOption(
        part,
        name,
        not,
        () => next(name),
        ctx,
        () => words[at],
      ),
    );
  };

  while (at < words.length) {
    let index = at,
      word = words[at++]!;
    const not = word === "!";
    if (not) {
      index = at;
      word = words[at++] ?? refuse("nothing appropriate following !", index);
      if (word === "!") refuse("multiple consecutive ! not allowed", index);
    }
    const name = unglued(word);
    const exact = coreOption(name),
      owned = exact ? undefined : optionOwner(name);
    if (owned) partOption(owned, not);
    else core(exact ?? beginning(name), name, not, index);
    if (glued !== undefined) refuse(`option "${name}" takes no value`, index);
  }

  const facts: RuleFacts = factsOf(protocol === undefined ? {} : { protocol });
  for (const { extension, options, from } of target ? [...parts, target] : parts)
    judged(() => extension.check(options, ctx, facts), from);
  if (parts.length > 0) rule.matches = Object.freeze(parts.map(closePart));
  if (target) rule.jump = closePart(target);
  return { rules: combinations(rule, lists, family), literal };
}

/** A short option and its value in one word. */
function isGlued(word: string, profile: ProfileName | undefined): boolean {
  const option = /^-[^-]./.test(word) ? coreOption(word.slice(0, 2)) : undefined;
  return option?.kind === "rule" && option.words !== 0 && !wantsOwnWord(option, profile);
}

/** One rule for each pair of addresses, the sources outermost. Any address is no condition. */
function combinations(rule: Draft, { source, destination }: Lists, family: Family): Rule[] {
  const any = family === "ipv4" ? "0.0.0.0/0" : "::/0";
  const choices = (list: readonly string[]): readonly (string | undefined)[] =>
    list.length === 0 ? [undefined] : list.map((address) => (address === any ? undefined : address));
  return choices(source).flatMap((from) =>
    choices(destination).map((to) =>
      Object.freeze({
        ...(from !== undefined && { source: from }),
        ...(to !== undefined && { destination: to }),
        ...rule,
      }),
    ),
  );
}
