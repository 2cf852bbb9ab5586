import { isNot, type Negatable, type Options } from "../model/rule.js";
import type { Conditions } from "./conditions.js";
import { numbers, PROTOCOL, STATE, STATES, type State, states } from "./field.js";

/** Of these conntrack has an entry; of the others the match sees none. */
const TRACKED = states("NEW", "ESTABLISHED", "RELATED");

const isState = (name: string): name is State => STATES.includes(name as State);

/** `--ctstate` and `--state`. SNAT and DNAT stand beside the states: they say what became of the connection's addresses. */
export function connectionState(value: Negatable<readonly string[]>, to: Conditions): void {
  const not = isNot(value),
    names = not ? value.not : value,
    set = states(...names.filter(isState));
  if (!names.includes("SNAT") && !names.includes("DNAT")) return to.field(STATE, set, not);
  to.natStates.push({ states: set, mapped: names.includes("DNAT"), not });
}

const DETAILS = ["ctorigsrc", "ctorigdst", "ctreplsrc", "ctrepldst"] as const;
const MORE = [
  "ctorigsrcport",
  "ctorigdstport",
  "ctreplsrcport",
  "ctrepldstport",
  "ctstatus",
  "ctexpire",
] as const;

/** `-m conntrack`: without an entry only the state is looked at, and without `--ctstate` nothing matches. */
export function connectionDetails(o: Options, to: Conditions): void {
  const state = o.ctstate as Negatable<readonly string[]> | undefined;
  if (state !== undefined) connectionState(state, to);
  const others = Object.keys(o).some((key) => key !== "ctstate");
  if (!others) return;
  if (state === undefined) to.field(STATE, TRACKED);
  else {
    // With an entry the rest counts too, without one it does not: which of them it is, is not known here.
    to.doubt("-m conntrack");
    return;
  }
  to.option(PROTOCOL, o.ctproto as Negatable<number>, numbers);
  if (o.ctdir !== undefined) to.fact((o.ctdir === "ORIGINAL") === (to.scene.direction !== "out"));
  if ([...DETAILS, ...MORE].some((key) => o[key] !== undefined)) to.doubt("-m conntrack");
}
