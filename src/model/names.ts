/** Numbers that people name in a file of their own: realms of routes, groups of interfaces, labels of connections. */
export type NameList = "realm" | "deviceGroup" | "connlabel";
/** Names of services, protocols, users and groups, as the files of a host's /etc have them. */
export interface Names {
  /** A service's port, under any protocol unless one is given. */
  port(name: string, protocol?: string): number | undefined;
  protocol(name: string): number | undefined;
  protocolName(number: number): string | undefined;
  /** A user's number. */
  user(name: string): number | undefined;
  group(name: string): number | undefined;
  /** What the number is that the host has this name for. */
  numberOf(list: NameList, name: string): number | undefined;
  nameOf(list: NameList, number: number): string | undefined;
}

/** What a host without /etc/services would still expect to work; RFC 6335's registry, iana.org/assignments. */
const PORTS: ReadonlyMap<string, number> = new Map(
  Object.entries({
    "ftp-data": 20,
    ftp: 21,
    ssh: 22,
    telnet: 23,
    smtp: 25,
    time: 37,
    domain: 53,
    bootps: 67,
    bootpc: 68,
    tftp: 69,
    http: 80,
    www: 80,
    kerberos: 88,
    pop3: 110,
    sunrpc: 111,
    auth: 113,
    ntp: 123,
    "netbios-ns": 137,
    "netbios-dgm": 138,
    "netbios-ssn": 139,
    imap2: 143,
    imap: 143,
    snmp: 161,
    "snmp-trap": 162,
    bgp: 179,
    irc: 194,
    ldap: 389,
    https: 443,
    "microsoft-ds": 445,
    submissions: 465,
    isakmp: 500,
    syslog: 514,
    submission: 587,
    ldaps: 636,
    "domain-s": 853,
    rsync: 873,
    imaps: 993,
    pop3s: 995,
    openvpn: 1194,
    radius: 1812,
    nfs: 2049,
    mysql: 3306,
    postgresql: 5432,
    "xmpp-client": 5222,
    "xmpp-server": 5269,
    sip: 5060,
    "sip-tls": 5061,
    amqp: 5672,
    redis: 6379,
    "http-alt": 8080,
  }),
);
/** RFC 5237's registry, iana.org/assignments/protocol-numbers, as /etc/protocols spells it. */
const PROTOCOLS: ReadonlyMap<string, number> = new Map(
  Object.entries({
    icmp: 1,
    igmp: 2,
    ipencap: 4,
    tcp: 6,
    egp: 8,
    igp: 9,
    udp: 17,
    dccp: 33,
    ipv6: 41,
    "ipv6-route": 43,
    "ipv6-frag": 44,
    rsvp: 46,
    gre: 47,
    esp: 50,
    ah: 51,
    "ipv6-icmp": 58,
    "ipv6-nonxt": 59,
    "ipv6-opts": 60,
    eigrp: 88,
    ospf: 89,
    etherip: 97,
    encap: 98,
    pim: 103,
    ipcomp: 108,
    vrrp: 112,
    l2tp: 115,
    sctp: 132,
    "mobility-header": 135,
    udplite: 136,
    "mpls-in-ip": 137,
  }),
);
const PROTOCOL_NAMES = new Map([...PROTOCOLS].map(([name, number]) => [number, name]));

/** The names that need no file. */
export const builtInNames: Names = {
  port: (name, protocol = "tcp") => (protocol === "tcp" || protocol === "udp" ? PORTS.get(name) : undefined),
  protocol: (name) => PROTOCOLS.get(name),
  protocolName: (number) => PROTOCOL_NAMES.get(number),
  user: (name) => (name === "root" ? 0 : undefined),
  group: (name) => (name === "root" ? 0 : undefined),
  numberOf: () => undefined,
  nameOf: () => undefined,
};
/** No names at all: for values that are numbers already. */
export const noNames: Names = {
  port: () => undefined,
  protocol: () => undefined,
  protocolName: () => undefined,
  user: () => undefined,
  group: () => undefined,
  numberOf: () => undefined,
  nameOf: () => undefined,
};
