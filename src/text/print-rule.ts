import { fail, isRampartError, RampartError } from "../errors.js";
import type { Context } from "../extensions/extension.js";
import { printPart } from "../extensions/lookup.js";
import type { Family } from "../model/family.js";
import { builtInNames, type Names } from "../model/names.js";
import { type ProfileName, profileOf } from "../model/profile.js";
import { isNot, type Negatable, type Rule } from "../model/rule.js";
import type { Table } from "../model/table.js";
import { printProtocol } from "./protocols.js";

export interface PrintRuleOptions {
  /** Default `ipv4`. */
  readonly family?: Family | undefined;
  /** Default: the names that are built in. */
  readonly names?: Names | undefined;
  /** The version of iptables that words it. Default `1.8.9`. */
  readonly profile?: ProfileName | undefined;
}
export const printContext = ({
  family = "ipv4",
  names = builtInNames,
  profile,
}: PrintRuleOptions): Context => ({
  family,
  names,
  profile: profileOf(profile),
  setIndex: (name) => fail(`set ${name} has no number in a text`),
  setName: (index) => `#${index}`,
});

/**
 * The rule as iptables -S prints it, without the command.
 *
 * @throws `opaque` where a part is known to the kernel only.
 * @example printRule({ source: "10.0.0.0/8", jump: "DROP" }) // "-s 10.0.0.0/8 -j DROP"
 */
export const printRule = (rule: Rule, options: PrintRuleOptions = {}): string =>
  ruleText(rule, printContext(options)).slice(1);

/** The same, with a blank before each option. */
export function ruleText(rule: Rule, ctx: Context): string {
  const { source, destination, inInterface, outInterface, protocol, fragment, matches, jump, goto } = rule;
  let text = "";
  if (source !== undefined) text += signed(" -s ", source);
  if (destination !== undefined) text += signed(" -d ", destination);
  if (inInterface !== undefined) text += device(" -i ", inInterface, ctx);
  if (outInterface !== undefined) text += device(" -o ", outInterface, ctx);
  if (protocol !== undefined) {
    const not = isNot(protocol),
      value = not ? protocol.not : protocol;
    if (value !== 0) text += `${not ? " !" : ""} -p ${printProtocol(value, ctx)}`;
  }
  if (fragment !== undefined) text += isNot(fragment) ? " ! -f" : " -f";
  if (matches) for (let i = 0; i < matches.length; i++) text += ` ${printPart(matches[i]!, "match", ctx)}`;
  if (typeof jump === "string") text += ` -j ${jump}`;
  else if (jump !== undefined) text += ` ${printPart(jump, "target", ctx)}`;
  if (goto !== undefined) text += ` -g ${goto}`;
  return text;
}

/** What `print` makes of rule `ruleNumber` of a chain; where it cannot, the error says which rule it was. */
export function placedText(table: Table, chain: string, ruleNumber: number, print: () => string): string {
  try {
    return print();
  } catch (error) {
    if (!isRampartError(error, "opaque")) throw error;
    const spot = { family: table.family, table: table.name, chain, ruleNumber };
    throw new RampartError("opaque", { ...error.context, ...spot }, { cause: error });
  }
}

const signed = (option: string, value: Negatable<string>): string =>
  isNot(value) ? ` !${option}${value.not}` : option + value;
/** Any interface goes without saying, and in some profiles its negation. */
const device = (option: string, value: Negatable<string>, { profile }: Context): string =>
  (isNot(value) ? value.not === "+" && !profile.saysNothingMatches : value === "+")
    ? ""
    : signed(option, value);
