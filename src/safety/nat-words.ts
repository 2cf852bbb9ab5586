import type { Family } from "../model/family.js";
import { addressBound, rangeBounds } from "./address-bounds.js";
import type { Bounds } from "./bounds.js";
import { numbers } from "./field.js";

/** Where a DNAT leads: undefined stays what it was. */
export interface NatRange {
  readonly addresses: Bounds | undefined;
  readonly ports: Bounds | undefined;
}
/** `[ADDRESS[-ADDRESS]][:PORT[-PORT[/BASE]]]`, IPv6 addresses in brackets where ports follow; canonical, as options are. */
export function natRangeOf(text: string, family: Family): NatRange {
  const bracket = text.indexOf("]"),
    colon =
      family === "ipv4" ? text.indexOf(":") : bracket >= 0 ? text.indexOf(":", bracket) : onlyPorts(text);
  const addresses = (colon < 0 ? text : text.slice(0, colon)).replace(/^\[|\]$/g, ""),
    [ports = ""] = colon < 0 ? [] : text.slice(colon + 1).split("/");
  const [low = "", high = low] = ports.split("-");
  return {
    addresses: addresses === "" ? undefined : addressesOf(addresses, family),
    ports: ports === "" ? undefined : numbers([Number(low), Number(high)]),
  };
}
const onlyPorts = (text: string): number => (/^:\d/.test(text) ? 0 : -1);
function addressesOf(text: string, family: Family): Bounds {
  if (text.includes("-")) return rangeBounds(text, family);
  const one = addressBound(text, family);
  return typeof one === "number" ? [one, one + 1] : [one, (one as bigint) + 1n];
}
