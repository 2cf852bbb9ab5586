import { isNot, type Negatable, type Options } from "../model/rule.js";
import type { Conditions } from "./conditions.js";

type Meaning = (options: Options, to: Conditions) => void;
/** A match that depends on how much passed before. `fresh`: what it says to the first packet. */
const limiter =
  (name: string, fresh: (options: Options) => boolean): Meaning =>
  (options, to) =>
    to.doubt(`-m ${name}`, fresh(options));

function recent(o: Options, to: Conditions): void {
  const which = ["rcheck", "update", "remove"].find((key) => o[key] !== undefined);
  // `--set` only writes down the address, and matches.
  if (which === undefined) return to.fact(!isNot(o.set as Negatable<true>));
  to.doubt(`-m recent --${which}`, isNot(o[which] as Negatable<true>));
}

export const limiters: Readonly<Record<string, Meaning>> = {
  limit: limiter("limit", () => true),
  hashlimit: limiter("hashlimit", (o) => o.hashlimitUpto !== undefined),
  connlimit: limiter("connlimit", (o) => o.connlimitAbove === undefined),
  quota: limiter("quota", (o) => !isNot(o.quota as Negatable<unknown>)),
  recent,
};
