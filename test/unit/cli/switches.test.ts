import { describe, expect, it } from "vitest";
import { commandLine } from "../../../src/cli/command-line.js";
import { readSwitches, type Switch } from "../../../src/cli/switches.js";

const SWITCHES: readonly Switch[] = [
  { long: "table", short: "t", value: "TABLE", about: "" },
  { long: "counters", short: "c", about: "" },
  { long: "test", about: "" },
  { long: "wait", short: "w", value: "SECONDS", optional: true, about: "" },
];
const read = (...words: string[]) => readSwitches(SWITCHES, commandLine(["save", ...words], 1));

describe("readSwitches", () => {
  it("reads short and long, apart and together", () => {
    for (const words of [
      ["-ct", "nat"],
      ["-c", "-tnat"],
      ["--counters", "--table=nat"],
      ["--tab", "nat", "--cou"],
    ]) {
      const given = read(...words);
      expect(given.has("counters")).toBe(true);
      expect(given.value("table")).toBe("nat");
      expect(given.rest).toEqual([]);
    }
  });
  it("leaves an optional value out where the next word is a switch", () => {
    expect(read("-w").value("wait")).toBe("");
    expect(read("-w", "5").value("wait")).toBe("5");
    expect(read("-w5").value("wait")).toBe("5");
    expect(read("-w", "-c").value("wait")).toBe("");
    expect(read("--wait=7").value("wait")).toBe("7");
  });
  it("keeps the other words with their place", () => {
    expect(read("a", "-c", "--", "-t").rest).toEqual([
      { word: "a", index: 0 },
      { word: "-t", index: 3 },
    ]);
  });
  it.each([
    [["-q"], 'unknown option "-q"', 14],
    [["--quux"], 'unknown option "--quux"', 14],
    [["--t", "x"], '"--t" may be --table, --test', 14],
    [["-c", "-t"], "-t needs a value: TABLE", 20],
    [["--counters=5"], "--counters takes no value", 14],
  ])("points at the mistake in %j", (words, problem, column) => {
    expect(() => read(...words)).toThrowError(
      expect.objectContaining({
        code: "syntax",
        context: { problem, place: expect.objectContaining({ column }) },
      }),
    );
  });
  it("shows words as a shell takes them", () => {
    expect(() => read("a b", "it's", "-q")).toThrowError(/rampart save 'a b' 'it'\\''s' -q\n/);
  });
});
