import { readFileSync, statfsSync, statSync } from "node:fs";
import { join } from "node:path";
import { isRampartError } from "../errors.js";
import type { ObjectKind } from "../extensions/extension.js";
import type { Family } from "../model/family.js";
import type { DatagramTransport } from "../native.js";
import { replies } from "../netlink/replies.js";
import { NFPROTO, NLM_F } from "../netlink/wire.js";
import { MessageWriter } from "../netlink/writer.js";
import { hasHelper } from "./nft/helper-probe.js";

/** Where an object is looked for. */
export interface Place {
  readonly send: DatagramTransport;
  readonly family: Family;
  readonly protocol: number;
}
interface Lookup {
  /** Undefined where it cannot be told. */
  there(name: string, place: Place): Promise<boolean | undefined> | boolean | undefined;
  problem(name: string): string;
  remedy(name: string): string;
}

/** linux/netfilter/nfnetlink.h, nfnetlink_acct.h and nfnetlink_cttimeout.h; each names the object in attribute 1. */
const GET_ACCOUNT = (7 << 8) | 1,
  GET_TIMEOUT = (8 << 8) | 1,
  NAME = 1,
  ENOENT = 2;
/** linux/magic.h */
const BPF_FS_MAGIC = 0xcafe4a11;

/** How each kind of object is found, and what is said of one that is not there. */
export const LOOKUPS: Readonly<Record<ObjectKind, Lookup>> = {
  nfacct: {
    there: (name, { send }) => answers(send, GET_ACCOUNT, name),
    problem: (name) => `there is no accounting object "${name}" in this network namespace`,
    remedy: (name) => `create it first: nfacct add ${name}`,
  },
  "conntrack timeout": {
    there: (name, { send }) => answers(send, GET_TIMEOUT, name),
    problem: (name) => `there is no conntrack timeout policy "${name}" in this network namespace`,
    remedy: (name) => `create it first: nfct add timeout ${name} inet tcp established 100, for example`,
  },
  "conntrack helper": {
    there: (name, { send, family, protocol }) => hasHelper(send, name, family, protocol),
    problem: (name) => `the kernel has no conntrack helper "${name}" for this protocol`,
    remedy: (name) => `load its module first: modprobe nfct-helper-${name}`,
  },
  "bpf program": {
    there: isPinned,
    problem: (name) => `${name} is no program in a bpf file system`,
    remedy: (name) => `pin one there first: bpftool prog load FILE ${name} type socket`,
  },
  cgroup: {
    there: isGroup,
    problem: (name) => `there is no control group "${name}" below the mount point of cgroup2`,
    remedy: () => "create it first: mkdir makes one, systemd one for each service",
  },
};

async function answers(send: DatagramTransport, type: number, name: string): Promise<boolean | undefined> {
  const request = new MessageWriter();
  request.begin({ type, flags: NLM_F.ack, sequence: 1, family: NFPROTO.unspec });
  request.text(NAME, name);
  request.end();
  try {
    for (const one of replies(await send([request.take()]))) {
      if (one.kind === "answer") return true;
      if (one.errno !== 0) return one.errno === ENOENT ? false : undefined;
    }
  } catch (error) {
    if (isRampartError(error)) throw error;
  }
  // Without the module, or without the right to ask.
  return undefined;
}

function isPinned(path: string): boolean | undefined {
  try {
    return statSync(path).isFile() && statfsSync(path).type === BPF_FS_MAGIC;
  } catch (error) {
    return isMissing(error) ? false : undefined;
  }
}

/** The kernel takes the path below the root of the hierarchy, which a container may not see. */
function isGroup(path: string): boolean | undefined {
  const mount = wholeHierarchy();
  if (mount === undefined) return undefined;
  try {
    return statSync(join(mount, path)).isDirectory();
  } catch (error) {
    return isMissing(error) ? false : undefined;
  }
}
/** proc_pid_mountinfo(5): the root and the mount point, and behind the dash the file system. */
function wholeHierarchy(): string | undefined {
  const lines = readFileSync("/proc/self/mountinfo", "utf8").split("\n");
  const mounts = lines.map((line) => /^\S+ \S+ \S+ \/ (\S+) .* - cgroup2 /.exec(line)?.[1]);
  return mounts.find((mount) => mount !== undefined);
}
const isMissing = (error: unknown): boolean =>
  /^(ENOENT|ENOTDIR)$/.test((error as NodeJS.ErrnoException).code ?? "");
