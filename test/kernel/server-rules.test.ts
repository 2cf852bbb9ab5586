import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { runSteps, step } from "./cli-steps.js";

/** The rules that scripts/quickstart loads, against the tutorial that they are made from; iptables judges. */
const text = readFileSync("examples/server.rules.v4", "utf8");
const tutorial = readFileSync(new URL("../vectors/tutorial-commands.txt", import.meta.url), "utf8").split(
  "\n",
);

const NEW = "-m conntrack --ctstate NEW,ESTABLISHED -j ACCEPT",
  MAIL = [25, 110, 143, 993, 995];
const VERBATIM = [
  "INPUT -i lo -j ACCEPT",
  "OUTPUT -o lo -j ACCEPT",
  "INPUT -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT",
  "OUTPUT -m conntrack --ctstate ESTABLISHED -j ACCEPT",
  "INPUT -m conntrack --ctstate INVALID -j DROP",
  "INPUT -s 203.0.113.51 -j DROP",
  `INPUT -p tcp -m multiport --dports 80,443 ${NEW}`,
  `INPUT -p tcp -s 203.0.113.0/24 --dport 3306 ${NEW}`,
  `INPUT -i eth1 -p tcp --dport 3306 ${NEW}`,
  `INPUT -p tcp -s 203.0.113.0/24 --dport 5432 ${NEW}`,
  `INPUT -i eth1 -p tcp --dport 5432 ${NEW}`,
  `INPUT -p tcp -s 203.0.113.0/24 --dport 873 ${NEW}`,
  "OUTPUT -p tcp --dport 25 -j REJECT",
];
/** What the tutorial says of another address, in another place, or one port at a time. */
const ADAPTED = [
  "INPUT -s 203.0.113.52 -j REJECT",
  `INPUT -p tcp -s 192.168.1.0/24 --dport 22 ${NEW}`,
  `INPUT -p tcp -m multiport --dports ${MAIL.join(",")} ${NEW}`,
];
const wanted = [...VERBATIM, ...ADAPTED];
const [restored, saved, ...checked] = runSteps([
  step("rampart", "restore", text),
  step("iptables-legacy-save", "-t filter"),
  ...wanted.map((words) => step("iptables-legacy", `-C ${words}`)),
]);

it("the server's rules load, and are written as iptables-save writes them", () => {
  expect(restored).toMatchObject({ status: 0, errors: "" });
  const body = (save: string) => save.replaceAll(/^#.*\n/gm, "");
  expect(body(saved!.output)).toBe(body(text));
});
it.each(wanted.map((words, i) => [words, i] as const))("they hold %s", (_, i) => {
  expect(checked[i]).toMatchObject({ status: 0 });
});
it.each([...VERBATIM, ...MAIL.map((port) => `INPUT -p tcp --dport ${port} ${NEW}`)])(
  "the tutorial says: iptables -A %s",
  (words) => {
    expect(tutorial).toContain(`iptables -A ${words}`);
  },
);
it("they drop what they do not allow in, and what they would forward", () => {
  expect(saved!.output).toMatch(/^:INPUT DROP .*\n:FORWARD DROP .*\n:OUTPUT ACCEPT /m);
});
