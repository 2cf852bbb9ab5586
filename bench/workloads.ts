/** The workloads of the benchmarks, as iptables-save would print them. Deterministic: every run sees the same text. */
export const WORKLOADS = {
  /** A blocklist: one address a rule. */
  W1: {
    title: "-s A.B.C.D/32 -j DROP",
    rule: (i: number) => `-s ${address(i)} -j DROP`,
  },
  /** Rules as servers have them. */
  W2: { title: "mixed real-life rules", rule: (i: number) => MIXED[i % MIXED.length]!(i) },
} as const;
export type Workload = keyof typeof WORKLOADS;

/** Spread over the address space, no two alike; `seed` moves them all. */
function address(i: number): string {
  const n = (Math.imul(i + 1, 0x9e3779b1) >>> 0) | 0x01000000;
  return `${(n >>> 24) % 223 || 1}.${(n >>> 16) & 255}.${(n >>> 8) & 255}.${n & 255}/32`;
}
const port = (i: number): number => 1 + (Math.imul(i, 7919) % 65_535);

/** The four forms of shared use: a service, a group of services, a logged stranger, a refused one. */
const MIXED: readonly ((i: number) => string)[] = [
  (i) =>
    `-p tcp -m tcp --dport ${port(i)} -m conntrack --ctstate NEW -m comment --comment "service ${i % 50}" -j ACCEPT`,
  (i) => `-s ${address(i)} -p tcp -m multiport --dports 80,443,${port(i)} -j ACCEPT`,
  (i) => `-s ${address(i)} -m limit --limit 5/min -j LOG --log-prefix "denied: "`,
  (i) => `-s ${address(i)} -p udp -m udp --dport ${port(i)} -j REJECT --reject-with icmp-port-unreachable`,
];

/** A whole rules file: the workload in a chain of its own that INPUT leads to. */
export function rulesFile(workload: Workload, count: number, from = 0): string {
  const lines = [
    "*filter",
    ":INPUT ACCEPT [0:0]",
    ":FORWARD ACCEPT [0:0]",
    ":OUTPUT ACCEPT [0:0]",
    ":BLOCK - [0:0]",
  ];
  lines.push("-A INPUT -j BLOCK");
  for (let i = from; i < from + count; i++) lines.push(`-A BLOCK ${WORKLOADS[workload].rule(i)}`);
  return `${lines.join("\n")}\nCOMMIT\n`;
}
