/** linux/rtnetlink.h, linux/if_addr.h, linux/if_link.h: how the kernel is asked about interfaces, addresses and routes. */
import { struct, u8, u16, u32 } from "../codec/struct.js";

export const MESSAGE = { getLink: 18, getAddress: 22, getRoute: 26 } as const;

export const LINK = struct(
  "ifinfomsg",
  "linux/rtnetlink.h",
  { family: u8, pad: u8, type: u16, index: u32, flags: u32, change: u32 },
  {
    family: "ifi_family",
    pad: "__ifi_pad",
    type: "ifi_type",
    index: "ifi_index",
    flags: "ifi_flags",
    change: "ifi_change",
  },
);
export const ADDRESS = struct(
  "ifaddrmsg",
  "linux/if_addr.h",
  { family: u8, prefixLength: u8, flags: u8, scope: u8, index: u32 },
  {
    family: "ifa_family",
    prefixLength: "ifa_prefixlen",
    flags: "ifa_flags",
    scope: "ifa_scope",
    index: "ifa_index",
  },
);
export const ROUTE = struct(
  "rtmsg",
  "linux/rtnetlink.h",
  {
    family: u8,
    destinationLength: u8,
    sourceLength: u8,
    tos: u8,
    table: u8,
    protocol: u8,
    scope: u8,
    type: u8,
    flags: u32,
  },
  {
    family: "rtm_family",
    destinationLength: "rtm_dst_len",
    sourceLength: "rtm_src_len",
    tos: "rtm_tos",
    table: "rtm_table",
    protocol: "rtm_protocol",
    scope: "rtm_scope",
    type: "rtm_type",
    flags: "rtm_flags",
  },
);

export const LINK_ATTR = { name: 3, linkInfo: 18 } as const,
  LINK_KIND = 1,
  LINK_FLAG = { up: 1, loopback: 8 } as const;
export const ADDRESS_ATTR = { address: 1, local: 2, flags: 8 } as const,
  ADDRESS_FLAG = { permanent: 0x80 } as const;
export const ROUTE_ATTR = {
  destination: 1,
  outInterface: 4,
  gateway: 5,
  priority: 6,
  preferredSource: 7,
  multipath: 9,
  table: 15,
  via: 18,
} as const;
/** `struct rtnexthop`: u16 length, u8 flags, u8 hops, u32 interface; attributes follow. */
export const NEXT_HOP = { size: 8, interface: 4 } as const;

/** In the kernel's numbers. */
export const SCOPES: Readonly<Record<number, "universe" | "site" | "link" | "host">> = {
  0: "universe",
  200: "site",
  253: "link",
  254: "host",
};
export const ROUTE_TYPES = [
  "unspec",
  "unicast",
  "local",
  "broadcast",
  "anycast",
  "multicast",
  "blackhole",
  "unreachable",
  "prohibit",
] as const;
export const ROUTE_PROTOCOL_RA = 9;
