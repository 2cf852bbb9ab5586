import type { Vector } from "../vectors/iptables.js";

/** Where iptables 1.8.9 and Rampart are meant to differ. */
export interface KnownDifference {
  readonly why: string;
  readonly when: (vector: Vector, problem: string) => boolean;
}
const said = ({ argv }: Vector): string => ` ${argv.join(" ")} `;
/** The rule has all of these options; long ones by any beginning that getopt_long might take. */
const has = (vector: Vector, ...options: readonly RegExp[]): boolean =>
  options.every((option) => option.test(said(vector)));
/** Rampart takes what iptables refuses with these words. */
const taken = (problem: string, words: RegExp): boolean =>
  problem.startsWith("accepted") && words.test(problem);
/** Rampart refuses what iptables takes, with these words. */
const refused = (problem: string, words: RegExp): boolean =>
  /^(syntax|invalid-value)/.test(problem) && words.test(problem);
const isOpaque = (problem: string): boolean => problem.startsWith("opaque");
const isBytes = (problem: string): boolean => / bytes, at \d+: got /.test(problem);

/** Of rateest, no comparison and nothing behind it; a name may have blanks in it. */
const STOPPED = /-m rateest (--rateest-delta )?--rateest1? (?:--\S+|(?:(?!--).)*)(--rateest-[bp]ps1 \S+)?$/;

export const KNOWN: readonly KnownDifference[] = [
  {
    why: "iptables opens a pinned program while it reads the words; Rampart looks for it right before the commit",
    when: (_, problem) => taken(problem, /failed to get bpf object/),
  },
  {
    why: "iptables wants -p before the ports that need it; what the rule says is the same in any order",
    when: (_, problem) => taken(problem, /Need TCP, UDP, SCTP or DCCP/),
  },
  {
    why: "iptables wants --gid-owner before --suppl-groups; what the rule says is the same in any order",
    when: (_, problem) => taken(problem, /you need to use --gid-owner first/),
  },
  {
    why: "iptables 1.8.9 looks for the values of -s, -d, -p, -i, -o and -j in the next word only; --jump=DROP works since 1.8.10",
    when: (vector, problem) =>
      taken(problem, /--\w[\w-]*=|unknown option/) && has(vector, / --(j|so?u?r|d|p|i|o)[\w-]*=/),
  },
  {
    why: "cgroup has one field for --path and --cgroup: iptables writes one over the other, and no kernel takes both",
    when: (vector, problem) =>
      has(vector, / --pa?t?h?[ =]/, / --cg\w*[ =]/) && (isOpaque(problem) || isBytes(problem)),
  },
  {
    why: "iptables stores masks beside CONNMARK's --set-mark and its kin, or puts them over theirs, and prints something else",
    when: (vector, problem) =>
      has(vector, / -j CONNMARK /, / --(nfm|ctm|mask)/) &&
      (refused(problem, /masks go with/) || isOpaque(problem)),
  },
  {
    why: "no shift at all has a direction in iptables' bytes, which it never prints",
    when: (vector, problem) =>
      has(vector, / -j CONNMARK /, /-shift-mark[ =]/) && (isBytes(problem) || isOpaque(problem)),
  },
  {
    why: "CT's zones of one direction overwrite each other in iptables; Rampart wants one zone",
    when: (vector, problem) =>
      has(vector, / -j CT /, / --zone-.* --zone/) &&
      (refused(problem, /zone/) || isOpaque(problem) || isBytes(problem)),
  },
  {
    why: "CT's zones of one direction overwrite each other in iptables; Rampart wants one zone",
    when: (vector, problem) =>
      has(vector, / -j CT /, / --zone .* --zone/) && (isOpaque(problem) || isBytes(problem)),
  },
  {
    why: "ECN: --ecn-tcp-remove forgets an --ecn-ip-ect before it, and not one behind it",
    when: (vector, problem) =>
      has(vector, / -j ECN /, / --ecn-tcp-r/, / --ecn-ip/) && (isOpaque(problem) || isBytes(problem)),
  },
  {
    why: "iptables ignores `!` before the options of SET; what it does not do is not to be taken",
    when: (vector, problem) => has(vector, / -j SET /) && refused(problem, /cannot be inverted/),
  },
  {
    why: "LED: iptables 1.8.9 prints delays from 2^31 on as negative numbers, which no iptables reads",
    when: (vector, problem) =>
      has(vector, / LED /, / --led-d/) && / --led-delay (-\d|inf)/.test(`${vector.saved} ${problem}`),
  },
  {
    why: "RATEEST: iptables-save counts an average above 4294 s from 0 again; Rampart keeps the bytes, and says nothing wrong",
    when: (vector, problem) => has(vector, / -j RATEEST /) && isOpaque(problem),
  },
  {
    why: "rateest: an empty name is a second estimator in iptables, and none in the kernel, which refuses it",
    when: (vector, problem) => has(vector, / --rateest2 {2}/) && (isOpaque(problem) || isBytes(problem)),
  },
  {
    why: "rateest: where nothing says how to compare, iptables-save exits in the middle of the line; no kernel takes that",
    when: (vector, problem) => problem.startsWith("got") && STOPPED.test(vector.saved ?? ""),
  },
  {
    why: "multiport wants -p before its ports; what the rule says is the same in any order",
    when: (_, problem) => taken(problem, /multiport needs/),
  },
  {
    why: "multiport looks for a service under the rule's protocol; Rampart takes the port that it has under any",
    when: (vector, problem) => has(vector, / -m multiport /) && taken(problem, /invalid port\/service/),
  },
  {
    why: "iptables has more switches that begin so, or fewer",
    when: (vector, problem) =>
      has(vector, / --(v|ve|n|l|e|he?|w|j|b|ne)\w* /) && taken(problem, /unknown option/),
  },
  {
    why: "iptables 1.8.9 takes the whole word -iNAME for the value of -i",
    when: (_, problem) => refused(problem, /put a blank behind/),
  },
  {
    why: "time: iptables reads two digits of a day and forgets the others: 220 is 22",
    when: (vector, problem) =>
      has(vector, / --monthdays[ =]/) && refused(problem, /is not a number from 0 to 31/),
  },
  {
    why: "iptables reads nineteen characters of an IPv4 address or mask, and says nothing of the others",
    when: (vector, problem) =>
      has(vector, /[\d.]{20}/) && (isBytes(problem) || taken(problem, /invalid mask/)),
  },
  {
    why: "iptables cuts a long name in the middle of a character, which is no text any more; Rampart before it",
    when: (vector, problem) => has(vector, /[^\0-\x7f]/, /\S{27}/) && (isOpaque(problem) || isBytes(problem)),
  },
  {
    why: "statistic, rateest: infinity and what is no number (nan) count as 0 in iptables",
    when: (vector, problem) =>
      has(vector, / --(prob|rateest)\S*[ =][+-]?(nan|inf)/i) &&
      refused(problem, /bad probability|could not parse rate/),
  },
  {
    why: "SNAT, DNAT: what stands behind [ADDRESS] in IPv6 and begins with no colon is nothing to iptables",
    when: (vector, problem) => has(vector, / --to-\w*[ =]\[[^\]]*\][^: ]/) && refused(problem, /bad address/),
  },
  {
    why: "behind an option's beginning, as --com, a value that looks like a command is refused: which match it is for is not known yet",
    when: (vector, problem) =>
      has(vector, / --[a-z-]+ -[A-Z] /) && refused(problem, /option "-[A-Z]" requires an argument/),
  },
  {
    why: "DNPT, SNPT: a mask with holes is stored as 255 bits, which no kernel takes",
    when: (vector, problem) => has(vector, / [DS]NPT /, /-pfx \S+:\S*\/\S*:/) && isOpaque(problem),
  },
  {
    why: "iptables reads the digits that a time to wait begins with, of 5x as well; and no word at all is none to Rampart",
    when: (vector, problem) =>
      has(vector, / (-w|--wait|-W|--wait-interval) /) &&
      (refused(problem, /is not a number of (micro)?seconds/) || taken(problem, /wait seconds not numeric/)),
  },
  {
    why: "time: iptables keeps the lowest bits of a weekday: 70 is Saturday, and 8 is none",
    when: (vector, problem) =>
      has(vector, / --weekdays[ =]/) && refused(problem, /is not a number from 1 to 7/),
  },
  {
    why: "limit, hashlimit: iptables counts packets beyond 2^32 from 0 again: 4294967297/s is 1/s",
    when: (vector, problem) =>
      has(vector, / --(hash)?limit/, /\d{10}/) && refused(problem, /rate \d{10,}\S+ is too fast/),
  },
  {
    why: "cluster: iptables takes masks up to 32 only, and prints others that it cannot read back; Rampart reads what is printed",
    when: (vector, problem) =>
      has(vector, / --cluster-local-nodemask[ =]/) &&
      taken(problem, /bad value for option "--cluster-local-nodemask", or out of range \(1-32\)/),
  },
  {
    why: "time: iptables counts hours and minutes beyond 2^32 from 0 again",
    when: (vector, problem) => has(vector, / --times/, /\d{10}/) && refused(problem, /invalid time/),
  },
  {
    why: "hashlimit: the kernel cuts tables of more than 1048576 entries, and gives back what it has made of them",
    when: (vector, problem) =>
      has(vector, / --hashlimit-htable-/) &&
      (/kernel/.test(problem) || /htable-\w+ 1048576/.test(vector.saved ?? "")),
  },
  {
    why: "CT: kernel 6.18 gives back four bytes of a timeout policy's name",
    when: (vector, problem) => has(vector, / -j CT /, / --timeout /) && /^got|kernel/.test(problem),
  },
  {
    why: "Rampart's own switches, as --backend, may be abbreviated as well",
    when: (vector, problem) =>
      has(vector, / --(b|ba|j|js|net\w*|pr\w*) /) && refused(problem, /is no (backend|profile)|netns/),
  },
  {
    why: "sets: iptables takes the same flag twice",
    when: (_, problem) => refused(problem, /(SET|set): .* only be used once/),
  },
  {
    why: "limit, hashlimit: iptables reads 5.5/s, 5x/s or a burst of 10.5 as far as the digits go; Rampart takes no typing errors",
    when: (vector, problem) =>
      has(vector, / --(hash)?limit/) &&
      refused(
        problem,
        /bad (rate|size) "\s*\d+[^\d/]+|is not a number from 1 to 1000000 in --hashlimit-burst/,
      ),
  },
  {
    why: "physdev: an empty name is a device that no packet comes from; Rampart refuses it, and keeps its bytes",
    when: (vector, problem) =>
      has(vector, / -m physdev /) && (refused(problem, /cannot be an interface/) || isOpaque(problem)),
  },
  {
    why: "time: --localtz is another name for --kerneltz, which iptables takes beside it",
    when: (vector, problem) => has(vector, / --lo?c?/, / --k/) && refused(problem, /only be used once/),
  },
];
export const isKnown = (vector: Vector, problem: string): boolean =>
  KNOWN.some(({ when }) => when(vector, problem));
