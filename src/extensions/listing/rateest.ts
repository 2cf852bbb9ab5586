import { isNot } from "../../model/rule.js";
import { printBitRate } from "../byte-rate.js";
import type { ListingForm } from "./words.js";

const MODES = { rateestLt: "lt", rateestGt: "gt", rateestEq: "eq" } as const;

/** With `-n` bytes a second, otherwise bits. */
export const rateest: ListingForm = (_, { numeric }, o) => {
  const bps = (key: string) => (numeric ? Number(o[key] ?? 0) / 8 : printBitRate(Number(o[key] ?? 0))),
    delta = (text: unknown) => (o.rateestDelta ? ` ${text}` : "");
  const modes = Object.keys(MODES) as (keyof typeof MODES)[],
    key = modes.find((one) => o[one] !== undefined);
  const mode = key ? ` ${isNot(o[key]) ? "! " : ""}${MODES[key]}` : "";
  const inBits = o.rateestBps2 !== undefined,
    inPackets = o.rateestPps2 !== undefined;
  const pps = (side: string) => `${o[side] ?? 0}`;
  const head = `rateest match ${o.rateest1 ?? ""}${o.rateestDelta ? " delta" : ""}`;
  if (o.rateest2 === undefined)
    return [
      head,
      inBits ? ` bps${delta(bps("rateestBps1"))} ${bps("rateestBps2")}${mode}` : "",
      inPackets ? ` pps${delta(pps("rateestPps1"))}${mode} ${pps("rateestPps2")}` : "",
    ].join("");
  const side = (n: 1 | 2) =>
    [
      inBits ? ` bps${delta(bps(`rateestBps${n}`))}` : "",
      inPackets ? ` pps${delta(pps(`rateestPps${n}`))}` : "",
    ].join("");
  return `${head}${side(1)}${mode} ${o.rateest2}${side(2)}`;
};
