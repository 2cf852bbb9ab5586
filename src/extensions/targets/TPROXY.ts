import { be16, inetAddr, inetAddr4, struct, u32 } from "../../codec/struct.js";
import { target } from "../define.js";
import type { Context } from "../extension.js";
import { address, mapped, masked } from "../kinds.js";
import { always, fail, required } from "../option.js";
import { revision } from "../revision.js";

const FIELDS = { mask: "mark_mask", value: "mark_value", address: "laddr", port: "lport" } as const;
const info = struct(
  "xt_tproxy_target_info_v1",
  "linux/netfilter/xt_TPROXY.h",
  { mask: u32, value: u32, address: inetAddr, port: be16 },
  FIELDS,
);
const info0 = struct(
  "xt_tproxy_target_info",
  "linux/netfilter/xt_TPROXY.h",
  { mask: u32, value: u32, address: inetAddr4, port: be16 },
  FIELDS,
);
const ANYWHERE = { ipv4: "0.0.0.0", ipv6: "::" } as const;
const LARGEST = 2n ** 63n - 1n;

/** As getaddrinfo reads it: base 10, in 32 bits, none of them below zero; the port has 16 of them. No text is port 0. */
function portIn(word: string, { names }: Context): number {
  if (word === "") return 0;
  const number = /^\s*[+-]?\d+$/.test(word) ? BigInt(word) : undefined;
  if (number === undefined) return names.port(word) ?? fail(`invalid port/service "${word}"`);
  const int = Number(BigInt.asIntN(32, number));
  return int < 0 || number > LARGEST ? fail(`"${word}" is no port`) : int & 0xffff;
}
const same = (n: number): number => n;
const port = mapped("port", same, same, {
  parse: portIn,
  print: (n) => (n <= 0xffff ? `${n}` : fail(`${n} is not a number from 0 to 65535`)),
});

const onIp = {
  ...always((_, { family }) => ANYWHERE[family], address("address", "host")),
  unsaid: ({ family }: Context) => ANYWHERE[family],
};
const tproxyMark = always({ value: 0, mask: 0 }, masked("value", "mask", true));

/**
 * `-j TPROXY`, in mangle's PREROUTING: hands the packet to a socket of this host without touching it. The kernel takes it
 * with `-p tcp` and `-p udp` only.
 *
 * @example tproxy({ onPort: 3128, tproxyMark: { value: 1, mask: 1 } })
 */
export const tproxy = target("TPROXY", {
  revision: 1,
  info,
  revisions: [
    revision({
      revision: { ipv4: 0 },
      info: { ipv4: info0 },
      options: { onPort: required(port), onIp, tproxyMark },
    }),
  ],
  need: ["onPort"],
  options: {
    /** The socket's port, 0 to 65535; 0 is the one that the packet goes to. */
    onPort: required(port),
    /** The socket's address; any of the interface the packet came in by, unless given. */
    onIp,
    /** The packet's mark: what the mask covers is cleared, then the value is XORed in. 0x0/0x0 unless given. */
    tproxyMark,
  },
});
