import { applyService, type Family, type Placement, parseRule, printRule, type Service } from "../index.js";
import type { CommandLine } from "./command-line.js";
import { type Io, painter } from "./io.js";
import {
  BACKEND_SWITCH,
  FAMILY_SWITCHES,
  FORCE_SWITCH,
  givenWhere,
  HELP_SWITCH,
  NETNS_SWITCH,
  patiently,
  WAIT_SWITCH,
  withFirewall,
  writingOf,
} from "./session.js";
import type { Given, Switch } from "./switches.js";

export const SERVICE_SWITCHES: readonly Switch[] = [
  { long: "dry-run", about: "Print what would be done, and why there; change nothing." },
  { long: "json", about: "Print what was done as JSON." },
  WAIT_SWITCH,
  FORCE_SWITCH,
  ...FAMILY_SWITCHES,
  NETNS_SWITCH,
  BACKEND_SWITCH,
  HELP_SWITCH,
];

/** The comma-separated addresses of a switch, in the form that rules hold. */
export function addressesOf(given: Given, long: string, line: CommandLine): readonly string[] {
  return given
    .values(long)
    .flatMap((value) => value.split(",").map((address) => oneAddress(address, line, given.place(long) + 1)));
}
export function oneAddress(address: string, line: CommandLine, index: number): string {
  const family = familyOfAddress(address);
  if (!/^[\d.:a-f/]+$/i.test(address))
    line.refuse(`"${address}" is no address: a.b.c.d, a.b.c.d/24, or IPv6`, index);
  const { source } = parseRule(`-s ${address}`, { family });
  if (typeof source !== "string") line.refuse(`"${address}" means every address: leave it out`, index);
  return source as string;
}
export const familyOfAddress = (address: string): Family => (address.includes(":") ? "ipv6" : "ipv4");

/** The one family of all addresses, which -4 or -6 may name too. */
export function serviceFamily(given: Given, addresses: readonly string[], line: CommandLine): Family {
  const families = new Set(addresses.map(familyOfAddress));
  if (given.has("ipv4")) families.add("ipv4");
  if (given.has("ipv6")) families.add("ipv6");
  if (families.size > 1)
    line.refuse("IPv4 and IPv6 are two firewalls: one command works on one of them", line.words.length - 1);
  const [family = "ipv4"] = families;
  return family;
}

/** Puts the service into the filter table, or shows what that would do. */
export async function runService(
  service: Service,
  family: Family,
  given: Given,
  line: CommandLine,
  io: Io,
): Promise<number> {
  const writing = writingOf(given, line),
    dryRun = given.has("dry-run");
  let placements: readonly Placement[] = [];
  await withFirewall(family, givenWhere(given, line), async (firewall) => {
    if (dryRun) {
      placements = applyService(await firewall.read("filter"), service).placements;
      return;
    }
    await patiently(io, writing, (options) =>
      firewall.transaction(
        "filter",
        (filter) => {
          const applied = applyService(filter, service);
          placements = applied.placements;
          return applied.table === filter ? undefined : applied.table;
        },
        options,
      ),
    );
  });
  const text = ({ rule }: Placement) => printRule(rule, { family });
  if (given.has("json")) {
    const done = placements.map((one) => ({ ...one, text: `-A ${one.chain} ${text(one)}` }));
    const report = { family, table: "filter", service: service.title, dryRun, rules: done };
    await io.write(`${JSON.stringify(report, undefined, 2)}\n`);
    return 0;
  }
  const paint = painter(io, io.terminal.output);
  for (const one of placements)
    await io.write(dryRun ? planned(one, text(one), paint) : done(one, text(one), paint));
  if (!dryRun && io.terminal.errors && placements.some(({ action }) => action !== "kept"))
    io.complain(`${paint("dim", "Until the next restart; to keep it: rampart save --boot")}\n`);
  return 0;
}

type Paint = ReturnType<typeof painter>;
function planned({ action, chain, number, reason }: Placement, text: string, paint: Paint): string {
  const because = paint("dim", `# ${reason}`);
  if (action === "kept")
    return `${paint("dim", `# there already, as rule ${number}: -A ${chain} ${text}`)}\n`;
  const place = action === "replaced" ? `-R ${chain} ${number}` : `-I ${chain} ${number}`;
  return `${because}\n${place} ${text}\n`;
}
function done({ action, chain, number, reason }: Placement, text: string, paint: Paint): string {
  const what = paint(action === "kept" ? "dim" : "green", action.padEnd(8));
  return `${what} ${chain} ${number}: ${text}${action === "kept" ? "" : paint("dim", `  # ${reason}`)}\n`;
}
