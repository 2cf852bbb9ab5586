import { Attributes, host16, host32 } from "../../netlink/attributes.js";
import { ATTRIBUTE, align4, HEADER, NFGENMSG } from "../../netlink/wire.js";
import { chainIn } from "./rule-index.js";
import { EXPRESSION, MESSAGE, RULE, XT } from "./wire.js";

/**
 * Which part of a refused rule the kernel means: "match NAME", "target NAME" or "chain NAME". `offset` is where it said
 * that the fault is, counted from the message's header. Undefined where it is none of these.
 */
export function partAt(pieces: readonly Uint8Array[], sequence: number, offset: number): string | undefined {
  for (const piece of pieces)
    for (let at = 0; at + HEADER <= piece.length; at += align4(host32(piece, at)))
      if (host32(piece, at + 8) === sequence && host16(piece, at + 4) === MESSAGE.newRule)
        return partOfRule(piece, at, offset);
  return undefined;
}

function partOfRule(bytes: Uint8Array, message: number, offset: number): string | undefined {
  const fault = message + offset,
    isAt = (a: Attributes): boolean => fault >= a.at - ATTRIBUTE && fault < a.end,
    end = message + host32(bytes, message);
  for (const a = new Attributes(bytes, message + HEADER + NFGENMSG, end); a.next(); )
    if (isAt(a) && a.type === RULE.chain) return `chain ${a.text()}`;
    else if (isAt(a) && a.type === RULE.expressions)
      for (const element = a.nest(); element.next(); ) if (isAt(element)) return partOf(element);
  return undefined;
}
function partOf(element: Attributes): string | undefined {
  let name = "";
  for (const a = element.nest(); a.next(); )
    if (a.type === EXPRESSION.name) name = a.text();
    else if (a.type !== EXPRESSION.data) return undefined;
    else if (name === "immediate") {
      const chain = chainIn(a.nest());
      return chain === undefined ? undefined : `chain ${chain}`;
    } else if (name === "match" || name === "target")
      for (const xt = a.nest(); xt.next(); ) if (xt.type === XT.name) return `${name} ${xt.text()}`;
  return undefined;
}
