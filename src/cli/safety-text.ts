import {
  type Endpoint,
  type EndpointReport,
  type LegReport,
  type PartReport,
  type PathStep,
  printRule,
  type Rule,
  type SafetyReport,
  type SafetyVerdict,
  systemNames,
} from "../index.js";
import type { Paint, Style } from "./io.js";

const STYLES: Readonly<Record<SafetyVerdict, Style>> = {
  safe: "green",
  throttled: "yellow",
  unproved: "yellow",
  cut: "red",
};
/** As the manual has them: the worst finding decides. */
export const SAFETY_STATUS: Readonly<Record<SafetyVerdict, number>> = {
  safe: 0,
  throttled: 3,
  unproved: 4,
  cut: 5,
};

export interface SafetyLayout {
  readonly paint: Paint;
  /** Where a rule stands in its file: "rules.v4:12"; undefined where it comes from none. */
  readonly placeOf: (rule: Rule) => string | undefined;
}

const COLUMN = 24;
const pad = (text: string): string => text.padEnd(COLUMN);

/** The report for people: the verdicts, and for each that is not safe the way there, the rule that decided, and what helps. */
export async function safetyText(
  { verdict, endpoints }: SafetyReport,
  layout: SafetyLayout,
): Promise<string> {
  const { paint } = layout;
  if (endpoints.length === 0)
    return `Safety: ${paint("yellow", "UNPROVED")}: nothing to protect was found; name it with --from ADDRESS --port N.\n`;
  const names = await systemNames(),
    texts = endpoints.map((one) => endpointText(one, { ...layout, names }));
  const all = `Safety: ${paint(STYLES[verdict], verdict.toUpperCase())}\n`;
  return `${all}${texts.join("")}`;
}
type Layout = SafetyLayout & { readonly names: Awaited<ReturnType<typeof systemNames>> };

export function endpointName({ from, to, port, peerPort, protocol, interfaces }: Endpoint): string {
  const peer = `${from ?? "anyone"}${peerPort === undefined ? "" : ` port ${peerPort}`}`,
    own = `${to === undefined ? "" : `${to} `}${protocol} port ${port}`;
  return `${peer} -> ${own}${interfaces ? ` by ${interfaces.join(", ")}` : ""}`;
}

function endpointText(report: EndpointReport, layout: Layout): string {
  const { endpoint, parts, fixes, survivesRollback } = report,
    { paint } = layout,
    lines = [`${paint("bold", endpointName(endpoint))}\n`];
  for (const { found, where } of endpoint.provenance)
    lines.push(
      paint(
        "dim",
        `  found by ${found}: ${where}
`,
      ),
    );
  for (const part of parts) lines.push(partText(part, layout));
  if (survivesRollback !== undefined)
    lines.push(
      `  ${pad("after a rollback")}${survivesRollback ? "the connection goes on" : "the connection is lost all the same: its end was told that it is over"}\n`,
    );
  for (const { table, chain, number, rule } of fixes)
    lines.push(
      `  ${pad("verified fix")}rampart -t ${table} -I ${chain} ${number} ${printRule(rule, { family: endpoint.family, names: layout.names })}\n`,
    );
  return lines.join("");
}

function partText({ part, verdict, legs }: PartReport, layout: Layout): string {
  const worst = legs.find((leg) => leg.verdict === verdict),
    shown = layout.paint(STYLES[verdict], verdict.toUpperCase());
  const head = `  ${pad(part)}${shown}${worst && verdict !== "safe" ? `  ${reason(worst)}` : ""}\n`;
  if (!worst || verdict === "safe") return head;
  return head + worst.path.map((step, i) => stepText(step, i === worst.path.length - 1, layout)).join("");
}

function reason({ packets, verdict, doubts, how, witness }: LegReport): string {
  const who = witness ? `${packets} ${witness.source} -> ${witness.destination ?? "this host"}` : packets;
  if (verdict === "cut") return `${who}: ${how}`;
  const whats = doubts.map(({ what }) => what).join("; ");
  return `${who}: it depends on ${whats || how}`;
}

function stepText({ table, chain, number, rule, did }: PathStep, last: boolean, layout: Layout): string {
  const place = `${table}/${chain}${number > 0 ? ` #${number}` : ""}`,
    text = rule ? ruleText(rule, chain, layout) : did,
    file = rule && layout.placeOf(rule);
  return `    ${place.padEnd(COLUMN - 2)}${text}${file ? `  ${layout.paint("dim", file)}` : ""}${last ? "  <- decides" : ""}\n`;
}
/** The steps of a way, a line each. */
export async function stepLines(path: readonly PathStep[], layout: SafetyLayout): Promise<string> {
  const names = await systemNames();
  return path.map((step, i) => stepText(step, i === path.length - 1, { ...layout, names })).join("");
}
/** What Rampart has no words for, it names. */
function ruleText(rule: Rule, chain: string, { names }: Layout): string {
  try {
    return `-A ${chain} ${printRule(rule, { names })}`;
  } catch {
    return `-A ${chain} (a rule that has no text)`;
  }
}
