import { array, innerSlots, kernelPointer, type Slot, struct, u8, u16, u32 } from "../../codec/struct.js";
import { target } from "../define.js";
import { MAC_BYTES, macAddress, oneOf, uint } from "../kinds.js";
import { depending, fail, flags, type Has, type Kind, required } from "../option.js";

const MAX_NODES = 16;
const info = struct(
  "ipt_clusterip_tgt_info",
  "linux/netfilter_ipv4/ipt_CLUSTERIP.h",
  {
    flags: u32,
    mac: array(MAC_BYTES, u8),
    totalNodes: u16,
    localCount: u16,
    localNodes: array(MAX_NODES, u16),
    hashMode: u32,
    hashInit: u32,
    config: kernelPointer,
  },
  {
    mac: "clustermac",
    totalNodes: "num_total_nodes",
    localCount: "num_local_nodes",
    hashInit: "hash_initval",
  },
);
const mac = macAddress("mac"),
  MULTICAST = 1;
const clustermac: typeof mac = {
  ...mac,
  parse(words, ctx) {
    const value = mac.parse(words, ctx);
    return Number.parseInt(value, 16) & MULTICAST ? value : fail(`${value} is no multicast address`);
  },
  print: (value) => value.toUpperCase(),
};
/** The kernel takes up to 16 nodes here, iptables one. */
const node: Kind<Has<"localCount"> & Has<"localNodes", Slot<number>[]>, number> = {
  ...uint("", MAX_NODES),
  bind: ({ localCount, localNodes }) => {
    const [first] = innerSlots(localNodes);
    return {
      store(b, o, value) {
        localCount.set(b, o, 1);
        first!.set(b, o, value);
      },
      load: (b, o) => first!.get(b, o),
    };
  },
};
const hashmodes = { sourceip: 0, "sourceip-sourceport": 1, "sourceip-sourceport-destport": 2 };
const whenNew = { beside: (o: { readonly new?: unknown }) => o.new !== undefined };

/**
 * `-j CLUSTERIP`, IPv4, in INPUT: several hosts share an address, each answers to its part of the clients. Gone since Linux
 * 6.4. Without options it goes on with an address that an earlier rule made.
 *
 * @example clusterip({ new: true, hashmode: "sourceip", clustermac: "01:00:5e:00:00:20", totalNodes: 2, localNode: 1 })
 */
export const clusterip = target("CLUSTERIP", {
  revision: { ipv4: 0 },
  info: { ipv4: info },
  options: {
    /** Makes the shared address; needs all of the others but `hashInit`, and they need it. */
    new: flags("flags")(1),
    /** What tells one host's packets from another's. */
    hashmode: depending(whenNew, required(oneOf("hashMode", hashmodes))),
    /** The hosts' common link-layer address, a multicast one. */
    clustermac: depending(whenNew, required(clustermac)),
    /** How many hosts there are, 0 to 16. */
    totalNodes: depending(whenNew, required(uint("totalNodes", MAX_NODES))),
    /** Which of them this host is, 0 to 16; they count from 1. */
    localNode: depending(whenNew, required(node)),
    /** What the hash begins with, 0 to 0xffffffff; 0 unless given. */
    hashInit: depending(whenNew, required(uint("hashInit", 0xffff_ffff))),
  },
  merge: (o) => (o.new && o.hashInit === undefined ? { ...o, hashInit: 0 } : o),
  check: ({ hashInit, ...o }) => {
    const given = Object.values(o).filter((value) => value !== undefined).length;
    if (given !== 0 && given !== 5)
      fail("CLUSTERIP: --new, --hashmode, --clustermac, --total-nodes and --local-node go together");
    if (hashInit !== undefined && given === 0) fail("CLUSTERIP: --hash-init needs --new");
  },
});
