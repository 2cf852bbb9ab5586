import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { check } from "../../../src/index.js";
import { isWrong, type Observed, verdicts } from "./campaign.js";

/** A mistake that an evaluator of firewalls could make, as a change of ours. */
export interface Mutant {
  readonly mistake: string;
  readonly file: string;
  readonly from: string;
  readonly to: string;
}
export const MUTANTS: readonly Mutant[] = [
  {
    mistake: "goto comes back as a jump does",
    file: "walk.ts",
    from: 'if (action.do === "jump") return those;',
    to: "return those;",
  },
  {
    mistake: "the security table does not count",
    file: "journey.ts",
    from: "if (live.length === 0) break;",
    to: 'if (live.length === 0) break;\n    if (typeof stage === "object" && stage.table === "security") continue;',
  },
  {
    mistake: "mangle's POSTROUTING does not count",
    file: "journey.ts",
    from: '  { table: "security", chain: "OUTPUT" },\n  { table: "mangle", chain: "POSTROUTING" },\n',
    to: '  { table: "security", chain: "OUTPUT" },\n',
  },
  {
    mistake: "nat comes before mangle",
    file: "journey.ts",
    from: '  { table: "mangle", chain: "PREROUTING" },\n  { table: "nat", chain: "PREROUTING" },\n  "route",\n',
    to: '  { table: "nat", chain: "PREROUTING" },\n  { table: "mangle", chain: "PREROUTING" },\n  "route",\n',
  },
  {
    mistake: "NOTRACK is overlooked",
    file: "walk.ts",
    from: "equal(packets.fields[STATE]!, INVALID)",
    to: "(equal(packets.fields[STATE]!, INVALID) && false)",
  },
  {
    mistake: "raw sees new connections",
    file: "flow.ts",
    from: 'RAW_STATE = states("INVALID")',
    to: 'RAW_STATE = states("NEW")',
  },
  {
    mistake: "a mark is set by or, not by exclusive or",
    file: "walk.ts",
    from: "(packets.mark & ~mask) ^ value",
    to: "(packets.mark & ~mask) | value",
  },
  {
    mistake: "answers are new connections",
    file: "examine.ts",
    from: "state = oneWay ? BLIND : ESTABLISHED;",
    to: "state = oneWay ? BLIND : NEW;",
  },
  {
    mistake: "answers leave by the port that was asked for",
    file: "examine.ts",
    from: ".set(SPORT, opening.fields[DPORT]!)",
    to: ".set(SPORT, [this.flow.endpoint.port, this.flow.endpoint.port + 1])",
  },
  {
    mistake: "RETURN accepts",
    file: "walk.ts",
    from: "        out.push(quiet);\n        return [];",
    to: "        this.#accepted.push(packets);\n        return [];",
  },
  {
    mistake: "each branch is judged by itself",
    file: "verdict.ts",
    from: "without([one.packets], assumed, identity, MOST_WORK)",
    to: "without([one.packets], [], identity, MOST_WORK)",
  },
  {
    mistake: "one world is enough for safety",
    file: "verdict.ts",
    from: 'return first ? { verdict: "unproved", lost: first } : { verdict: "safe" };',
    to: 'return { verdict: "safe" };',
  },
];

const SOURCES = resolve("src");
/** The check with the mistake in it. */
async function mutated(
  { file, from, to }: Mutant,
  work: (mutant: typeof check) => Promise<boolean>,
): Promise<boolean> {
  mkdirSync("build", { recursive: true });
  const folder = mkdtempSync(join(resolve("build"), "mutant-"));
  try {
    cpSync(join(SOURCES, "safety"), join(folder, "safety"), { recursive: true });
    for (const one of ["model", "extensions", "codec", "errors.ts"])
      symlinkSync(join(SOURCES, one), join(folder, one));
    const path = join(folder, "safety", file),
      text = readFileSync(path, "utf8");
    if (text.split(from).length !== 2) throw new Error(`${file} does not say once: ${from}`);
    writeFileSync(
      path,
      text.replace(from, () => to),
    );
    const { check } = await import(pathToFileURL(join(folder, "safety", "check.ts")).href);
    return await work(check);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
/** Whether anything that was observed shows the mistake. */
export const isKilled = (mutant: Mutant, observed: readonly Observed[]): Promise<boolean> =>
  mutated(mutant, async (judge) => {
    for (const one of observed) {
      const [said] = await verdicts(judge, one.text, [one.endpoint]);
      if (isWrong(said!.opened, one.opened.works) || isWrong(said!.new, one.new.works)) return true;
    }
    return false;
  });
