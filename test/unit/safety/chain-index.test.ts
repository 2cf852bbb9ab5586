import fc from "fast-check";
import { expect, it } from "vitest";
import { check, type SafetyReport } from "../../../src/index.js";
import { endpoint, tablesOf } from "./rules.js";

/** Shorter than any chain that is read by an index. */
const PIECE = 8;
const address = fc
  .tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 255 }))
  .map(([b, c]) => `10.${b}.${c}.0`);
const source = fc.tuple(address, fc.constantFrom(8, 14, 16, 20, 24)).map(([text, bits]) => `${text}/${bits}`);
const rule = fc
  .tuple(
    fc.oneof(
      { weight: 5, arbitrary: source.map((text) => `-s ${text}`) },
      { weight: 1, arbitrary: source.map((text) => `! -s ${text}`) },
      fc.constant(""),
    ),
    fc.constantFrom(
      "",
      "",
      "-p tcp",
      "-p tcp --dport 22",
      "-p tcp --dport 80",
      "-p udp",
      "-i eth0",
      "-m conntrack --ctstate NEW",
      "-m mark --mark 1",
      "-m mark --mark 0",
      "-p tcp -m multiport --ports 22,80",
      "-m mac --mac-source 00:11:22:33:44:55",
      "-m limit",
    ),
    fc.constantFrom("DROP", "DROP", "DROP", "ACCEPT", "ACCEPT", "REJECT", "MARK --set-mark 1", "LOG", "U"),
  )
  .filter(([from]) => from !== "")
  .map(([from, match, target]) => `${from} ${match} -j ${target}`);

/** What was said, and by which rule. */
const said = ({ endpoints }: SafetyReport) =>
  endpoints.map(({ parts }) =>
    parts.map(({ legs }) =>
      legs.map(({ verdict, decided }) => [verdict, JSON.stringify(decided?.rule ?? decided?.did)]),
    ),
  );

it("a long chain, read by its index, says what the same rules say in pieces", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(rule, { minLength: 20, maxLength: 60 }),
      fc.array(source, { minLength: 3, maxLength: 3 }),
      async (rules, from) => {
        const head = "*filter\n:INPUT ACCEPT\n:U -\n",
          user = "-A U -s 10.1.0.0/16 -j DROP\n",
          pieces = Array.from({ length: Math.ceil(rules.length / PIECE) }, (_, i) =>
            rules.slice(i * PIECE, (i + 1) * PIECE),
          );
        const whole = `${head}${user}${rules.map((one) => `-A INPUT ${one}\n`).join("")}COMMIT\n`,
          apart = `${head}${pieces.map((_, i) => `:P${i} -\n`).join("")}${user}${pieces.map((piece, i) => `-A INPUT -j P${i}\n${piece.map((one) => `-A P${i} ${one}\n`).join("")}`).join("")}COMMIT\n`;
        const endpoints = [...from, "10.2.3.4", "0.0.0.0/0"].map((one) => endpoint({ from: one })),
          judge = (text: string) => check(tablesOf(text), endpoints, { fixes: false });
        const [one, other] = await Promise.all([judge(whole), judge(apart)]);
        expect(one.endpoints.map(({ verdict }) => verdict)).toEqual(
          other.endpoints.map(({ verdict }) => verdict),
        );
        // One address meets one rule; of a network any of those that decide may be named.
        expect(said(one)[3]).toEqual(said(other)[3]);
      },
    ),
    { numRuns: 150 },
  );
});
