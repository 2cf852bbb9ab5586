import { expect, it } from "vitest";
import { isRampartError, parseRules, parseRulesAsync, type RampartError } from "../../../src/index.js";

function refused(text: string): RampartError<"syntax"> {
  try {
    parseRules(text, { file: "rules.v4" });
  } catch (error) {
    if (isRampartError(error, "syntax")) return error;
    throw error;
  }
  throw new Error("it was taken");
}
const linesOf = ({ context: { place, more = [] } }: RampartError<"syntax">): (number | undefined)[] => [
  place?.line,
  ...more.map((mistake) => mistake.place.line),
];

it("names every wrong line of a file, in its order", async () => {
  const text = `*filter
:INPUT DROP [0:0]
:web REJECT [0:0]
-A INPUT -p tcp -m tcp --dport 22 -m conntrack --ctstate NEW,> -j ACCEPT
-A INPUT -p tcp -m tcp --dport 80 -j web
-A INPUT -p tcp -m tcp --dport 443 -j ACCEPT (https)
COMMIT
*nat
-A POSTROUTING -o eth0 -j MASQUERADE --to-port
COMMIT
`;
  const error = refused(text);
  expect(linesOf(error)).toEqual([3, 4, 6, 9]);
  expect(error.message.split("\n").filter((line) => line.startsWith("rules.v4:"))).toEqual([
    'rules.v4:3:6: "REJECT" is no policy: it is ACCEPT, DROP or -',
    expect.stringMatching(/^rules\.v4:4:58: ">" is not one of .* in --ctstate$/),
    expect.stringMatching(/^rules\.v4:6:46: Bad argument "\(https\)"/),
    'rules.v4:9:47: option "--to-ports" requires an argument',
  ]);
  await expect(parseRulesAsync(text, { file: "rules.v4" })).rejects.toMatchObject({
    message: error.message,
  });
});

it.each([
  ["a table that there is not", "*filtre\n:INPUT DROP [0:0]\n-A INPUT -j ACCEPT\nCOMMIT\n", [1]],
  ["a text that is no rules file", "<html>\n<body>\n-A INPUT\n", [1]],
  [
    "a table that is not committed",
    "*filter\n-A INPUT -j ACCEPT\n*nat\n-A PREROUTING -p 300\nCOMMIT\n",
    [3, 4],
  ],
  ["the last table not committed", "*filter\n-A INPUT -p tcp --dport x", [2, 3]],
])("says once what is wrong with %s", (_, text, lines) => {
  expect(linesOf(refused(text))).toEqual(lines);
});

it("shows twenty, and counts the others", () => {
  const error = refused(`*filter\n${"-A INPUT -p tcp --dport x\n".repeat(25)}COMMIT\n`);
  expect(error.context.more).toHaveLength(19);
  expect(error.context.untold).toBe(5);
  expect(error.message).toMatch(/\nand 5 more$/);
});

it("leaves a single mistake as it is", () => {
  const { context } = refused("*filter\n-A INPUT -p tcp --dport x\nCOMMIT\n");
  expect(context).toEqual({ problem: expect.any(String), place: expect.objectContaining({ line: 2 }) });
});
