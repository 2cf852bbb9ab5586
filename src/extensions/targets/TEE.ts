import { cstring, inetAddr, kernelPointer, struct } from "../../codec/struct.js";
import { target } from "../define.js";
import { address, text } from "../kinds.js";
import { required, unless } from "../option.js";

const info = struct("xt_tee_tginfo", "linux/netfilter/xt_TEE.h", {
  gw: inetAddr,
  oif: cstring(16, 15),
  priv: kernelPointer,
});

/**
 * `-j TEE`: sends a copy of the packet to another host of the local network.
 *
 * @example tee({ gateway: "192.0.2.1", oif: "eth1" })
 */
export const tee = target("TEE", {
  revision: 1,
  info,
  need: ["gateway"],
  options: {
    /** The host's address. */
    gateway: required(address("gw", "host")),
    /** The interface that leads to it; any unless given. */
    oif: unless("", text("oif", { max: 15, cut: true })),
  },
});
