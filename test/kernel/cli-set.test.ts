import { describe, expect, it } from "vitest";
import { setCases, settled } from "../vectors/sets.js";
import { runSteps, step } from "./cli-steps.js";

/** In order: each meets what those before it left. Run by both, they must end alike and leave the same sets. */
const COMMANDS = `
create a hash:ip timeout 0 counters comment initval 0x1
create a hash:ip
create a hash:ip timeout 0 counters comment initval 0x1 -exist
-exist create a hash:ip timeout 0 counters comment initval 0x1
create a hash:net -!
create b hash:net family inet6 initval 0x2
create c list:set size 8
create d hash:ip,port initval 3
create e bitmap:port range 1-1024
create e2 bitmap:port
create f hash:nothing
create g
create h hash:ip speed 5
create aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa hash:ip
create k hash:ip --timeout 50 --hashsize 128 --initval 9
-N n hash:ip initval 4
create o hash:ip timeout 99999999
create p hash:ip netmask 33
create q hash:ip family inet9
add a 192.0.2.1 timeout 6000 comment "two words"
add a 192.0.2.1
add a 192.0.2.1 -exist timeout 5000
--exist add a 192.0.2.1 timeout 4000
-! add a 192.0.2.2 timeout 3000 packets 5 bytes 6
add a 192.0.2.0/30 -exist timeout 8000
add a
add a 192.0.2.300
add a ::1
add a 192.0.2.9 speed 5
add a 192.0.2.9 skbmark 0x5
add nowhere 192.0.2.9
-A n 192.0.2.77
add b 2001:db8::/32
add b 2001:db8::/129
add d 192.0.2.1,http
add d 192.0.2.1,udp:1-3
add d 192.0.2.1,icmp:ping
add d 192.0.2.1,udp:99999
add e 22-25
add e 2000
add c a
add c b before a
add c nowhere
test a 192.0.2.1
test a 192.0.2.77
test -q a 192.0.2.77
test b 2001:db8::5
test nowhere 1.2.3.4
test a
-T n 192.0.2.77
del a 192.0.2.3
del a 192.0.2.3
del a 192.0.2.3 -exist
del e 23
rename n m
rename n m
rename a z
rename
swap k m
swap k e
swap k nowhere
list -n
list nowhere
list nowhere -n
list -n k
list a b
save nowhere
flush e
flush nowhere
destroy e
destroy e
destroy e -exist
destroy a
nothing
list k m
destroy x y
`
  .trim()
  .split("\n");

describe("rampart set", () => {
  const judged = runSteps(COMMANDS.flatMap((line) => [step("ipset", line), step("ipset", "save")])),
    ours = runSteps(COMMANDS.flatMap((line) => [step("rampart", `set ${line}`), step("ipset", "save")]));
  it.each(COMMANDS.map((line, i) => [line, i] as const))("%s", (line, i) => {
    const wanted = judged[2 * i]!,
      got = ours[2 * i]!;
    expect(`${got.status === 0} ${got.errors}`).toMatch(wanted.status === 0 ? /^true/ : /^false/);
    expect(settled(ours[2 * i + 1]!.output)).toBe(settled(judged[2 * i + 1]!.output));
    if (/ -n\b/.test(` ${line}`)) expect(got.output).toBe(wanted.output);
    if (/^(test|-T)/.test(line) && wanted.status === 0) expect(wanted.errors).toContain(got.errors);
    if (got.status !== 0 && !/^test/.test(line)) expect(got.errors.length).toBeGreaterThan(20);
  });

  const { text } = setCases();
  it("prints all cases as ipset does, and reads what ipset wrote", () => {
    const lines = [
      "list",
      "list -t",
      "save",
      "list -o save",
      "list -n",
      "list set-7",
      "save set-8",
      "list -o save -t",
    ];
    const [, ...told] = runSteps([
      step("ipset", "restore -exist", text),
      ...lines.flatMap((line) => [step("ipset", line), step("rampart", `set ${line}`)]),
    ]);
    lines.forEach((line, i) => {
      const wanted = told[2 * i]!,
        got = told[2 * i + 1]!;
      // With -t, ipset 7.17's save prints entries all the same.
      const judgement = line.endsWith("save -t")
        ? wanted.output.replaceAll(/^add .*\n/gm, "")
        : wanted.output;
      expect(listed(got.output)).toBe(listed(judgement));
      expect(got.status).toBe(0);
    });
    const [, saved] = runSteps([step("rampart", "set restore -exist", text), step("ipset", "save")]);
    expect(settled(saved!.output)).toBe(settled(told[4]!.output));
  });
  it("prints JSON", () => {
    const [, , json] = runSteps([
      step("rampart", "set create a hash:net,iface initval 5"),
      step("rampart", "set add a 10.0.0.0/8,physdev:eth0 nomatch"),
      step("rampart", "set list a --json"),
    ]);
    expect(JSON.parse(json!.output).sets).toMatchObject([
      {
        name: "a",
        type: "hash:net,iface",
        entries: [{ net: "10.0.0.0/8", interface: "eth0", physdev: true, nomatch: true }],
      },
    ]);
  });
});
/** Seconds that pass between the two listings are rounded away. */
const listed = (output: string): string =>
  output.replaceAll(
    /(?<=^\S+ .*?timeout |^add \S+ \S+ .*?timeout )\d+/gm,
    (seconds) => `${Math.ceil(Number(seconds) / 1000)}`,
  );
