import { match } from "../define.js";
import { bitset } from "../kinds.js";
import { given, info, STATE } from "./conntrack.js";

/** The old name of `conntrack --ctstate`: the kernel keeps a bit that says it was typed so. */
export const state = match("state", {
  revision: 3,
  info,
  need: ["state"],
  faceOf: { name: "conntrack", field: "matchFlags", mask: 0x2000 },
  options: { state: given(0x1, bitset("stateMask", STATE, { prefix: true })) },
});
