import { RampartError } from "../errors.js";
import { errorName } from "../native/failure.js";
import type { Outcome } from "../netlink/replies.js";
import type { CommandName } from "./protocol.js";
import type { SetType } from "./set-types.js";

type Reason = readonly [name: string, problem: string, remedy: string];

/** linux/netfilter/ipset/ip_set.h: `enum ipset_errno`, the numbers that all types share. */
const COMMON: Readonly<Record<number, Reason>> = {
  1: ["EPERM", "permission denied", "it takes root, or CAP_NET_ADMIN"],
  2: ["ENOENT", "there is no set of that name", "create it first, or look for its name in the list of sets"],
  12: ["ENOMEM", "the kernel has no memory for it", "make the set smaller, or free memory"],
  16: ["EBUSY", "the set is being listed by someone", "try again when that is done"],
  17: [
    "EEXIST",
    "there is a set of that name already",
    "choose another name, or destroy that set; where it may exist, it is of another kind",
  ],
  4097: [
    "IPSET_ERR_PROTOCOL",
    "the kernel does not understand the request",
    "report it: Rampart says it wrong",
  ],
  4098: [
    "IPSET_ERR_FIND_TYPE",
    "this kernel lacks the set type, or this revision of it",
    "use a kernel that has the module of the type (ip_set_...)",
  ],
  4099: ["IPSET_ERR_MAX_SETS", "there are as many sets as there can be", "destroy sets that nobody uses"],
  4100: [
    "IPSET_ERR_BUSY",
    "the set is in use",
    "delete the rules and sets that name it first; rampart -S shows the rules",
  ],
  4101: ["IPSET_ERR_EXIST_SETNAME2", "there is a set of the new name already", "choose another name"],
  4102: [
    "IPSET_ERR_TYPE_MISMATCH",
    "the types of the two sets differ",
    "swap only sets of one type and one family",
  ],
  4103: ["IPSET_ERR_EXIST", "the entry is there already", "say that it may exist"],
  4104: [
    "IPSET_ERR_INVALID_CIDR",
    "the prefix length cannot be used here",
    "a set of networks takes no /0: give its halves, 0.0.0.0/1 and 128.0.0.0/1",
  ],
  4105: [
    "IPSET_ERR_INVALID_NETMASK",
    "the netmask cannot be used here",
    "give 1 to 32, or 1 to 128 for IPv6",
  ],
  4106: ["IPSET_ERR_INVALID_FAMILY", "the type has no such family", "create the set with the other family"],
  4107: [
    "IPSET_ERR_TIMEOUT",
    "the set was made without timeouts",
    "create it with the option timeout (timeout 0: entries stay unless they say otherwise)",
  ],
  4108: [
    "IPSET_ERR_REFERENCED",
    "the set is named by rules or other sets",
    "delete those first, or swap it with a new set instead",
  ],
  4109: ["IPSET_ERR_IPADDR_IPV4", "the set wants an IPv4 address", "use a set of the other family"],
  4110: ["IPSET_ERR_IPADDR_IPV6", "the set wants an IPv6 address", "use a set of the other family"],
  4111: ["IPSET_ERR_COUNTER", "the set was made without counters", "create it with the option counters"],
  4112: ["IPSET_ERR_COMMENT", "the set was made without comments", "create it with the option comment"],
  4113: ["IPSET_ERR_INVALID_MARKMASK", "the mark mask is not valid", "give a mask with at least one bit"],
  4114: ["IPSET_ERR_SKBINFO", "the set was made without skbinfo", "create it with the option skbinfo"],
  4115: ["IPSET_ERR_BITMASK_NETMASK_EXCL", "netmask and bitmask exclude each other", "give one of them"],
};
/** What the type's own numbers mean: they begin at 4352 for each of the three kinds. */
const KINDS: Readonly<Record<string, Readonly<Record<number, Reason>>>> = {
  bitmap: {
    4352: [
      "IPSET_ERR_BITMAP_RANGE",
      "the entry lies outside of the set's range",
      "create the set with a wider one",
    ],
    4353: ["IPSET_ERR_BITMAP_RANGE_SIZE", "the range is too wide", "65,536 are the most, or give a netmask"],
  },
  hash: {
    4352: [
      "IPSET_ERR_HASH_FULL",
      "the set is full",
      "create a set with a greater maxelem, fill it and swap the two",
    ],
    4353: ["IPSET_ERR_HASH_ELEM", "an entry of zeros cannot be held", "leave it out"],
    4354: ["IPSET_ERR_INVALID_PROTO", "the protocol is not valid", "give one by name or number"],
    4355: ["IPSET_ERR_MISSING_PROTO", "the protocol is missing", "write it before the port: tcp:80"],
    4356: [
      "IPSET_ERR_HASH_RANGE_UNSUPPORTED",
      "ranges of IPv6 are not supported by the kernel",
      "give networks instead",
    ],
    4357: ["IPSET_ERR_HASH_RANGE", "the range is not valid", "its end must not be below its beginning"],
  },
  list: {
    4352: ["IPSET_ERR_NAME", "there is no set of the entry's name", "create that set first"],
    4353: ["IPSET_ERR_LOOP", "a list of sets cannot hold a list of sets", "name sets of another type"],
    4354: [
      "IPSET_ERR_BEFORE",
      "the list does not hold the set that it shall go before or after",
      "look at the list",
    ],
    4355: ["IPSET_ERR_NAMEREF", "there is no set of the name after before or after", "create that set first"],
    4356: ["IPSET_ERR_LIST_FULL", "the list is full", "create one with a greater size"],
    4357: ["IPSET_ERR_REF_EXIST", "the list does not hold the set at that place", "look at the list"],
  },
};
/** What a number means only for some commands. */
const OF_COMMAND: Partial<Readonly<Record<CommandName, Readonly<Record<number, Reason>>>>> = {
  del: { 4103: ["IPSET_ERR_EXIST", "the entry is not in the set", "say that it may be missing"] },
  swap: {
    4101: ["IPSET_ERR_EXIST_SETNAME2", "there is no second set of that name", "create it first"],
  },
};

export interface FailurePlace {
  readonly command: CommandName;
  readonly set: string;
  readonly type?: SetType | undefined;
  /** The entry as text, and which of those given it was, from 0. */
  readonly entry?: string | undefined;
  readonly index?: number | undefined;
}
export const EXIST = 4103,
  FIND_TYPE = 4098,
  ENOENT = 2;

/** The kernel's refusal as an error that says what to do. */
export function setError(errno: number, { command, set, type, entry, index }: FailurePlace): RampartError {
  const kind = KINDS[type?.split(":")[0] ?? ""],
    [name, problem, remedy] = OF_COMMAND[command]?.[errno] ??
      kind?.[errno] ??
      COMMON[errno] ?? [errorName(errno), "the kernel refuses it", "look into the kernel's log (dmesg)"];
  const facts = { errno, errorName: name };
  if (name === "EPERM")
    return new RampartError("permission", { operation: `ipset ${command}`, syscall: "sendmsg", ...facts });
  return new RampartError("set", {
    operation: command,
    set,
    problem,
    remedy,
    ...facts,
    ...(type !== undefined && { type }),
    ...(entry !== undefined && { entry }),
    ...(index !== undefined && { index }),
  });
}
export function throwRefusal({ errno }: Outcome, place: FailurePlace): void {
  if (errno !== 0) throw setError(errno, place);
}
