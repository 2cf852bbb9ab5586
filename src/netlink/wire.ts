/** linux/netlink.h and linux/netfilter/nfnetlink.h: the numbers that every conversation uses. */
export const NETLINK = { route: 0, sockDiag: 4, netfilter: 12 } as const;
export const NFPROTO = { unspec: 0, inet: 1, ipv4: 2, arp: 3, bridge: 7, ipv6: 10 } as const;

/** `struct nlmsghdr`, and `struct nfgenmsg` behind it. */
export const HEADER = 16,
  NFGENMSG = 4,
  ATTRIBUTE = 4;
export const NLMSG_ERROR = 2,
  NLMSG_DONE = 3,
  /** Messages were lost here. */
  NLMSG_OVERRUN = 4;

export const NLM_F = {
  request: 0x1,
  multi: 0x2,
  ack: 0x4,
  /** Of a dump: the objects changed while they were listed. */
  dumpInterrupted: 0x10,
  /** Of an error: only the header of the request follows the errno. */
  capped: 0x100,
  /** Of an error: attributes of `enum nlmsgerr_attrs` follow. */
  ackTlvs: 0x200,
  dump: 0x300,
  replace: 0x100,
  exclusive: 0x200,
  create: 0x400,
  append: 0x800,
} as const;

/** The two upper bits of an attribute's type; the rest says which attribute it is. */
export const NESTED = 0x8000,
  /** ipset refuses numbers without it. */
  NET_BYTEORDER = 0x4000,
  TYPE_MASK = 0x3fff;

export const align4 = (n: number): number => (n + 3) & ~3;
