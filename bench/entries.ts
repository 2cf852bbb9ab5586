import { isVerdict, parseRules, type Rule } from "../src/index.js";
import { encodeRule } from "../test/vectors/conformance.js";
import { contextOf } from "../test/vectors/iptables.js";

const TARGET_OFFSET = 88,
  NAME = 2;

/** The rules of chain BLOCK as the C program wants them: entries, with verdicts by name. */
export function entriesOf(text: string): Buffer {
  const [section] = parseRules(text).tables,
    ctx = contextOf("ipv4");
  const rules = (section?.commands ?? []).flatMap((command) =>
    command.command === "append" && command.chain === "BLOCK" ? command.rules : [],
  );
  return Buffer.concat(rules.map((rule) => named(Buffer.from(encodeRule(rule, ctx)), rule)));
}
function named(entry: Buffer, { jump }: Rule): Buffer {
  if (typeof jump === "string" && isVerdict(jump))
    entry.write(jump, entry.readUInt16LE(TARGET_OFFSET) + NAME, "latin1");
  return entry;
}
