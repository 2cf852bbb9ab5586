import type { Host } from "./host.js";
import { type HostInterface, hostInterfaces } from "./links.js";
import { gatewaysIn, type HostRoute, hostRoutes, routeTo } from "./routes.js";

/** By which interfaces a peer's packets may come and go. */
export interface PeerPath {
  /** Absent where no route leads there. */
  readonly interfaces?: readonly string[];
  /** One of them is a tunnel: what carries it is another connection. */
  readonly tunnel?: string;
}
/** local, main and default; more of them come with rules that choose between them. */
const ORDINARY = new Set([253, 254, 255]);
const TUNNELS = new Set([
  "wireguard",
  "tun",
  "ipip",
  "sit",
  "ip6tnl",
  "gre",
  "gretap",
  "ip6gre",
  "vti",
  "xfrm",
  "ppp",
]);
const TUNNEL_NAME = /^(wg|tun|tap|tailscale|ppp|nebula|zt)/;

/** Asks for the ways of many peers; what is the same for all of them is asked for once. */
export async function peerPaths(host: Host): Promise<(peer: string) => Promise<PeerPath>> {
  const [interfaces, routes] = await Promise.all([hostInterfaces(host), hostRoutes(host)]);
  const outward = interfaces.filter(({ up, loopback }) => up && !loopback).map(({ name }) => name);
  return async (peer) => {
    const route = await routeTo(host, peer);
    if (!route) return {};
    const ways = [...new Set(route.hops.map((hop) => hop.interface))];
    const local = ways.every((name) => interfaces.find((one) => one.name === name)?.loopback);
    // Answers may leave by one way while packets come by another: then every interface is possible.
    const names = local || !mayDiffer(routes, route) ? ways : [...new Set([...ways, ...outward])];
    const tunnel = ways.find((name) => isTunnel(interfaces.find((one) => one.name === name)));
    return { interfaces: names, ...(tunnel !== undefined && { tunnel }) };
  };
}
const mayDiffer = (routes: readonly HostRoute[], { family, hops }: HostRoute): boolean =>
  hops.length > 1 ||
  routes.some((route) => route.family === family && !ORDINARY.has(route.table)) ||
  gatewaysIn(routes.filter((route) => route.family === family)).length > 1;
const isTunnel = (one: HostInterface | undefined): boolean =>
  one !== undefined && (TUNNELS.has(one.kind ?? "") || TUNNEL_NAME.test(one.name));
