import {
  applySection,
  check,
  type Endpoint,
  emptyTable,
  type Family,
  type HostFacts,
  parseRules,
  type SafetyVerdict,
  type Table,
} from "../../../src/index.js";
import { CLIENTS, DEVICE, HostPair, PORTS, SERVER } from "./host-pair.js";
import { BUILT_IN, Dice, randomRules } from "./random-rules.js";

/** How long a packet may take over a cable of its own: it is there at once, or it is lost. */
const PATIENCE = 90,
  /** Before a connection that should work is called broken. */
  MUCH_PATIENCE = 1_500;
/** Keeps conntrack awake, so that connections that are open have an entry. */
export const OPEN = Object.entries(BUILT_IN)
  .map(([table, chains]) => {
    const rule = table === "filter" ? "-A INPUT -m conntrack --ctstate NEW\n" : "";
    return `*${table}\n${chains.map((chain) => `:${chain} ACCEPT\n`).join("")}${rule}COMMIT\n`;
  })
  .join("");

export const facts: HostFacts = {
  listening: PORTS,
  conntrack: false,
  addresses: [SERVER.ipv4, SERVER.ipv6],
  bridges: [],
  queues: [],
  owner: 0,
};
export function tablesOf(text: string, family: Family): readonly Table[] {
  return parseRules(text, { family }).tables.map((section) =>
    applySection(section, emptyTable(family, section.table, {}), { text }),
  );
}

/** What one rule set does to one client, and what was said about it. */
export interface Observed {
  readonly family: Family;
  readonly text: string;
  readonly endpoint: Endpoint;
  readonly opened: { readonly said: SafetyVerdict; readonly works: boolean };
  readonly new: { readonly said: SafetyVerdict; readonly works: boolean };
}
export const isWrong = (said: SafetyVerdict, works: boolean): boolean =>
  ((said === "safe" || said === "throttled") && !works) || (said === "cut" && works);
export const wrongIn = (all: readonly Observed[]): readonly Observed[] =>
  all.filter((one) => isWrong(one.opened.said, one.opened.works) || isWrong(one.new.said, one.new.works));

type Check = typeof check;
/** The two verdicts that are compared with the kernel. */
export async function verdicts(judge: Check, text: string, endpoints: readonly Endpoint[]) {
  const [one] = endpoints,
    { endpoints: reports } = await judge(tablesOf(text, one!.family), endpoints, { facts, fixes: false });
  return reports.map(({ parts }) => {
    const of = (name: string) => parts.find(({ part }) => part === name)!,
      lost = of("new connections").legs.find(({ verdict }) => verdict === "cut");
    const port = lost?.direction === "in" ? lost.witness?.sport : lost?.witness?.dport;
    return { opened: of("open connection").verdict, new: of("new connections").verdict, port };
  });
}

/** Loads one rule set after the other, and compares what was said about each with what packets do. */
export async function campaign(
  seed: number,
  sets: number,
  until = Number.POSITIVE_INFINITY,
): Promise<readonly Observed[]> {
  const pair = new HostPair(),
    out: Observed[] = [];
  await pair.begin();
  try {
    for (let i = 0; i < sets && Date.now() < until; i++) {
      const dice = new Dice(seed * 100_003 + i);
      out.push(...(await observe(pair, dice.chance(0.5) ? "ipv4" : "ipv6", dice)));
    }
  } finally {
    pair.close();
  }
  return out;
}

export const restoreOf = (family: Family): string =>
  family === "ipv4" ? "iptables-legacy-restore" : "ip6tables-legacy-restore";
async function observe(pair: HostPair, family: Family, dice: Dice): Promise<readonly Observed[]> {
  const { client, server } = pair,
    to = SERVER[family],
    port = PORTS[0]!;
  for (const one of ["ipv4", "ipv6"] as const) server.run(restoreOf(one), [], OPEN);
  await pair.forget(family);
  const endpoints = CLIENTS[family].map(
    (from, i): Endpoint => ({
      family,
      protocol: "tcp",
      from,
      to,
      port,
      peerPort: 20_000 + dice.below(20_000) + i,
      interfaces: [DEVICE],
      tracked: true,
      provenance: [],
    }),
  );
  for (const { from = "", peerPort = 0 } of endpoints)
    if (
      !(await client.ask({
        do: "open",
        name: from,
        from,
        to,
        port,
        localPort: peerPort,
        patience: MUCH_PATIENCE,
      }))
    )
      throw new Error(`no connection from ${from} port ${peerPort} even through open tables`);
  const text = loaded(pair, family, dice),
    said = await verdicts(check, text, endpoints);
  const observed = await Promise.all(
    endpoints.map(async (endpoint, i): Promise<Observed> => {
      const from = endpoint.from!,
        { opened, new: fresh, port: localPort } = said[i]!;
      const call = (patience: number, name: string) =>
        client.ask({
          do: "open",
          name,
          from,
          to,
          port,
          patience,
          ...(fresh === "cut" && localPort && { localPort }),
        });
      const [openWorks, newWorks] = await Promise.all([
        client.ask({ do: "ping", name: from, patience: PATIENCE }),
        call(PATIENCE, `${from} new`),
      ]);
      // A machine that is busy is no firewall: what should work gets a second chance.
      const slow = opened === "safe" && !openWorks;
      return {
        family,
        text,
        endpoint,
        opened: {
          said: opened,
          works: slow ? await client.ask({ do: "ping", name: from, patience: MUCH_PATIENCE }) : openWorks,
        },
        new: {
          said: fresh,
          works:
            newWorks ||
            (fresh !== "cut" && fresh !== "unproved" && (await call(MUCH_PATIENCE, `${from} again`))),
        },
      };
    }),
  );
  await client.ask({ do: "close" });
  return observed;
}
/** So many in a row are refused only where there is no namespace to load them into any more. */
const MOST_REFUSED = 100;
/** A rule set that the kernel takes; some of those thrown together it does not. */
function loaded(pair: HostPair, family: Family, dice: Dice): string {
  let said = "";
  for (let i = 0; i < MOST_REFUSED; i++) {
    const text = randomRules(dice, family),
      { status, stderr } = pair.server.try(restoreOf(family), [], text);
    if (status === 0) return text;
    said = stderr;
  }
  throw new Error(`no rule set is taken any more: ${said}`);
}
