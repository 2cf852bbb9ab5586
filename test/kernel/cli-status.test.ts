import { describe, expect, it } from "vitest";
import { runSteps, step, saidBySave as strip } from "./cli-steps.js";
import { asListed, judgedOtherwise } from "./judge.js";

/** In order: each meets what those before it left. Run by both, they must end alike and leave the same rules. */
const COMMANDS = `
-N foo
-N foo
-N INPUT
-N ACCEPT
-N -x
-N aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
-N
-N "a b"
-N a b
-N !x
-A foo
-A foo -j BAR
-A nope -j ACCEPT
-A foo -j ACCEPT extra
-A foo -p tcp --dport 99999
-A foo --foo
-A
-a foo
-A foo -s 10.0.0.0/33
-A foo -s nohost.invalid
-A foo -j ACCEPT -j DROP
-A foo -p tcp -p udp
-A foo -i ""
-A foo -i eth -i eth
-A INPUT -o eth0
-A OUTPUT -i eth0
-A foo --dport 5
-A foo -m nonexist
-A foo -m tcp --dport 5
-A foo !
-A foo -n
-D foo -j DROP
-D foo 9
-D foo 0
-D foo x
-D nope 1
-D foo
-D foo 1
-C foo -j ACCEPT
-A foo -j ACCEPT
-C foo -j ACCEPT
-C foo -j DROP
-C nope -j DROP
-C foo -p tcp -j ACCEPT
-I foo 5 -j ACCEPT
-I foo 0 -j ACCEPT
-I foo 2 -j ACCEPT
-I foo -j DROP
-I nope -j DROP
-R foo 9 -j DROP
-R foo 1 -j DROP
-R foo -j DROP
-R foo 1 -s 1.2.3.4,1.2.3.5 -j DROP
-R foo 0 -j DROP
-R nope 1 -j DROP
-E foo bar
-E foo bar
-E bar INPUT
-E INPUT x
-E bar
-N two
-E bar two
-X bar
-X two
-X nope
-X INPUT
-F bar
-F nope
-A INPUT -j bar
-X bar
-F INPUT
-X bar
-X
-X a b
-P INPUT DROP
-P INPUT drop
-P INPUT REJECT
-P foo DROP
-P INPUT
-P INPUT ACCEPT
-t nat -P PREROUTING DROP
-t nat -P nope DROP
-P
-P INPUT QUEUE
-Z INPUT
-Z nope
-Z INPUT 5
-Z
-Z INPUT 0
-A INPUT
-Z INPUT 1
-Z INPUT x
-L nope
-L INPUT 0
-L INPUT 9
-S nope
-S INPUT 0
-S INPUT x
-L INPUT OUTPUT
-L -A INPUT
-L -S
-t bogus -L
-t bogus -A INPUT
-t
-t nat -A POSTROUTING -j DROP
INPUT
-4 -L INPUT 9
--list-rules INPUT
--line-numbers -A INPUT
-x -A INPUT
-S -x
-A INPUT -j INPUT
-A INPUT -g nope
-A INPUT -j bogus
-N l1
-A l1 -j l1
-A INPUT -j l1
-A INPUT -p bogus
-A INPUT -p tcp -m tcp --tcp-flags X Y
-A INPUT -m conntrack --ctstate FOO
-A INPUT -j REJECT --reject-with tcp-reset
-A INPUT -j MASQUERADE
-A INPUT -m state
-A INPUT -w
-w 1 -A INPUT
-w x -A INPUT
-A INPUT -v -s 1.2.3.4 -j DROP
-v -D INPUT -s 1.2.3.4 -j DROP
-A INPUT -v -p tcp --dport 22 -m conntrack --ctstate NEW -j REJECT
-v -F
-v -N vv
-v -X vv
-v -Z INPUT
-v -P INPUT ACCEPT
-v -I INPUT ! -p udp ! -s 1.2.3.4 -i lo -g l1
-v -R INPUT 1 -j DROP
-v -C INPUT -j DROP
-v -D INPUT 1
-v -S INPUT
-c 1 2 -A INPUT
-A INPUT -c 1
-S INPUT -v
-A INPUT -s 1.1.1.1,2.2.2.2 -d 3.3.3.3 -j DROP
-D INPUT -s 1.1.1.1,2.2.2.2 -d 3.3.3.3 -j DROP
-D INPUT -s 1.1.1.1,2.2.2.2 -j DROP
-A INPUT ! -s 1.1.1.1,2.2.2.2 -j DROP
-A INPUT ! -s 1.1.1.1 -d 2.2.2.2,3.3.3.3 -j DROP
-A INPUT -s 1.1.1.1,2.2.2.2 ! -d 3.3.3.3 -j DROP
-C INPUT -s 1.1.1.1,2.2.2.2 -j DROP
-F l1
-X
-M foo -L INPUT 9
--modprobe=foo -L INPUT 9
-A INPUT --append
-LINPUT 9
-nL INPUT 9
-tnat -nL INPUT 9
--table=nat -L INPUT 9
--table nat -S INPUT
--jump ACCEPT -A INPUT
-D INPUT --jump ACCEPT
-A INPUT -m comment --comment "a b"
-A INPUT -m comment --comment -t -j ACCEPT
--list INPUT --numeric
-f -A INPUT
! -f -A INPUT -j DROP
-A INPUT -C INPUT
--delete INPUT 1
-D INPUT 1 -j ACCEPT
-I INPUT 1 2
-F INPUT 3
-L FORWARD -Z
-S -Z
-L -F
-F
-A INPUT -p 08 -j DROP
-A INPUT -p 058 -j DROP
-A INPUT -p +6 -j DROP
-A INPUT -p 0x11 -j DROP
-A INPUT -p 010 -j DROP
-A INPUT -m conntrack --ctproto 08
-A INPUT -m limit --limit 288489/hour
-A INPUT -m hashlimit --hashlimit-above 51kb/s --hashlimit-burst 1000kb --hashlimit-name h
-A INPUT -m hashlimit --hashlimit-above 51kb/s --hashlimit-burst 2mb --hashlimit-name h
-A INPUT -m hashlimit --hashlimit-above 51kb/s --hashlimit-burst 50kb --hashlimit-name h
-S INPUT
-L INPUT -n
-F
-A INPUT -s +167772161 -j DROP
! -A INPUT -o eth0
-A INPUT ! -t filter -s 10.0.0.1
-A INPUT -m comment --comment ! -j DROP
-m comment --comment ! -A INPUT
-F
-N LOG
-N DNAT
-N kept
-I INPUT -s 10.1.1.1,10.1.1.2 -d 10.2.2.1,10.2.2.2 -j DROP
-v -I INPUT 2 -s 10.1.1.1,10.1.1.2 -p tcp --dport 22 -j REJECT
-I INPUT 0x2 -s 10.3.3.3
-I INPUT +1 -s 10.3.3.4
-D INPUT 0x1
-D INPUT 09
-D INPUT 4294967297
-R INPUT 01 -s 10.3.3.5
-L INPUT 0x1 -n
-L INPUT -n -Z OUTPUT
-Z INPUT 1 -L
-Z FORWARD 1 -L
-S INPUT 2 -Z
-vS INPUT -Z
-vnL INPUT -Z
-vnL -Z
--ne c10
-A INPUT -j ACCEPT --
-S --
-S -- INPUT
-A INPUT -m comment --comment --help
-A INPUT -m comment --comment -h
-A INPUT -m comment --comm -6 -j DROP
-A INPUT -m recent --name -t --set
-c 5,6 -A INPUT -j DROP
-A INPUT -c 5, -j DROP
-c 5 6 -F INPUT
-P FORWARD DROP -c 1 2 3
-P FORWARD DROP
-P FORWARD ACCEPT -c 5 6
-P FORWARD ACCEPT -c 77,89
-S
-S FORWARD
-S INPUT 1
`
  .trim()
  .split("\n")
  .filter((line) => !judgedOtherwise(line));

describe("each command ends as with iptables", () => {
  const save = step("iptables-legacy-save", "-c");
  const theirs = runSteps(COMMANDS.flatMap((line) => [step("iptables-legacy", line), save]));
  const ours = runSteps(COMMANDS.flatMap((line) => [step("rampart", line), save]));
  it.each(COMMANDS.map((line, i) => [line, i] as const))("%s", (line, i) => {
    const mine = ours[2 * i]!,
      their = theirs[2 * i]!;
    expect(`${mine.status} ${mine.errors}`).toMatch(new RegExp(`^${their.status} `));
    expect(mine.output).toBe(line.includes("--numeric") ? asListed(their.output) : their.output);
    expect(mine.errors === "").toBe(their.status === 0);
    expect(strip(ours[2 * i + 1]!.output)).toBe(strip(theirs[2 * i + 1]!.output));
  });
});

const FILES: readonly (readonly [text: string, status: number])[] = [
  ["*filter\n-A nope -j DROP\nCOMMIT\n", 1],
  ["*filter\n-A INPUT -j nope\nCOMMIT\n", 2],
  ["*filter\n-A INPUT -p tcp --dport x\nCOMMIT\n", 2],
  ["*filter\n-A INPUT -j REJECT --reject-with tcp-reset\nCOMMIT\n", 1],
  ["*filter\n-D INPUT 9\nCOMMIT\n", 1],
  ["", 0],
  ["*filter\nCOMMIT\n", 0],
];
describe("restore ends as iptables-restore does", () => {
  const theirs = runSteps(FILES.map(([text]) => step("iptables-legacy-restore", "", text)));
  const ours = runSteps(FILES.map(([text]) => step("rampart", "restore", text)));
  it.each(FILES.map(([text, status], i) => [text, status, i] as const))("%j", (_, status, i) => {
    expect(theirs[i]!.status).toBe(status);
    expect(`${ours[i]!.status} ${ours[i]!.errors}`).toMatch(new RegExp(`^${status} `));
  });
});

const MISTYPED = [
  ["restore", "--bogus"],
  ["restore", "one two"],
  ["restore", "-T"],
  ["save", "--bogus"],
  ["save", "-t bogus"],
] as const;
describe("save and restore end as iptables' own do when they are mistyped", () => {
  const theirs = runSteps(MISTYPED.map(([name, words]) => step(`iptables-legacy-${name}`, words)));
  const ours = runSteps(MISTYPED.map(([name, words]) => step("rampart", `${name} ${words}`)));
  it.each(MISTYPED.map((words, i) => [...words, i] as const))("%s %s", (_, __, i) => {
    expect(theirs[i]!.status).toBe(1);
    expect(`${ours[i]!.status} ${ours[i]!.errors}`).toMatch(/^1 /);
  });
});
