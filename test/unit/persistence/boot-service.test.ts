import { spawnSync } from "node:child_process";
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  bootService,
  installBootService,
  uninstallBootService,
  unitText,
} from "../../../src/persistence/boot-service.js";

let root = "";
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "rampart-boot-"));
});
afterEach(() => rmSync(root, { recursive: true }));
const PLUGINS = "usr/share/netfilter-persistent/plugins.d";
const program = { command: [process.execPath, "/opt/with blank/main.js"], options: ["--backend", "nft"] };
const UNIT = "etc/systemd/system/rampart-restore.service",
  WANTED = "etc/systemd/system/multi-user.target.wants/rampart-restore.service";

describe("without netfilter-persistent", () => {
  it("a unit is installed and enabled, again changes nothing, and goes again", async () => {
    expect(await bootService(root)).toEqual({ method: "systemd", path: join(root, UNIT), installed: false });
    for (let i = 0; i < 2; i++)
      expect(await installBootService(program, root)).toMatchObject({ method: "systemd", installed: true });
    expect(readFileSync(join(root, UNIT), "utf8")).toContain(
      `ExecStart=${process.execPath} "/opt/with blank/main.js" persist restore --backend nft\n`,
    );
    expect(readlinkSync(join(root, WANTED))).toBe(`/${UNIT}`);
    expect(statSync(join(root, UNIT)).mode & 0o777).toBe(0o644);
    expect(await uninstallBootService(root)).toBe(true);
    expect(() => lstatSync(join(root, WANTED))).toThrow("ENOENT");
    expect((await bootService(root)).installed).toBe(false);
    expect(await uninstallBootService(root)).toBe(false);
  });
  it("systemd finds nothing wrong with it", ({ skip }) => {
    const path = join(root, "rampart-restore.service");
    writeFileSync(path, unitText({ command: [process.execPath, "/opt/main.js"] }));
    const { error, status, stderr } = spawnSync("systemd-analyze", ["verify", "--man=no", path], {
      encoding: "utf8",
    });
    if (error) skip("systemd-analyze is not installed");
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  });
  it("it comes before the network, and wants that", () => {
    const text = unitText(program);
    expect(text).toMatch(/^Before=network-pre\.target /m);
    expect(text).toMatch(/^Wants=network-pre\.target /m);
    expect(text).toMatch(/^DefaultDependencies=no$/m);
    expect(unitText({ command: ["/a$b%c"] })).toContain("ExecStart=/a$$b%%c persist restore\n");
  });
});

describe("with netfilter-persistent", () => {
  beforeEach(() => mkdirSync(join(root, PLUGINS), { recursive: true }));
  const plugin = () => join(root, PLUGINS, "12-rampart");
  it("a plugin is installed, which run-parts takes, and goes again", async () => {
    const made = await installBootService({ command: ["echo", "it's"] }, root);
    expect(made).toEqual({ method: "netfilter-persistent", path: plugin(), installed: true });
    const run = (verb: string) =>
      spawnSync("run-parts", ["-a", verb, join(root, PLUGINS)], { encoding: "utf8" }).stdout;
    expect(run("start")).toBe("it's persist restore\n");
    expect(run("save")).toBe("it's persist save\n");
    expect(run("flush")).toBe("it's persist flush\n");
    expect(run("stop")).toBe("");
    expect(await uninstallBootService(root)).toBe(true);
    expect((await bootService(root)).installed).toBe(false);
  });
  it("where iptables-persistent loads the rules, it does the sets only", async () => {
    writeFileSync(join(root, PLUGINS, "15-ip4tables"), "");
    expect((await installBootService({ command: ["echo"] }, root)).method).toBe("iptables-persistent");
    expect(readFileSync(plugin(), "utf8")).toContain('exec echo persist "$verb" --sets\n');
  });
  it("somebody else's file of that name stays", async () => {
    writeFileSync(plugin(), "#!/bin/sh\n");
    expect(await uninstallBootService(root)).toBe(false);
    expect(readFileSync(plugin(), "utf8")).toBe("#!/bin/sh\n");
  });
});
