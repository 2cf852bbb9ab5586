import { describe, expect, it } from "vitest";
import type { Io } from "../../../src/cli/io.js";
import { argumentsFor, COMMANDS, run } from "../../../src/cli/run.js";
import { VERBS } from "../../../src/cli/vocabulary.js";
import { VERSION } from "../../../src/index.js";

async function runs(...args: string[]): Promise<{ status: number; output: string; errors: string }> {
  let output = "",
    errors = "";
  const io: Io = {
    env: {},
    write: async (text) => {
      output += text;
    },
    complain: (text) => {
      errors += text;
    },
    input: async () => "",
    terminal: { output: false, errors: false },
  };
  return { status: await run(args, io), output, errors };
}

describe("help", () => {
  it("lists every command of both kinds", async () => {
    for (const words of [["help"], ["--help"], ["-h"]]) {
      const { status, output, errors } = await runs(...words);
      expect({ status, errors }).toEqual({ status: 0, errors: "" });
      for (const { name, summary } of COMMANDS)
        expect(output).toMatch(new RegExp(`  ${name} +${summary.slice(0, 20)}`));
      for (const { short } of VERBS) expect(output.replaceAll(/\s+/g, " ")).toContain(`-${short} `);
    }
  });
  it.each(COMMANDS.map(({ name }) => name))("explains %s, asked either way", async (name) => {
    const { output } = await runs("help", name);
    expect(output).toContain(`Usage\n  rampart ${name}`);
    expect(output).toContain("Examples");
    expect((await runs(name, "--help")).output).toBe(output);
    expect((await runs(name, "-h")).output).toBe(output);
  });
  it.each(VERBS.map(({ short, long }) => [short, long] as const))("explains -%s", async (short, long) => {
    const { output, status } = await runs(`-${short}`, "--help");
    expect(status).toBe(0);
    expect(output).toContain(`rampart -${short}, --${long}: `);
    expect((await runs("help", `--${long}`)).output).toBe(output);
  });
  it("lists the options of a match or a target", async () => {
    const { output, status } = await runs("help", "conntrack");
    expect(status).toBe(0);
    expect(output).toContain("[!] --ctstate VALUE\n");
    expect((await runs("-m", "conntrack", "--help")).output).toBe(output);
    expect((await runs("-A", "INPUT", "-m", "conntrack", "-h")).output).toBe(output);
    expect((await runs("help", "LOG")).output).toContain("    --log-prefix VALUE\n");
    expect((await runs("help", "tcp")).output).toContain("[!] --tcp-flags VALUE VALUE\n");
  });
  it("does not take the value of an option for a question", async () => {
    // Nothing is done here but reading the words: the file is not there.
    const words = ["-A", "INPUT", "-m", "comment", "--comment", "--help", "--netns", "/nowhere/at/all"];
    expect((await runs(...words)).errors).toContain("/nowhere/at/all");
    expect((await runs(...words.with(5, "-h"))).errors).toContain("/nowhere/at/all");
  });
  it("says its version the ways that iptables' tools do", async () => {
    const { output } = await runs("version");
    expect(output).toBe(`rampart v${VERSION}\n`);
    for (const words of [["-V"], ["--version"], ["save", "-V"], ["restore", "--version"]])
      expect((await runs(...words)).output).toBe(output);
  });
  it("keeps its lines short", async () => {
    for (const words of [
      ["help"],
      ...COMMANDS.map(({ name }) => ["help", name]),
      ...VERBS.map(({ short }) => ["help", short]),
    ])
      for (const line of (await runs(...words)).output.split("\n"))
        expect(line.length).toBeLessThanOrEqual(120);
  });
});

describe("mistakes", () => {
  it.each([
    [["frobnicate"], 'there is no command "frobnicate"'],
    [["allowed"], "did you mean allow?"],
    [["allow"], "what shall be allowed?"],
    [["allow", "gopher"], 'no service "gopher"'],
    [["allow", "ssh", "--from", "host.example"], "is no address"],
    [["allow", "ssh", "--from", "0.0.0.0/0"], "leave it out"],
    [["allow", "ssh", "--from", "10.0.0.1,::1"], "two firewalls"],
    [["allow", "loopback", "--from", "10.0.0.1"], "--from has no meaning with loopback"],
    [["allow", "forward", "--in", "eth1"], "forward needs both"],
    [["block"], "what shall be blocked?"],
    [["block", "smtp", "--reject"], "--reject has no meaning with smtp"],
    [["save", "file"], "-f FILE"],
    [["save", "-f", "a", "--boot"], "exclude each other"],
    [["restore", "a", "b"], "one file"],
    [["restore", "-4", "-6"], "exclude each other"],
    [["-L", "-q"], 'unknown option "-q"'],
    [["help", "frobnicate"], 'no help on "frobnicate"'],
  ])("%j: the exit status, and what to do", async (words, problem) => {
    const { status, output, errors } = await runs(...words);
    // iptables ends with 2, iptables-save and -restore with 1.
    const expected = ["save", "restore"].includes(words[0]!) ? 1 : 2;
    expect({ status, output }).toEqual({ status: expected, output: "" });
    expect(errors).toContain(problem);
    expect(errors).toMatch(/\n {2}rampart .*\n +\^/);
  });
  it("no command at all", async () => {
    expect((await runs()).status).toBe(2);
  });
  it("a file that is not there: exit status 1", async () => {
    const { status, errors } = await runs("restore", "/nonexistent/rules.v4");
    expect(status).toBe(1);
    expect(errors).toContain("/nonexistent/rules.v4: there is no such file");
  });
  it("a table that is none: exit status 3", async () => {
    expect((await runs("-t", "bogus", "-L")).status).toBe(3);
  });
});

it("answers to the names of iptables' own programs", () => {
  expect(argumentsFor("rampart", ["-L"])).toEqual(["-L"]);
  expect(argumentsFor("iptables", ["-L"])).toEqual(["-L"]);
  expect(argumentsFor("ip6tables-legacy", ["-L"])).toEqual(["-6", "--backend", "legacy", "-L"]);
  expect(argumentsFor("ip6tables-nft-save", [])).toEqual(["save", "-6", "--backend", "nft"]);
  expect(argumentsFor("ip6tables-restore", ["-n"])).toEqual(["restore", "-6", "-n"]);
  expect(argumentsFor("iptables-legacy-save", [])).toEqual(["save", "--backend", "legacy"]);
});
it("says its version", async () => {
  expect((await runs("--version")).output).toMatch(/^rampart v\d+\.\d+\.\d+\n$/);
});
