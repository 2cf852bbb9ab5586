/** linux/netfilter/nfnetlink_conntrack.h, nf_conntrack_common.h, nf_conntrack_tcp.h: tracked connections. */
const SUBSYSTEM = 1 << 8;
export const MESSAGE = { create: SUBSYSTEM, get: SUBSYSTEM | 1, delete: SUBSYSTEM | 2 } as const;

export const ATTR = {
  original: 1,
  reply: 2,
  status: 3,
  protocolInfo: 4,
  timeout: 7,
  mark: 8,
  id: 12,
  zone: 18,
} as const;
export const TUPLE = { address: 1, protocol: 2 } as const;
export const ADDRESS = {
  ipv4: { source: 1, destination: 2 },
  ipv6: { source: 3, destination: 4 },
} as const;
export const PROTOCOL = { number: 1, sourcePort: 2, destinationPort: 3 } as const;
export const TCP_INFO = 1;
export const TCP = { state: 1, flagsOriginal: 4, flagsReply: 5 } as const;
/** Both halves of `struct nf_ct_tcp_flags`: the flag, and that it is meant. Then packets out of the window pass. */
export const BE_LIBERAL = 0x08;

export const STATUS = {
  seenReply: 0x02,
  assured: 0x04,
  confirmed: 0x08,
  sourceNat: 0x10,
  destinationNat: 0x20,
} as const;
/** In the kernel's numbers (`enum tcp_conntrack`). */
export const TCP_STATES = [
  "NONE",
  "SYN_SENT",
  "SYN_RECV",
  "ESTABLISHED",
  "FIN_WAIT",
  "CLOSE_WAIT",
  "LAST_ACK",
  "TIME_WAIT",
  "CLOSE",
  "SYN_SENT2",
] as const;
