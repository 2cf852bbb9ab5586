import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { release, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { installedIptables } from "../../../src/host/installed-iptables.js";
import { moduleState } from "../../../src/host/kernel-modules.js";

let root = "";
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "rampart-host-"));
});
afterEach(() => rmSync(root, { recursive: true }));
const file = (path: string, text = "") => {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
};
const link = (path: string, to: string) => {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  symlinkSync(join(root, to), join(root, path));
};
const MODULES = `lib/modules/${release()}`;

it.each<[string, () => void, string]>([
  ["no list of modules", () => {}, "static"],
  ["loaded", () => file("proc/modules", "nft_compat 1 0\nnf_tables 1 2 nft_compat,\n"), "here"],
  [
    "built in",
    () => {
      file("proc/modules", "x 1\n");
      file(`${MODULES}/modules.builtin`, "kernel/net/netfilter/nf_tables.ko\n");
    },
    "here",
  ],
  [
    "a file, not loaded",
    () => {
      file("proc/modules", "nf_tables_set 1\n");
      file(`${MODULES}/modules.dep`, "kernel/net/netfilter/nf_tables.ko.xz: kernel/x.ko\n");
    },
    "loadable",
  ],
  [
    "neither",
    () => {
      file("proc/modules", "x 1\n");
      file(`${MODULES}/modules.dep`, "kernel/net/netfilter/xt_tables.ko:\n");
    },
    "missing",
  ],
  [
    "built in, as only the kernel's symbols tell in a container",
    () => {
      file("proc/modules", "x 1\n");
      file("proc/kallsyms", "0000 T nft_register_expr\n");
    },
    "here",
  ],
  ["a container without the modules' files", () => file("proc/modules", "x 1\n"), "unknown"],
])("nf_tables, %s", async (_, make, state) => {
  make();
  expect(await moduleState("nf_tables", root)).toBe(state);
});

it.each<[string, "legacy" | "nft" | undefined]>([
  ["xtables-nft-multi", "nft"],
  ["xtables-legacy-multi", "legacy"],
  ["xtables-multi", "legacy"],
  ["iptables-wrapper", undefined],
])("an iptables that leads to %s", async (program, backend) => {
  file(`usr/sbin/${program}`);
  link("etc/alternatives/iptables", `usr/sbin/${program}`);
  link("usr/sbin/iptables", "etc/alternatives/iptables");
  expect((await installedIptables("ipv4", root))?.backend).toBe(backend);
  expect(await installedIptables("ipv6", root)).toBeUndefined();
});
