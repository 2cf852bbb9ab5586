import { spawnSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createContext, runInContext } from "node:vm";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Installed } from "./installed.js";

let installed: Installed;
const made: Installed[] = [];
const copy = (): Installed => {
  const one = installed.copy();
  made.push(one);
  return one;
};
beforeAll(() => {
  installed = Installed.fromTarball();
  made.push(installed);
}, 120_000);
afterAll(() => {
  for (const one of made) one.remove();
}, 120_000);

const COMMIT = (backend: string): string => `
  import { open } from "rampart";
  const firewall = await open({ backend: "${backend}" });
  const filter = await firewall.read("filter");
  await firewall.write(filter.append("INPUT", { source: "192.0.2.1", jump: "DROP" }));
  console.log((await firewall.save({ tables: ["filter"] })).match(/^-A.*/m)[0]);
`;

describe("installed from its tarball, without a compiler or an install script", () => {
  it.each(["legacy", "nft"])("it reads and writes through %s", (backend) => {
    const { output, errors } = installed.run(COMMIT(backend));
    expect({ output, errors }).toEqual({ output: "-A INPUT -s 192.0.2.1/32 -j DROP\n", errors: "" });
  });
  it("it has sets", () => {
    const { output, errors } = installed.run(`
      import { openSets } from "rampart";
      const sets = await openSets();
      const set = await sets.create("blocked", "hash:ip");
      await set.add(["192.0.2.1"]);
      console.log(await sets.save());
    `);
    expect(errors).toBe("");
    expect(output).toContain("add blocked 192.0.2.1");
  });
  it("it has the command line", () => {
    expect(installed.rampart("-A", "INPUT", "-p", "tcp", "--dport", "22", "-j", "ACCEPT")).toMatchObject({
      status: 0,
    });
    expect(installed.rampart("version").output).toMatch(/^rampart v\d/);
  });
  it("it has no other package beside it, and asks for no script", () => {
    const { dependencies, scripts } = JSON.parse(readFileSync(installed.path("package.json"), "utf8"));
    expect(dependencies ?? {}).toEqual({});
    for (const hook of ["preinstall", "install", "postinstall"]) expect(scripts).not.toHaveProperty(hook);
  });
  it.each([
    ["publint", ["--strict"]],
    ["attw", ["--profile", "esm-only"]],
  ])("its exports and types hold before %s", (checker, options) => {
    const { status, stdout, stderr } = spawnSync(
      `node_modules/.bin/${checker}`,
      [join(installed.folder, installed.tarball), ...options],
      { encoding: "utf8" },
    );
    expect(status, stdout + stderr).toBe(0);
  });
});

describe("root of a user namespace, as in a rootless container", () => {
  const possible = spawnSync("setpriv", [
    "--reuid=65534",
    "--clear-groups",
    "unshare",
    "--map-root-user",
    "true",
  ]);
  it.skipIf(possible.status !== 0)("has legacy tables, though the kernel does not list them", () => {
    const set = installed.rampartRootless(
        "-A",
        "INPUT",
        "-s",
        "192.0.2.1",
        "-j",
        "DROP",
        "--backend",
        "legacy",
      ),
      saved = installed.rampartRootless("save", "--backend", "legacy");
    expect(set).toEqual({ status: 0, output: "", errors: "" });
    expect(saved.errors).toBe("");
    expect(saved.output.match(/^\*.*/gm)).toEqual(["*filter", "*nat", "*mangle", "*raw", "*security"]);
  });
  it.skipIf(possible.status !== 0)("has nf_tables unless it says otherwise, and is told why", () => {
    expect(installed.rampartRootless("-S", "INPUT")).toEqual({
      status: 0,
      output: "-P INPUT ACCEPT\n",
      errors: "",
    });
    expect(installed.rampartRootless("doctor").output).toMatch(
      /nft: there are no rules in it, and in a user namespace the kernel does not tell of legacy tables\n.*legacy +not to be seen/s,
    );
  });
  it("is not what somebody without rights is", () => {
    const { status, errors } = installed.rampartAsNobody("-S", "--backend", "legacy");
    expect(status).toBe(3);
    expect(errors).toContain("permission denied");
  });
});

describe("where something is missing, it says what", () => {
  it("libip4tc: nf_tables works all the same", () => {
    const without = copy(),
      addon = without.path(`prebuilds/linux-${process.arch}/iptc.node`);
    // As long as the real name: the loader looks for another library.
    writeFileSync(
      addon,
      readFileSync(addon).toString("latin1").replaceAll("libip4tc.so", "libip9tc.so"),
      "latin1",
    );
    const { errors } = without.run(COMMIT("legacy"));
    expect(errors).toContain("libip9tc.so.2 is not installed (Debian and Ubuntu: apt-get install libip9tc2)");
    expect(without.run(COMMIT("nft")).output).toBe("-A INPUT -s 192.0.2.1/32 -j DROP\n");
  });
  it("anything compiled for this machine", () => {
    const without = copy();
    rmSync(without.path("prebuilds"), { recursive: true });
    const { status, errors } = without.rampart("-S", "--backend", "legacy");
    expect(status).toBe(1);
    expect(errors).toContain(`there is none for linux on ${process.arch}; build it: npx rampart build`);
  });
});

describe("the pure half", () => {
  it("runs where there is neither Node nor a kernel: bundled for a browser", async () => {
    const entry = join(installed.folder, "page.js");
    writeFileSync(
      entry,
      `import { parseRules, printRules, applySection, emptyTable, tcp } from "rampart/pure";
       const file = parseRules("*filter\\n:INPUT DROP [0:0]\\n-A INPUT -p tcp --dport ssh -j ACCEPT\\nCOMMIT\\n");
       const table = applySection(file.tables[0], emptyTable("ipv4", "filter"));
       globalThis.result = printRules([table.append("INPUT", { protocol: "tcp", matches: [tcp({ dport: 80 })], jump: "ACCEPT" })]);`,
    );
    // Whatever of Node's were in there, esbuild would refuse it.
    const { outputFiles } = await build({
      entryPoints: [entry],
      bundle: true,
      platform: "browser",
      format: "iife",
      write: false,
    });
    const page = createContext({
      performance,
      TextDecoder,
      TextEncoder,
      setTimeout,
      queueMicrotask,
      structuredClone,
    });
    runInContext(outputFiles[0]!.text, page);
    expect(page.result).toContain("-A INPUT -p tcp -m tcp --dport 22 -j ACCEPT\n");
    expect(page.result).toContain("-A INPUT -p tcp -m tcp --dport 80 -j ACCEPT\n");
  });
});
