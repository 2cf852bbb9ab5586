/** What the vectors' rules speak of must be there: the sets, objects and devices that shared/vectors/README.md lists. */
import { spawnSync } from "node:child_process";

interface Thing {
  readonly what: string;
  readonly words: readonly string[];
  readonly input?: string;
  /** The Debian package of the program. */
  readonly from: string;
}
/** In this order, as the kernel numbers sets in theirs, and the vectors hold these numbers. */
const THINGS: readonly Thing[] = [
  {
    what: "the sets s4, s4p, ssk, s6 and l4",
    words: ["ipset", "restore"],
    input:
      "create s4 hash:ip timeout 0 counters\ncreate s4p hash:ip,port\ncreate ssk hash:ip skbinfo\n" +
      "create s6 hash:ip family inet6\ncreate l4 list:set\n",
    from: "ipset",
  },
  { what: "the nfacct object acct1", words: ["nfacct", "add", "acct1"], from: "nfacct" },
  {
    what: "the timeout policy to1",
    words: ["nfct", "timeout", "add", "to1", "inet", "tcp", "established", "100"],
    from: "nfct",
  },
  { what: "the device dummy0", words: ["ip", "link", "add", "dummy0", "type", "ifb"], from: "iproute2" },
  { what: "a loopback device that is up", words: ["ip", "link", "set", "lo", "up"], from: "iproute2" },
];

/** Makes them in the namespace that this process is in. Returns what could not be made, and why. */
export function makeThings(): readonly string[] {
  return THINGS.flatMap(({ what, words: [program = "", ...words], input = "", from }) => {
    const { status, stderr, error } = spawnSync(program, words, { input, encoding: "utf8" });
    if (status === 0) return [];
    const why = error ? `there is no ${program} (Debian's package ${from})` : stderr.trim();
    return [`without ${what}: ${why}`];
  });
}
