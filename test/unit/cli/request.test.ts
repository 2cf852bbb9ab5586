import { describe, expect, it } from "vitest";
import { commandLine } from "../../../src/cli/command-line.js";
import { readRequest } from "../../../src/cli/request.js";
import { words } from "../../kernel/cli-steps.js";

const read = (line: string) => readRequest(commandLine(words(line)));
const rule = (line: string) => read(line).rule.map(({ word }) => word);

describe("readRequest", () => {
  it("finds the command, its chain and number wherever they stand", () => {
    expect(read("-A INPUT -j DROP")).toMatchObject({
      verb: "A",
      chain: "INPUT",
      table: "filter",
      family: "ipv4",
    });
    expect(read("-j DROP -I INPUT 3 -t nat -6")).toMatchObject({
      verb: "I",
      chain: "INPUT",
      number: 3,
      table: "nat",
      family: "ipv6",
    });
    expect(read("-nvL INPUT 010")).toMatchObject({ verb: "L", number: 8, numeric: true, verbose: true });
    expect(read("--list")).toMatchObject({ verb: "L", chain: undefined });
    expect(read("-E old new")).toMatchObject({ verb: "E", chain: "old", second: "new" });
    expect(read("--table=mangle -P INPUT DROP")).toMatchObject({
      verb: "P",
      second: "DROP",
      table: "mangle",
    });
    expect(read("-Z -L INPUT")).toMatchObject({ verb: "L", chain: "INPUT", alsoZero: true });
    expect(read("-Z INPUT -L")).toMatchObject({ verb: "L", chain: "INPUT", alsoZero: true });
  });
  it("leaves the rule as it was given", () => {
    expect(rule("-A INPUT ! -p tcp -v --dport 22 -m comment --comment -t -j ACCEPT")).toEqual(
      words("! -p tcp --dport 22 -m comment --comment -t -j ACCEPT"),
    );
    expect(rule("-A INPUT --jump=ACCEPT --protocol udp")).toEqual(["-j", "ACCEPT", "-p", "udp"]);
    expect(rule("-A INPUT -p tcp --tcp-flags -n -v -j LOG --log-prefix -x")).toEqual(
      words("-p tcp --tcp-flags -n -v -j LOG --log-prefix -x"),
    );
    expect(rule("-A INPUT -p tcp --syn -v")).toEqual(["-p", "tcp", "--syn"]);
    expect(rule("-A INPUT -c 1 2")).toEqual(["-c", "1", "2"]);
  });
  it("reads the wait", () => {
    expect(read("-L").wait).toBe(5_000);
    expect(read("-w -L").wait).toBe(Number.POSITIVE_INFINITY);
    expect(read("-w 3 -L").wait).toBe(3_000);
    expect(read("-L -w0").wait).toBe(0);
  });
  it.each([
    ["INPUT", 'Bad argument "INPUT"'],
    ["-A", 'option "-A" requires an argument'],
    ["-A INPUT -D INPUT", "Cannot use -D with -A"],
    ["-L -S", "Cannot use -S with -L"],
    ["-A INPUT -n", "-A does not take -n"],
    ["-S -x", "-S does not take -x"],
    ["-D INPUT 0", 'Invalid rule number "0"'],
    ["-D INPUT x", 'Invalid rule number "x"'],
    ["-R INPUT -j DROP", "-R needs a chain and a rule number"],
    ["-D INPUT 1 -j DROP", "-D does not take -j"],
    ["-F INPUT 3", 'Bad argument "3"'],
    ["-L -w x", '"x" is not a number of seconds'],
    ["-L -q", 'unknown option "-q"'],
    ["-L -4 -6", "exclude each other"],
    ["-n -n -L", "multiple -n"],
    ["-P INPUT", "-P needs a chain and a policy"],
  ])("refuses %s", (line, problem) => {
    expect(() => read(line)).toThrowError(problem);
  });
});
