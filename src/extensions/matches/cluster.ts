import { struct, u32 } from "../../codec/struct.js";
import { isNot } from "../../model/rule.js";
import { match } from "../define.js";
import { integer, mapped, uint } from "../kinds.js";
import { fail, required } from "../option.js";

const info = struct("xt_cluster_match_info", "linux/netfilter/xt_cluster.h", {
  totalNodes: u32,
  nodeMask: u32,
  hashSeed: u32,
  flags: u32,
});
const MAX_NODES = 32,
  LARGEST = 0xffff_ffff;
const word32 = (n: number): string => `0x${n.toString(16).padStart(8, "0")}`;
const same = (n: number): number => n;

/** iptables takes masks up to 32 only, and so cannot read what it prints of a seventh node; printed masks are read here. */
const nodes = mapped("nodeMask", same, same, {
  parse: (word) => (/^0x[\da-f]{8}$/i.test(word) ? integer(word, LARGEST, 1) : integer(word, MAX_NODES, 1)),
  print: word32,
});
const seed = mapped("hashSeed", same, same, { parse: (word) => integer(word, LARGEST), print: word32 });

/**
 * `-m cluster`: whether this node of a cluster takes care of the connection; the others see the packets, too.
 *
 * @example cluster({ clusterLocalNodemask: 0x1, clusterTotalNodes: 2, clusterHashSeed: 0xdeadbeef })
 */
export const cluster = match("cluster", {
  revision: 0,
  info,
  need: ["clusterLocalNodemask", "clusterTotalNodes", "clusterHashSeed"],
  options: {
    /** The nodes that this machine is, one bit each. `--cluster-local-node` takes the number of one, from 1. */
    clusterLocalNodemask: required(nodes, "flags", 1),
    /** How many nodes there are, 1 to 32. */
    clusterTotalNodes: required(uint("totalNodes", MAX_NODES, 1)),
    /** What connections are spread by, 0 to 4294967295; the same on all nodes. */
    clusterHashSeed: required(seed),
  },
  aliases: {
    "--cluster-local-node": (word) => [
      "--cluster-local-nodemask",
      word32(2 ** (integer(word, MAX_NODES, 1) - 1)),
    ],
  },
  check: (o) => {
    const mask = isNot(o.clusterLocalNodemask) ? o.clusterLocalNodemask.not : (o.clusterLocalNodemask ?? 0);
    if (mask >= 2 ** (o.clusterTotalNodes ?? 0))
      fail("cluster: the local nodes are not among --cluster-total-nodes");
  },
});
