import { struct, u32 } from "../../codec/struct.js";
import { match } from "../define.js";
import { bitset } from "../kinds.js";
import { required } from "../option.js";
import { revision } from "../revision.js";
import { given, info, STATE } from "./conntrack.js";

/** The extension that it was before conntrack could say the same. */
const ownInfo = struct("xt_state_info", "linux/netfilter/xt_state.h", { statemask: u32 });

/** UNTRACKED had another bit then than in newer programs, so it is left to them. */
const { UNTRACKED: _, ...BITS } = STATE;

/**
 * The old name of `conntrack --ctstate`: the kernel keeps a bit that says it was typed so.
 *
 * @example state({ state: ["ESTABLISHED", "RELATED"] })
 */
export const state = match("state", {
  revision: 3,
  info,
  need: ["state"],
  revisions: [
    revision({
      revision: 0,
      info: ownInfo,
      wire: "state",
      options: { state: required(bitset("statemask", BITS)) },
    }),
  ],
  faceOf: { name: "conntrack", field: "matchFlags", mask: 0x2000 },
  options: {
    /** States, of which one must fit, as `ctstate` of conntrack has them. */
    state: given(0x1, bitset("stateMask", STATE, { prefix: true })),
  },
});
