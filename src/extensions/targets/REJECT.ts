import { struct, u32 } from "../../codec/struct.js";
import type { Family } from "../../model/family.js";
import { target } from "../define.js";
import { mapped } from "../kinds.js";
import { always, fail } from "../option.js";

/** The same word in both families, by another table. */
const ipv4 = struct("ipt_reject_info", "linux/netfilter_ipv4/ipt_REJECT.h", { with: u32 });
const ipv6 = struct("ip6t_reject_info", "linux/netfilter_ipv6/ip6t_REJECT.h", { with: u32 });
const TYPES = {
  ipv4: {
    "icmp-net-unreachable": 0,
    "icmp-host-unreachable": 1,
    "icmp-proto-unreachable": 2,
    "icmp-port-unreachable": 3,
    "icmp-net-prohibited": 5,
    "icmp-host-prohibited": 6,
    "tcp-reset": 7,
    "icmp-admin-prohibited": 8,
  },
  ipv6: {
    "icmp6-no-route": 0,
    "icmp6-adm-prohibited": 1,
    "icmp6-addr-unreachable": 3,
    "icmp6-port-unreachable": 4,
    "tcp-reset": 6,
    "icmp6-policy-fail": 7,
    "icmp6-reject-route": 8,
  },
} as const;
export type RejectWith = keyof (typeof TYPES)["ipv4"] | keyof (typeof TYPES)["ipv6"];
const SHORT: Readonly<Record<Family, Readonly<Record<string, RejectWith>>>> = {
  ipv4: {
    "net-unreach": "icmp-net-unreachable",
    "host-unreach": "icmp-host-unreachable",
    "proto-unreach": "icmp-proto-unreachable",
    "port-unreach": "icmp-port-unreachable",
    "net-prohib": "icmp-net-prohibited",
    "host-prohib": "icmp-host-prohibited",
    "tcp-rst": "tcp-reset",
    "admin-prohib": "icmp-admin-prohibited",
  },
  ipv6: {
    "no-route": "icmp6-no-route",
    "adm-prohibited": "icmp6-adm-prohibited",
    "addr-unreach": "icmp6-addr-unreachable",
    "port-unreach": "icmp6-port-unreachable",
    "policy-fail": "icmp6-policy-fail",
    "reject-route": "icmp6-reject-route",
  },
};
const tables: Readonly<Record<Family, Readonly<Record<string, number>>>> = TYPES;
const names = {
  ipv4: Object.keys(TYPES.ipv4) as RejectWith[],
  ipv6: Object.keys(TYPES.ipv6) as RejectWith[],
};
const port = (family: Family): RejectWith =>
  family === "ipv4" ? "icmp-port-unreachable" : "icmp6-port-unreachable";

const rejectWith = mapped(
  "with",
  (name: RejectWith, { family }) =>
    tables[family][name] ?? fail(`REJECT: ${family} has no reject type "${name}"`),
  (n, { family }) =>
    names[family].find((name) => tables[family][name] === n) ?? fail(`REJECT: ${family} reject type ${n}`),
  {
    parse(word, { family }) {
      const wanted = word.toLowerCase(),
        short = Object.entries(SHORT[family]);
      const means = (name: RejectWith) =>
        short.some(([alias, is]) => is === name && alias.startsWith(wanted));
      const found = names[family].find((name) => name.startsWith(wanted) || means(name));
      return found ?? fail(`unknown reject type "${word}"`);
    },
    print: (name) => name,
  },
);

/**
 * `-j REJECT`, in filter: drops the packet and tells the sender.
 *
 * @example reject({ rejectWith: "tcp-reset" })
 */
export const reject = target("REJECT", {
  revision: 0,
  info: { ipv4, ipv6 },
  options: {
    /** The answer: an ICMP error of the family, or `tcp-reset`, behind `-p tcp` only. Default: the family's port-unreachable. */
    rejectWith: always((_, { family }) => port(family), rejectWith),
  },
});
