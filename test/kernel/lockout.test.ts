import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { isRampartError, parseRule, type Table } from "../../src/index.js";
import { withoutComments } from "./namespace.js";
import { CLIENTS, HostPair, SERVER } from "./safety/host-pair.js";

/** A server on ssh's port and a client that is there, as far as sock_diag tells. */
const pair = new HostPair();
const FROM = CLIENTS.ipv4[0]!;
const PROTECT = [{ from: FROM, port: 22 }];
beforeAll(() => pair.begin());
afterAll(() => pair.close());
beforeEach(async () => {
  // What connections of the test before still send would be counted.
  await pair.client.ask({ do: "close" });
  await pair.forget("ipv4");
  pair.server.iptables("-P INPUT ACCEPT");
  pair.server.iptables("-F");
});

const saved = (): string => pair.server.run("iptables-legacy-save").replaceAll(/^#.*\n/gm, "");
const connects = (): Promise<boolean> =>
  pair.client.ask({ do: "open", name: "try", from: FROM, to: SERVER.ipv4, port: 22, patience: 200 });
const cut = (filter: Table): Table => filter.policy("INPUT", "DROP");
const refusal = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: unknown) => (isRampartError(error, "lockout") ? error : Promise.reject(error)),
  );

describe.each(["legacy", "nft"] as const)("%s: a write that cuts off whom it must not", (backend) => {
  const open = () => pair.server.open({ backend, protect: PROTECT });
  const cleared = async () => {
    await using firewall = await open();
    await firewall.transaction("filter", (filter) => filter.flush().policy("INPUT", "ACCEPT"), {
      force: true,
    });
  };
  beforeEach(cleared);
  afterAll(cleared);

  it("is refused, says by which rule, and changes nothing", async () => {
    await using firewall = await open();
    await firewall.transaction("filter", (filter) => filter.append("INPUT", parseRule("-p udp -j DROP")));
    const before = withoutComments(await firewall.save()),
      rule = parseRule("-s 198.51.100.0/24 -j DROP");
    const error = await refusal(firewall.transaction("filter", (filter) => filter.append("INPUT", rule)));
    expect(error?.context).toMatchObject({
      verdict: "cut",
      table: "filter",
      chain: "INPUT",
      ruleNumber: 2,
      rule: "-A INPUT -s 198.51.100.0/24 -j DROP",
      fix: `-t filter -I INPUT 2 -s ${FROM}/32 -p tcp -m tcp --dport 22 -j ACCEPT`,
    });
    expect(withoutComments(await firewall.save())).toBe(before);
    expect(await connects()).toBe(true);
  });
  it("is let pass with the rule that helps, and with force", async () => {
    await using firewall = await open();
    const { filter } = await firewall.read();
    const error = await refusal(firewall.write(cut(filter)));
    const fix = error!.context.fix!.replace(/^-t filter -I INPUT \d+ /, "");
    await firewall.write(cut(filter.append("INPUT", parseRule(fix))));
    expect(await connects()).toBe(true);
    await firewall.transaction("filter", (now) => now.flush("INPUT"), { force: true });
    expect(await connects()).toBe(false);
    // He is cut off already: no further write is refused for it.
    await firewall.transaction("filter", (now) => now.append("INPUT", parseRule("-p udp -j DROP")));
  });
  it("is refused in a restore too", async () => {
    await using firewall = await open();
    const before = withoutComments(await firewall.save());
    expect(await refusal(firewall.restore("*filter\n:INPUT DROP\nCOMMIT\n"))).toBeDefined();
    expect(withoutComments(await firewall.save())).toBe(before);
    await firewall.restore("*filter\n:INPUT DROP\n-A INPUT -p tcp --dport 22 -j ACCEPT\nCOMMIT\n");
    expect(await connects()).toBe(true);
  });
  it("that may do so needs force, and what a limiter may refuse is said", async () => {
    await using firewall = await open();
    const unproved = parseRule("-m mac --mac-source 00:11:22:33:44:55 -j DROP"),
      edit = (filter: Table) => filter.append("INPUT", unproved);
    const error = await refusal(firewall.transaction("filter", edit));
    expect(error?.context).toMatchObject({ verdict: "unproved", problem: "SYN depends on -m mac" });
    await firewall.transaction("filter", edit, { force: true });
    await firewall.transaction("filter", (filter) => filter.flush());
    const warnings: string[] = [],
      limited = parseRule(
        "-p tcp --syn --dport 22 -m recent --name ssh --update --seconds 60 --hitcount 4 -j DROP",
      );
    await firewall.transaction("filter", (filter) => filter.append("INPUT", limited), {
      onWarning: (warning) => warnings.push(warning),
    });
    expect(warnings).toEqual([`${FROM} to tcp port 22: throttled: SYN depends on -m recent --update`]);
  });
});

it("nobody found, nothing refused, and the judgement says so", async () => {
  await using firewall = await pair.server.open();
  const judgement = await firewall.judge();
  if (judgement.endpoints.length > 0) return;
  expect(judgement.verdict).toBe("unproved");
  expect(judgement.notes.join()).toContain("nothing to protect was found");
  await firewall.transaction("filter", cut);
  expect(saved()).toContain(":INPUT DROP");
});
