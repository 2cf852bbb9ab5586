import { readdirSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { check, type Endpoint, type Family, type SafetyVerdict } from "../../../src/index.js";
import { facts, isWrong, OPEN, restoreOf, tablesOf } from "./campaign.js";
import { HostPair, SERVER } from "./host-pair.js";

/** Who tries to come in: a stranger, and neighbours in networks that the files know. */
const CALLERS: Readonly<Record<Family, readonly string[]>> = {
  ipv4: ["203.0.113.77", "192.168.0.9", "10.0.0.5"],
  ipv6: ["2001:db8:77::77", "2001:db8:1::7"],
};
const PORTS = [22, 80],
  STRANGERS = new Set(["203.0.113.77", "2001:db8:77::77"]);
const PATIENCE = 150,
  MUCH_PATIENCE = 1_500;

const pair = new HostPair("eth0", PORTS, Object.values(CALLERS).flat());
beforeAll(() => pair.begin(), 60_000);
afterAll(() => pair.close());

interface Case {
  readonly file: string;
  readonly from: string;
  readonly port: number;
  readonly said: SafetyVerdict;
  readonly works: boolean;
}
const FOLDER = "test/corpora",
  files = readdirSync(FOLDER, { recursive: true, encoding: "utf8" }).filter(
    (file) => /\//.test(file) && !/^licenses/.test(file),
  );

/** What is said of every caller and port, and what they find; undefined where the kernel does not take the file. */
async function tried(file: string): Promise<readonly Case[] | undefined> {
  const text = readFileSync(`${FOLDER}/${file}`, "utf8"),
    family: Family = /v6|ip6|V6/.test(file) ? "ipv6" : "ipv4",
    { server, client } = pair;
  for (const one of ["ipv4", "ipv6"] as const) server.run(restoreOf(one), [], OPEN);
  await pair.forget(family);
  if (server.try(restoreOf(family), [], text).status !== 0) return undefined;
  const to = SERVER[family],
    endpoints = CALLERS[family].flatMap((from) =>
      PORTS.map(
        (port): Endpoint => ({
          family,
          protocol: "tcp",
          from,
          to,
          port,
          interfaces: ["eth0"],
          provenance: [],
        }),
      ),
    );
  const { endpoints: reports } = await check(tablesOf(text, family), endpoints, {
    facts: { ...facts, listening: PORTS },
    fixes: false,
  });
  const all = await Promise.all(
    reports.map(async ({ endpoint, parts }): Promise<Case> => {
      const { from = "", port } = endpoint,
        fresh = parts.find(({ part }) => part === "new connections")!,
        lost = fresh.legs.find(({ verdict }) => verdict === "cut"),
        localPort = lost?.direction === "in" ? lost.witness?.sport : lost?.witness?.dport,
        call = (patience: number) =>
          client.ask({
            do: "open",
            name: `${from} ${port}`,
            from,
            to,
            port,
            patience,
            ...(localPort && { localPort }),
          });
      const works = await call(PATIENCE);
      return {
        file,
        from,
        port,
        said: fresh.verdict,
        works: works || (fresh.verdict === "safe" && (await call(MUCH_PATIENCE))),
      };
    }),
  );
  await client.ask({ do: "close" });
  return all;
}

it("every real rule set that loads gets a verdict, and packets agree with it", async () => {
  const all: Case[] = [];
  let loaded = 0;
  for (const file of files) {
    const cases = await tried(file);
    if (!cases) continue;
    loaded++;
    all.push(...cases);
  }
  expect(loaded).toBeGreaterThan(60);
  const proved = all.filter(({ said }) => said === "safe" || said === "cut");
  expect(proved.length).toBeGreaterThanOrEqual(200);
  expect(proved.filter(({ said, works }) => isWrong(said, works))).toEqual([]);
  const strange = all.filter(({ from, port }) => STRANGERS.has(from) && port === PORTS[0]),
    unproved = strange.filter(({ said }) => said === "unproved");
  expect(unproved.length / strange.length, JSON.stringify(unproved)).toBeLessThanOrEqual(0.03);
}, 180_000);
