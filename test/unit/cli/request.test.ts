import { describe, expect, it } from "vitest";
import { commandLine } from "../../../src/cli/command-line.js";
import { readRequest } from "../../../src/cli/request.js";
import { words } from "../../kernel/cli-steps.js";

/** The request with its head, both flat. */
function read(line: string) {
  const { head, ...switches } = readRequest(commandLine(words(line)));
  return { ...switches, ...head, chain: head.chain?.word, second: head.second?.word };
}
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
    expect(read("-Z -L INPUT")).toMatchObject({ verb: "L", chain: "INPUT", alsoZero: "chain" });
    expect(read("-Z INPUT -L")).toMatchObject({ verb: "L", chain: "INPUT", alsoZero: "chain" });
  });
  it("of -L and -Z takes the chain and the number that are named last", () => {
    expect(read("-L INPUT -Z OUTPUT")).toMatchObject({ verb: "L", chain: "OUTPUT", number: undefined });
    expect(read("-L INPUT 2 -Z")).toMatchObject({ chain: "INPUT", number: 2, alsoZero: "chain" });
    expect(read("-L INPUT -Z FORWARD 1")).toMatchObject({ chain: "FORWARD", number: 1, alsoZero: "rule" });
  });
  it.each([
    ["0x10", 16],
    ["010", 8],
    ["+1", 1],
    ["4294967295", 4294967295],
  ])("reads rule number %s", (word, number) => {
    expect(read(`-L INPUT ${word}`).number).toBe(number);
  });
  it("reads counters in one word and in two", () => {
    expect(read("-P INPUT DROP -c 5,6").counters).toEqual({ packets: 5, bytes: 6 });
    expect(read("-c 5 6 -P INPUT DROP").counters).toEqual({ packets: 5, bytes: 6 });
    expect(rule("-c 5,6 -A INPUT -j DROP")).toEqual(["-c", "5,6", "-j", "DROP"]);
  });
  it("takes a beginning for iptables' word before its own", () => {
    expect(read("--ne x")).toMatchObject({ verb: "N", chain: "x" });
    expect(read("-S --net blue")).toMatchObject({ where: { netns: "blue" } });
  });
  it("takes -- for the end of the options", () => {
    expect(rule("-A INPUT -j DROP --")).toEqual(["-j", "DROP"]);
    expect(() => read("-S -- INPUT")).toThrowError('Bad argument "INPUT"');
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
    expect(rule("-A INPUT -m comment --comm -6 -m recent --name -t")).toEqual(
      words("-m comment --comm -6 -m recent --name -t"),
    );
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
    ["-D INPUT 09", 'Invalid rule number "09"'],
    ["-D INPUT 4294967296", 'Invalid rule number "4294967296"'],
    ["-F -c 1 2", "-F does not take -c"],
    ["-D INPUT 1 -c 1 2", "-D does not take -c"],
    ["-P INPUT DROP -c 1 2 3", 'Bad argument "3"'],
    ["-P INPUT DROP -c 1 x", '"x" is no counter'],
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
