import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { type Diagnosis, diagnose } from "../../src/index.js";
import { type Namespace, useFreshNamespaces } from "./namespace.js";
import { NfTables } from "./nf-tables.js";

let namespace: Namespace;
useFreshNamespaces((made) => {
  namespace = made;
});
const run = (words: string) => namespace.line(words);
const look = (): Promise<Diagnosis> => diagnose({ netns: `pid:${namespace.pid}`, lockPath: namespace.lock });
const rampart = (...words: string[]) =>
  namespace.try(process.execPath, ["--import", "tsx", "src/cli/main.ts", ...words]);
const said = ({ problems }: Diagnosis) =>
  problems.map(({ severity, problem }) => `${severity}: ${problem}`).join("\n");

it("an empty namespace is healthy, and looking makes no table", async () => {
  const found = await look();
  expect(found.healthy).toBe(true);
  expect(found.families.ipv4.legacy).toEqual({ available: true, tables: [] });
  expect(found.families.ipv4.nft).toEqual({ available: true, tables: [] });
  expect(found.modules).toMatchObject({ nf_tables: "here", nft_compat: "here", ip_tables: "here" });
  expect(found.capabilities).toContain("CAP_NET_ADMIN");
  expect(readFileSync(`/proc/${namespace.pid}/net/ip_tables_names`, "utf8")).toBe("");
  expect(run("iptables-nft-save")).toBe("");
});

it("says what each backend holds, table by table, and whose chains are among them", async () => {
  for (const words of [
    "-N DOCKER",
    "-N DOCKER-USER",
    "-A FORWARD -j DOCKER",
    "-N f2b-sshd",
    "-A INPUT -j f2b-sshd",
  ])
    run(`iptables-nft ${words}`);
  run("iptables-nft -t nat -N DOCKER");
  run("iptables-legacy -S");
  const found = await look();
  expect(found.families.ipv4.choice).toEqual({
    backend: "nft",
    reason: "iptables-nft's tables hold rules (filter, nat)",
  });
  expect(found.families.ipv4.legacy.tables).toEqual([
    { table: "filter", holds: false, rules: 0, chains: [] },
  ]);
  expect(found.families.ipv4.nft.tables).toEqual([
    { table: "filter", holds: true, rules: 2, chains: ["DOCKER", "DOCKER-USER", "f2b-sshd"] },
    { table: "nat", holds: true, rules: 0, chains: ["DOCKER"] },
  ]);
  expect(found.neighbours).toEqual([
    { owner: "Docker", family: "ipv4", backend: "nft", table: "filter", chains: ["DOCKER", "DOCKER-USER"] },
    { owner: "fail2ban", family: "ipv4", backend: "nft", table: "filter", chains: ["f2b-sshd"] },
    { owner: "Docker", family: "ipv4", backend: "nft", table: "nat", chains: ["DOCKER"] },
  ]);
  expect(said(found)).toContain("note: Docker keeps chains of its own here: DOCKER, DOCKER-USER");
});

it("rules in both are an error with its remedy, exit status 1", async () => {
  run("ip6tables-legacy -A INPUT -j ACCEPT");
  run("ip6tables-nft -A INPUT -j ACCEPT");
  const found = await look();
  expect(found.healthy).toBe(false);
  expect(found.families.ipv6.choice).toBeUndefined();
  expect(found.families.ipv4.choice).toBeDefined();
  expect(said(found)).toMatch(/^error: there are ipv6 rules both/);
  const { status, stdout } = rampart("doctor");
  expect(status).toBe(1);
  expect(stdout).toMatch(/legacy +filter \(1 rule\)/);
  expect(stdout).toContain("rampart migrate --to nft");
});

it("rules where the installed iptables does not see them are a warning", async () => {
  const { families } = await look(),
    other = families.ipv4.installed?.backend === "nft" ? "legacy" : "nft";
  run(`iptables-${other} -A INPUT -j ACCEPT`);
  const found = await look();
  expect(found.healthy).toBe(true);
  expect(said(found)).toContain(`warning: the ipv4 rules are in iptables-${other}'s tables, but`);
});

it("tables that iptables does not show are named, with their base chains", async () => {
  const others = new NfTables(namespace);
  await others.table("mine");
  await others.chain("mine", "in", "filter", 1, -5);
  await others.table("filter");
  await others.chain("filter", "late", "filter", 1, 90);
  const found = await look();
  expect(found.foreign).toEqual([
    {
      family: "ip",
      table: "mine",
      dormant: false,
      baseChains: [{ chain: "in", hook: "input", priority: -5, policy: "ACCEPT" }],
    },
    {
      family: "ip",
      table: "filter",
      dormant: false,
      baseChains: [{ chain: "late", hook: "input", priority: 90, policy: "ACCEPT" }],
    },
  ]);
  expect(said(found)).toContain("note: packets also pass table ip mine");
});

it("sets, the lock's holder and JSON", async () => {
  run("ipset create blocked hash:ip");
  const waiting = namespace.try("flock", [
    namespace.lock,
    process.execPath,
    "--import",
    "tsx",
    "src/cli/main.ts",
    "doctor",
    "--json",
  ]);
  const found = JSON.parse(waiting.stdout) as Diagnosis;
  expect(found.sets).toBe(1);
  expect(found.lock).toMatchObject({ path: namespace.lock, holder: expect.any(Number) });
  expect(said(found)).toContain("warning: the xtables lock");
});

it("who may not look gets an error for it, and no guess", () => {
  run("iptables-nft -A INPUT -j ACCEPT");
  const words = ["--import", "tsx", "src/cli/main.ts", "doctor"];
  const { status, stdout } = namespace.tryWithoutRights(process.execPath, words);
  expect(status).toBe(1);
  expect(stdout).toMatch(/error +this process lacks CAP_NET_ADMIN and CAP_NET_RAW/);
  expect(stdout).toContain("permission denied");
});
