import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import ts from "typescript";

const ROOT = new URL("../..", import.meta.url).pathname;
const NATIVE = "build/Release";

/** In milliseconds; what is not there is as old as can be. */
const age = (path: string): number => Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0);

/**
 * A copy of the package as JavaScript, for tests that start it many times: six times as fast to start as its sources. What is in dist and not older than its source is taken from there.
 * `drivers` are files of test/kernel that are to come along.
 */
export class Package {
  readonly directory = mkdtempSync(join(tmpdir(), "rampart-package-"));
  constructor(drivers: readonly string[]) {
    writeFileSync(join(this.directory, "package.json"), '{ "type": "module" }');
    const sources = readdirSync(join(ROOT, "src"), { recursive: true, encoding: "utf8" });
    for (const name of sources) if (name.endsWith(".ts")) this.#compile(join("src", name));
    for (const name of drivers) this.#compile(join("test/kernel", name));
    mkdirSync(join(this.directory, NATIVE), { recursive: true });
    for (const name of ["iptc.node", "netlink.node", "rampart-guard"])
      cpSync(join(ROOT, NATIVE, name), join(this.directory, NATIVE, name));
  }
  #compile(path: string): void {
    const to = join(this.directory, path.replace(/\.ts$/, ".js")),
      built = join(ROOT, path.replace(/^src/, "dist").replace(/\.ts$/, ".js"));
    mkdirSync(dirname(to), { recursive: true });
    if (path.startsWith("src") && age(built) < age(join(ROOT, path))) return cpSync(built, to);
    const { outputText } = ts.transpileModule(readFileSync(join(ROOT, path), "utf8"), {
      compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext },
    });
    writeFileSync(to, outputText);
  }
  path(name: string): string {
    return join(this.directory, name);
  }
  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}
