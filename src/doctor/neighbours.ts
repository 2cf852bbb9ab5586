/** Programs that keep chains of their own among iptables' tables, or tables of their own in nf_tables, by their names. */
interface Neighbour {
  readonly name: string;
  readonly chains?: RegExp;
  readonly tables?: RegExp;
}
const NEIGHBOURS: readonly Neighbour[] = [
  { name: "Docker", chains: /^DOCKER(-|$)/, tables: /^docker-/ },
  { name: "ufw", chains: /^ufw6?-/ },
  {
    name: "firewalld",
    chains: /^(INPUT|FORWARD|OUTPUT|PREROUTING|POSTROUTING)_(direct|ZONES|ZONES_SOURCE|IN_ZONES|OUT_ZONES)/,
    tables: /^firewalld$/,
  },
  { name: "fail2ban", chains: /^(f2b|fail2ban)-/, tables: /^f2b-/ },
  { name: "kube-proxy", chains: /^KUBE-/, tables: /^kube-proxy$/ },
  { name: "CNI plugins", chains: /^CNI-/, tables: /^cni_/ },
  { name: "Calico", chains: /^cali-/ },
  { name: "Cilium", chains: /^(OLD_)?CILIUM_/ },
  { name: "flannel", chains: /^FLANNEL-/, tables: /^flannel-/ },
  { name: "Weave", chains: /^WEAVE-/ },
  { name: "Podman (netavark)", chains: /^NETAVARK/, tables: /^netavark$/ },
  { name: "libvirt", chains: /^LIBVIRT_/, tables: /^libvirt_/ },
  { name: "LXD or Incus", tables: /^(lxd|incus|inet_lxd)$/ },
  { name: "Tailscale", chains: /^ts-/ },
  { name: "CrowdSec", chains: /^CROWDSEC/, tables: /^crowdsec/ },
  { name: "sshguard", chains: /^sshguard$/, tables: /^sshguard$/ },
  { name: "miniupnpd", chains: /^MINIUPNPD/, tables: /^miniupnpd$/ },
];

/** Whose a chain is, or a table of nf_tables; undefined where the name says nothing. */
export const ownerOfChain = (chain: string): string | undefined =>
  NEIGHBOURS.find(({ chains }) => chains?.test(chain))?.name;
export const ownerOfTable = (table: string): string | undefined =>
  NEIGHBOURS.find(({ tables }) => tables?.test(table))?.name;
