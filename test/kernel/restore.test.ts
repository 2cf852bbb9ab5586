import { beforeEach, describe, expect, it } from "vitest";
import { isRampartError } from "../../src/index.js";
import { useNamespace, withoutComments } from "./namespace.js";

const namespace = useNamespace();
// Policies have counted nothing: libiptc would forget it, and Rampart does not (test/contract).
const BEFORE = `*filter
:INPUT DROP [0:0]
:FORWARD ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:old - [0:0]
:kept - [0:0]
[5:6] -A INPUT -s 10.0.0.1/32 -j ACCEPT
[7:8] -A INPUT -j old
[9:9] -A old -j RETURN
COMMIT
*nat
:PREROUTING ACCEPT [0:0]
:INPUT ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:POSTROUTING ACCEPT [0:0]
[1:2] -A POSTROUTING -o eth0 -j MASQUERADE
COMMIT
`;
const saved = () => withoutComments(namespace.run("iptables-legacy-save", ["-c"]));
const reset = () => namespace.run("iptables-legacy-restore", ["-c"], BEFORE);
beforeEach(() => {
  reset();
});

const FILES: Record<string, string> = {
  "a table replaced": "*filter\n:INPUT ACCEPT [1:2]\n-A INPUT -j ACCEPT\nCOMMIT\n",
  "policies left out": "*filter\n-A INPUT -j ACCEPT\nCOMMIT\n",
  "a policy of -": "*filter\n:INPUT - [0:0]\n-A INPUT -j ACCEPT\nCOMMIT\n",
  "rule counters": "*filter\n:INPUT ACCEPT [0:0]\n[4:5] -A INPUT -j ACCEPT\nCOMMIT\n",
  "a chain named again": "*filter\n:old - [0:0]\n-A old -j ACCEPT\nCOMMIT\n",
  "a new chain": "*filter\n:new - [0:0]\n-A new -j DROP\n-A INPUT -j new\nCOMMIT\n",
  "a jump to a chain that is there": "*filter\n-A FORWARD -j kept\nCOMMIT\n",
  "two tables":
    "*nat\n-A PREROUTING -p tcp --dport 80 -j REDIRECT --to-ports 8080\nCOMMIT\n*filter\nCOMMIT\n",
  "a table twice": "*filter\n-A INPUT -j ACCEPT\nCOMMIT\n*filter\n-A INPUT -j DROP\nCOMMIT\n",
  "edits in a file":
    "*filter\n-I INPUT 1 -s 10.9.9.9 -j DROP\n-N n\n-A n -j DROP\n-E n m\n-P FORWARD DROP\n-R INPUT 1 -j RETURN\nCOMMIT\n",
  "delete and insert": "*filter\n-D INPUT -s 10.0.0.1/32 -j ACCEPT\n-I INPUT -j DROP\nCOMMIT\n",
  "flush and delete": "*filter\n-F INPUT\n-F old\n-X old\nCOMMIT\n",
  zero: "*filter\n-Z INPUT\nCOMMIT\n",
  "comments and trailing blanks":
    "# one\n*filter\n# two\n:INPUT ACCEPT [0:0] \n-A INPUT -j ACCEPT   \nCOMMIT\n# end\n",
  quotes: '*filter\n-A INPUT -m comment --comment "a \\"b\\" c" -j ACCEPT\nCOMMIT\n',
  "an address list": "*filter\n-A INPUT -s 10.1.0.0/16,10.2.0.0/16 -j DROP\nCOMMIT\n",
  nothing: "",
  "no such chain": "*filter\n-A nope -j DROP\nCOMMIT\n",
  "no such target": "*filter\n-A INPUT -j NOPE\nCOMMIT\n",
  "no such table": "*nope\nCOMMIT\n",
  "a policy that is none": "*filter\n:INPUT FOO [0:0]\nCOMMIT\n",
  "a number past the end": "*filter\n-D INPUT 9\nCOMMIT\n",
  "values that look like options": `*filter
-A INPUT -m comment --comment -6 -j DROP
-A INPUT -m comment --comm -4
-A INPUT -m recent --name -t --set
-A INPUT -m hashlimit --hashlimit-name -A --hashlimit-upto 5/sec
COMMIT
`,
  "lines for one family": "*filter\n--ipv4 -A INPUT -j DROP\n-6 garbage\n-A INPUT --ipv6 -s ::1\nCOMMIT\n",
  "words that getopt takes": "*filter\n-M foo -AINPUT -j DROP --\n-I INPUT 0x1 -s 10.9.9.9\nCOMMIT\n",
  "address lists, inserted": "*filter\n-I INPUT -s 10.1.0.0/16,10.2.0.0/16 -d 1.1.1.1,2.2.2.2\nCOMMIT\n",
  "counters of a policy": "*filter\n-P INPUT DROP -c 5,6\n-P FORWARD DROP -c 7 8\n-P OUTPUT DROP\nCOMMIT\n",
  "counters of what has none": "*filter\n[5:6] -N x\nCOMMIT\n",
  "counters of a removal": "*filter\n-A INPUT -j DROP\n[5:6] -D INPUT 1\nCOMMIT\n",
  "a policy of the nat table": "*nat\n:PREROUTING DROP [0:0]\n-A PREROUTING -j ACCEPT\nCOMMIT\n",
  "a switch that is not for -A": "*filter\n-A INPUT -n\nCOMMIT\n",
  "a chain like a target": "*filter\n:LOG - [0:0]\n-A INPUT -j LOG\nCOMMIT\n",
  "a new chain like a target": "*filter\n-N LOG\nCOMMIT\n",
  "a negated command": "*filter\n! -A INPUT -s 10.9.9.9 -j DROP\nCOMMIT\n",
  "a list of no such chain": "*filter\n-L nope\nCOMMIT\n",
  "a list": "*filter\n-nvL\n-S INPUT\nCOMMIT\n",
  "a table without COMMIT before another": "*filter\n-A INPUT -j DROP\n*nat\n-F\nCOMMIT\n",
  "a table without a name": "*\nCOMMIT\n",
  "no COMMIT": "*filter\n-A INPUT -j ACCEPT\n",
};
const SWITCHES = ["", "-c", "-n", "-n -c", "-t", "-T filter", "-T nat", "-n -T filter"];

describe("rampart restore does what iptables-restore does", () => {
  const cases = Object.entries(FILES).flatMap(([name, text]) =>
    SWITCHES.map((switches) => [name, switches, text] as const),
  );
  it("in every case", () => {
    const ours = (switches: readonly string[], text: string) =>
      namespace.try(process.execPath, ["--import", "tsx", "test/kernel/restore-all.ts", ...switches], text);
    const results = JSON.parse(
      ours([], JSON.stringify(cases.map(([, switches, text]) => ({ before: BEFORE, switches, text }))))
        .stdout,
    ) as { status: number; saved: string; errors: string }[];
    const apart = cases.flatMap(([name, switches, text], i) => {
      reset();
      const args = switches === "" ? [] : switches.split(" "),
        { status } = namespace.try("iptables-legacy-restore", args, text),
        theirs = { status: Math.sign(status ?? -1), saved: saved() },
        mine = { status: Math.sign(results[i]!.status), saved: withoutComments(results[i]!.saved) };
      const same = JSON.stringify(mine) === JSON.stringify(theirs);
      return same ? [] : [{ name, switches, theirs, mine, errors: results[i]!.errors }];
    });
    expect(apart).toEqual([]);
  });
});

describe("beyond iptables-restore", () => {
  it("blanks at the ends of lines, blank lines and CRLF are let pass", async () => {
    await using firewall = await namespace.open();
    await firewall.restore("\r\n*filter  \r\n\n:INPUT DROP [0:0]\t\n-A INPUT -j ACCEPT \r\n \nCOMMIT \n");
    expect(saved()).toContain("[0:0] -A INPUT -j ACCEPT\nCOMMIT");
  });

  const bad =
    "*nat\n-F\nCOMMIT\n*filter\n-A INPUT -j ACCEPT\n-A INPUT -p tcp --dport nosuch -j DROP\nCOMMIT\n";
  it("an error anywhere changes nothing, in no table", async () => {
    const before = saved();
    await using firewall = await namespace.open();
    const error = await firewall.restore(bad, { file: "rules.v4" }).catch((reason: unknown) => reason);
    expect(isRampartError(error, "syntax") && error.context.place).toMatchObject({
      file: "rules.v4",
      line: 6,
      column: 25,
      length: 6,
    });
    expect(saved()).toBe(before);
    // iptables-restore has committed the first table by then.
    namespace.try("iptables-legacy-restore", [], bad);
    expect(saved()).not.toBe(before);
  });
});
