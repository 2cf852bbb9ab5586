/** linux/inet_diag.h, linux/sock_diag.h, linux/tcp.h: how the kernel is asked about sockets. */
import { be16, inetAddr, inner, innerSlots, struct, u8, u32 } from "../codec/struct.js";

export const MESSAGE = { byFamily: 20, destroy: 21 } as const;
/** The extension that brings `tcp_info`, as a bit of a request and as an attribute of an answer. */
export const INFO = 2,
  INFO_BIT = 1 << (INFO - 1);
/** `INET_DIAG_SKV6ONLY`, of sockets of IPv6. */
export const V6_ONLY = 11;

const HEADER = "linux/inet_diag.h";
const SOCKET_ID = struct(
  "inet_diag_sockid",
  HEADER,
  {
    localPort: be16,
    remotePort: be16,
    local: inetAddr,
    remote: inetAddr,
    interface: u32,
    cookieLow: u32,
    cookieHigh: u32,
  },
  {
    localPort: "idiag_sport",
    remotePort: "idiag_dport",
    local: "idiag_src",
    remote: "idiag_dst",
    interface: "idiag_if",
    cookieLow: "idiag_cookie[0]",
    cookieHigh: "idiag_cookie[1]",
  },
);
export const REQUEST = struct(
  "inet_diag_req_v2",
  HEADER,
  { family: u8, protocol: u8, extensions: u8, pad: u8, states: u32, id: inner(SOCKET_ID) },
  { family: "sdiag_family", protocol: "sdiag_protocol", extensions: "idiag_ext", states: "idiag_states" },
);
export const ANSWER = struct(
  "inet_diag_msg",
  HEADER,
  {
    family: u8,
    state: u8,
    timer: u8,
    retransmits: u8,
    id: inner(SOCKET_ID),
    expires: u32,
    receiveQueue: u32,
    writeQueue: u32,
    uid: u32,
    inode: u32,
  },
  {
    family: "idiag_family",
    state: "idiag_state",
    timer: "idiag_timer",
    retransmits: "idiag_retrans",
    expires: "idiag_expires",
    receiveQueue: "idiag_rqueue",
    writeQueue: "idiag_wqueue",
    uid: "idiag_uid",
    inode: "idiag_inode",
  },
);
export const REQUEST_ID = innerSlots(REQUEST.slots.id);
export const ANSWER_ID = innerSlots(ANSWER.slots.id);

/** Places in `struct tcp_info`, which grows at its end from kernel to kernel. */
export const TCP_INFO = {
  backoff: 4,
  unacknowledged: 24,
  bytesAcked: 120,
  bytesReceived: 128,
  size: 136,
} as const;

/** In the kernel's numbers, from 1 (net/tcp_states.h); a request has a bit for each. */
export const STATES = [
  "",
  "ESTABLISHED",
  "SYN_SENT",
  "SYN_RECV",
  "FIN_WAIT1",
  "FIN_WAIT2",
  "TIME_WAIT",
  "CLOSE",
  "CLOSE_WAIT",
  "LAST_ACK",
  "LISTEN",
  "CLOSING",
  "NEW_SYN_RECV",
] as const;
