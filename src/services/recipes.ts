import { fail } from "../errors.js";
import { conntrack } from "../extensions/matches/conntrack.js";
import { multiport } from "../extensions/matches/multiport.js";
import { tcp } from "../extensions/matches/tcp.js";
import { reject } from "../extensions/targets/REJECT.js";
import type { Family } from "../model/family.js";
import type { Part, Rule } from "../model/rule.js";
import { isServiceName, SERVICES, type ServiceDefinition, type ServiceName } from "./catalogue.js";

/** One rule of the filter table and the chain that it belongs to. */
export interface ChainRule {
  readonly chain: "INPUT" | "FORWARD" | "OUTPUT";
  readonly rule: Rule;
}
/** What a firewall shall do, as rules of its filter table. `applyService` finds the place for them. */
export interface Service {
  /** Allowing and blocking rules go to different places in their chain. */
  readonly intent: "allow" | "block";
  readonly title: string;
  readonly rules: readonly ChainRule[];
}

export interface AllowOptions {
  /** `in`, the default: others reach the service here. `out`: this host reaches the service elsewhere. */
  readonly direction?: "in" | "out";
  /** Who may reach it: addresses as `a.b.c.d/len`, one rule each. Default: anyone. With `out`: who may be reached. */
  readonly from?: string | readonly string[];
  /** Only through this interface. */
  readonly interface?: string;
}

/** Plain JavaScript may ask for any. */
const serviceNamed = (name: string): ServiceDefinition =>
  isServiceName(name)
    ? SERVICES[name]
    : fail(`there is no service "${name}": it is one of ${Object.keys(SERVICES).join(", ")}`);

type Address = Pick<Rule, "source" | "destination">;
const tracked = (...ctstate: ("NEW" | "ESTABLISHED" | "RELATED" | "INVALID")[]): Part =>
  conntrack({ ctstate });
const ports = (side: "s" | "d", list: readonly number[]): Part => {
  const [port] = list;
  if (list.length !== 1 || port === undefined)
    return side === "s" ? multiport({ sports: list }) : multiport({ dports: list });
  return side === "s" ? tcp({ sport: port }) : tcp({ dport: port });
};
const listed = (from: string | readonly string[] | undefined): readonly (string | undefined)[] =>
  from === undefined ? [undefined] : typeof from === "string" ? [from] : from;

/**
 * Allows a service: new and established connections one way, established ones back. The way back matters only where
 * the policy there is not ACCEPT.
 *
 * @throws `invalid-value` for a service that there is none of.
 * @example applyService(filter, allow("ssh", { from: "203.0.113.0/24" }))
 */
export function allow(service: ServiceName, options: AllowOptions = {}): Service {
  const { direction = "in", from, interface: device } = options,
    { title, ports: list } = serviceNamed(service);
  const inward = direction === "in";
  const there = (address: string | undefined): Address =>
    address === undefined ? {} : inward ? { source: address } : { destination: address };
  const request = listed(from).map((address): ChainRule => {
    const through = device === undefined ? {} : inward ? { inInterface: device } : { outInterface: device };
    const matches = [ports("d", list), tracked("NEW", "ESTABLISHED")];
    const rule: Rule = { ...there(address), ...through, protocol: "tcp", matches, jump: "ACCEPT" };
    return { chain: inward ? "INPUT" : "OUTPUT", rule };
  });
  const back = device === undefined ? {} : inward ? { outInterface: device } : { inInterface: device };
  const matches = [ports("s", list), tracked("ESTABLISHED")];
  const reply: Rule = { ...back, protocol: "tcp", matches, jump: "ACCEPT" };
  return {
    intent: "allow",
    title: `${title} ${inward ? "to this host" : "from this host"}`,
    rules: [...request, { chain: inward ? "OUTPUT" : "INPUT", rule: reply }],
  };
}

/** Everything over the loopback interface. */
export const loopback = (): Service => ({
  intent: "allow",
  title: "the loopback interface",
  rules: [
    { chain: "INPUT", rule: { inInterface: "lo", jump: "ACCEPT" } },
    { chain: "OUTPUT", rule: { outInterface: "lo", jump: "ACCEPT" } },
  ],
});

/** Answers to connections that this host began, and to those it let in. */
export const established = (): Service => ({
  intent: "allow",
  title: "established connections",
  rules: [
    { chain: "INPUT", rule: { matches: [tracked("RELATED", "ESTABLISHED")], jump: "ACCEPT" } },
    { chain: "OUTPUT", rule: { matches: [tracked("ESTABLISHED")], jump: "ACCEPT" } },
  ],
});

/** An internal network reaches an external one through this host. */
export const forward = (internal: string, external: string): Service => ({
  intent: "allow",
  title: `forwarding from ${internal} to ${external}`,
  rules: [{ chain: "FORWARD", rule: { inInterface: internal, outInterface: external, jump: "ACCEPT" } }],
});

/** Drops what belongs to no connection. */
export const dropInvalid = (): Service => ({
  intent: "block",
  title: "invalid packets",
  rules: [{ chain: "INPUT", rule: { matches: [tracked("INVALID")], jump: "DROP" } }],
});

export interface BlockOptions {
  /** Answer with an ICMP error instead of silence. Default false. */
  readonly reject?: boolean;
  /** Only what comes in through this interface. */
  readonly interface?: string;
}
const refusal = (rejecting: boolean, family: Family): NonNullable<Rule["jump"]> =>
  rejecting
    ? reject({ rejectWith: family === "ipv4" ? "icmp-port-unreachable" : "icmp6-port-unreachable" })
    : "DROP";

/**
 * Blocks whatever comes from an address, given as `a.b.c.d/len`.
 *
 * @example applyService(filter, block("203.0.113.51/32", { reject: true }))
 */
export function block(
  address: string,
  { reject: rejecting = false, interface: device }: BlockOptions = {},
): Service {
  const family = address.includes(":") ? "ipv6" : "ipv4";
  const through = device === undefined ? {} : { inInterface: device };
  const rule: Rule = { source: address, ...through, jump: refusal(rejecting, family) };
  return { intent: "block", title: address, rules: [{ chain: "INPUT", rule }] };
}

/** Keeps this host from using a service elsewhere: `blockOutgoing("smtp")` stops it from sending mail. */
export function blockOutgoing(service: ServiceName, family: Family = "ipv4"): Service {
  const { title, ports: list } = serviceNamed(service);
  const rule: Rule = { protocol: "tcp", matches: [ports("d", list)], jump: refusal(true, family) };
  return { intent: "block", title: `${title} from this host`, rules: [{ chain: "OUTPUT", rule }] };
}
