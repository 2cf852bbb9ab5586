import type { Count } from "../model/counters.js";
import type { Family } from "../model/family.js";

/** Every field that an entry of some type may have; ipset's words. */
export interface EntryFields {
  /** An address; when adding and deleting also a network `10.0.0.0/30` or, of IPv4, a range `10.0.0.1-10.0.0.9`. */
  readonly ip: string;
  /** A network `10.0.0.0/8` or an address; when adding and deleting also a range of IPv4. */
  readonly net: string;
  /** A port, a range `80-90`, a service; of ICMP `echo-request` or `8/0`. */
  readonly port: number | string;
  /** Default tcp. */
  readonly protocol: string | number;
  readonly ip2: string;
  readonly net2: string;
  readonly interface: string;
  /** The interface is a bridge's port. */
  readonly physdev: boolean;
  readonly mark: number;
  /** `aa:bb:cc:dd:ee:ff` */
  readonly mac: string;
  readonly set: string;
  /** The set before which it is put. */
  readonly before: string;
  /** The set behind which it is put. */
  readonly after: string;
  /** An exception: what lies in it does not match, whatever wider network does. */
  readonly nomatch: boolean;
  /** The interface's name is only the beginning of one. */
  readonly wildcard: boolean;
  /** In seconds; 0 is for ever. Default: that of the set. */
  readonly timeout: number;
  readonly packets: Count;
  readonly bytes: Count;
  /** At most 255 bytes, no quotes. */
  readonly comment: string;
  /** `0x1/0xff`, or `0x1` for all bits. */
  readonly skbmark: string;
  /** `major:minor`, hexadecimal as with tc. */
  readonly skbprio: string;
  readonly skbqueue: number;
}
export type EntryField = keyof EntryFields;
export type LooseEntry = { readonly [K in EntryField]?: EntryFields[K] | undefined };

type Extension = "timeout" | "packets" | "bytes" | "comment" | "skbmark" | "skbprio" | "skbqueue";
type Entry<Needed extends EntryField, Free extends EntryField = never> = {
  readonly [K in Needed]: EntryFields[K];
} & { readonly [K in Free | Extension]?: EntryFields[K] };

/** What an entry is, type by type. */
export interface SetEntries {
  "hash:ip": Entry<"ip">;
  "hash:mac": Entry<"mac">;
  "hash:ip,mac": Entry<"ip" | "mac">;
  "hash:net": Entry<"net", "nomatch">;
  "hash:net,net": Entry<"net" | "net2", "nomatch">;
  "hash:ip,port": Entry<"ip" | "port", "protocol">;
  "hash:net,port": Entry<"net" | "port", "protocol" | "nomatch">;
  "hash:ip,port,ip": Entry<"ip" | "port" | "ip2", "protocol">;
  "hash:ip,port,net": Entry<"ip" | "port" | "net2", "protocol" | "nomatch">;
  "hash:net,port,net": Entry<"net" | "port" | "net2", "protocol" | "nomatch">;
  "hash:net,iface": Entry<"net" | "interface", "physdev" | "wildcard" | "nomatch">;
  "hash:ip,mark": Entry<"ip" | "mark">;
  "bitmap:ip": Entry<"ip">;
  "bitmap:ip,mac": Entry<"ip", "mac">;
  "bitmap:port": Entry<"port">;
  "list:set": Entry<"set", "before" | "after">;
}
export type SetType = keyof SetEntries;

/** Every option that a set of some type may be made with. */
export interface OptionFields {
  /** Default `ipv4`. */
  readonly family: Family;
  /** How many buckets to begin with, a power of two from 64 up; it grows by itself. Default 1024. */
  readonly hashsize: number;
  /** The most entries. Default 65,536. */
  readonly maxelem: number;
  /** How many entries a bucket may hold before the set grows, 2 to 12, even. Default 12. */
  readonly bucketsize: number;
  /** What the hash begins with. Default: a random number. */
  readonly initval: number;
  /** Addresses are cut to so many bits. */
  readonly netmask: number;
  /** Addresses are cut to these bits. */
  readonly bitmask: string;
  readonly markmask: number;
  /** `10.0.0.0/16`, `10.0.0.1-10.0.0.9`; of ports `0-1023`. */
  readonly range: string;
  /** How many sets it may list. Default 8. */
  readonly size: number;
  /** Entries go after so many seconds unless they say otherwise; 0: only those that say so. Default: none may say so. */
  readonly timeout: number;
  readonly counters: boolean;
  readonly comment: boolean;
  readonly skbinfo: boolean;
  /** Where the set is full, an entry is thrown out for the new one. */
  readonly forceadd: boolean;
}
export type OptionField = keyof OptionFields;
export type LooseOptions = { readonly [K in OptionField]?: OptionFields[K] | undefined };

type Common = "timeout" | "counters" | "comment" | "skbinfo";
type MacHash = Common | "hashsize" | "maxelem" | "bucketsize" | "initval" | "forceadd";
type Hash = MacHash | "family";
type Options<Free extends OptionField, Needed extends OptionField = never> = {
  readonly [K in Needed]: OptionFields[K];
} & { readonly [K in Free]?: OptionFields[K] };

/** What a set can be made with, type by type. */
export interface SetOptions {
  "hash:ip": Options<Hash | "netmask" | "bitmask">;
  "hash:mac": Options<MacHash>;
  "hash:ip,mac": Options<Hash>;
  "hash:net": Options<Hash>;
  "hash:net,net": Options<Hash | "netmask" | "bitmask">;
  "hash:ip,port": Options<Hash | "netmask" | "bitmask">;
  "hash:net,port": Options<Hash>;
  "hash:ip,port,ip": Options<Hash>;
  "hash:ip,port,net": Options<Hash>;
  "hash:net,port,net": Options<Hash>;
  "hash:net,iface": Options<Hash>;
  "hash:ip,mark": Options<Hash | "markmask">;
  "bitmap:ip": Options<Common | "netmask", "range">;
  "bitmap:ip,mac": Options<Common, "range">;
  "bitmap:port": Options<Common, "range">;
  "list:set": Options<Common | "size">;
}

export type PartName =
  | "ip"
  | "net"
  | "port"
  | "ip2"
  | "net2"
  | "interface"
  | "mac"
  | "mark"
  | "set"
  | "barePort";
export interface TypeFacts {
  /** What stands between the commas of an entry. */
  readonly parts: readonly PartName[];
  /** That many of the parts may be left out at the end. */
  readonly spare?: number;
  /** The newest revision that we speak. */
  readonly revision: number;
  /** In the order in which ipset prints them. */
  readonly options: readonly OptionField[];
  readonly nomatch?: boolean;
}

const common: readonly OptionField[] = ["timeout", "counters", "comment", "skbinfo"],
  sized: readonly OptionField[] = ["hashsize", "maxelem"],
  tail: readonly OptionField[] = [...common, "forceadd", "bucketsize", "initval"],
  hash: readonly OptionField[] = ["family", ...sized, ...tail],
  masks: readonly OptionField[] = ["netmask", "bitmask"];

/** The revisions are those of Linux 6.12 and ipset 7.17. */
export const SET_TYPES: Readonly<Record<SetType, TypeFacts>> = {
  "hash:ip": { parts: ["ip"], revision: 6, options: ["family", ...sized, ...masks, ...tail] },
  "hash:mac": { parts: ["mac"], revision: 1, options: [...sized, ...tail] },
  "hash:ip,mac": { parts: ["ip", "mac"], revision: 1, options: hash },
  "hash:net": { parts: ["net"], revision: 7, options: hash, nomatch: true },
  "hash:net,net": { parts: ["net", "net2"], revision: 4, options: [...hash, ...masks], nomatch: true },
  "hash:ip,port": { parts: ["ip", "port"], revision: 7, options: [...hash, ...masks] },
  "hash:net,port": { parts: ["net", "port"], revision: 8, options: hash, nomatch: true },
  "hash:ip,port,ip": { parts: ["ip", "port", "ip2"], revision: 6, options: hash },
  "hash:ip,port,net": { parts: ["ip", "port", "net2"], revision: 8, options: hash, nomatch: true },
  "hash:net,port,net": { parts: ["net", "port", "net2"], revision: 3, options: hash, nomatch: true },
  "hash:net,iface": { parts: ["net", "interface"], revision: 8, options: hash, nomatch: true },
  "hash:ip,mark": { parts: ["ip", "mark"], revision: 3, options: ["family", "markmask", ...sized, ...tail] },
  "bitmap:ip": { parts: ["ip"], revision: 3, options: ["range", "netmask", ...common] },
  "bitmap:ip,mac": { parts: ["ip", "mac"], spare: 1, revision: 3, options: ["range", ...common] },
  "bitmap:port": { parts: ["barePort"], revision: 3, options: ["range", ...common] },
  "list:set": { parts: ["set"], revision: 3, options: ["size", ...common] },
};
export const isSetType = (name: string): name is SetType => Object.hasOwn(SET_TYPES, name);
/** Whether addresses of it are of one family or the other. */
export const hasFamily = (type: SetType): boolean => SET_TYPES[type].options.includes("family");
