import { protocolNumber } from "../model/protocol.js";
import { isNot, type Rule } from "../model/rule.js";
import type { RuleFacts } from "./extension.js";

/** What the rule's matches and target may ask about it. */
export function factsOf({ protocol }: Rule): RuleFacts {
  if (protocol === undefined) return { protocol: undefined, notProtocol: false };
  return isNot(protocol)
    ? { protocol: protocolNumber(protocol.not), notProtocol: true }
    : { protocol: protocolNumber(protocol), notProtocol: false };
}
