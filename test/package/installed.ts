import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The package as npm would give it to its users, installed in a folder of its own without running any script. */
export class Installed {
  readonly folder: string;
  /** In that folder. */
  readonly tarball: string;
  private constructor(folder: string, tarball: string) {
    this.folder = folder;
    this.tarball = tarball;
  }
  static fromTarball(): Installed {
    const folder = mkdtempSync(join(tmpdir(), "rampart-package-"));
    execFileSync("scripts/prebuild");
    const npm = (...args: string[]): string =>
      execFileSync("npm", args, { encoding: "utf8", cwd: process.cwd() });
    const [{ filename }] = JSON.parse(
      npm("pack", "--ignore-scripts", "--json", "--pack-destination", folder),
    ) as [{ filename: string }];
    writeFileSync(join(folder, "package.json"), '{ "private": true, "type": "module" }');
    // Offline: it needs nothing else.
    npm(
      "install",
      "--prefix",
      folder,
      "--ignore-scripts",
      "--offline",
      "--no-audit",
      "--no-fund",
      join(folder, filename),
    );
    return new Installed(folder, filename);
  }
  /** Another one, for a test that breaks it. */
  copy(): Installed {
    const folder = mkdtempSync(join(tmpdir(), "rampart-package-"));
    cpSync(this.folder, folder, { recursive: true, verbatimSymlinks: true });
    return new Installed(folder, this.tarball);
  }
  path(...inside: string[]): string {
    return join(this.folder, "node_modules/rampart", ...inside);
  }
  /** Runs a module there, in a network namespace of its own. */
  run(code: string): { status: number | null; output: string; errors: string } {
    return this.#inside([process.execPath, "--input-type=module", "--eval", code]);
  }
  /** Runs the command line there, likewise. */
  rampart(...words: string[]): { status: number | null; output: string; errors: string } {
    return this.#inside([this.#command, ...words]);
  }
  /** The same as root of a user namespace only, with no rights outside. */
  rampartRootless(...words: string[]): { status: number | null; output: string; errors: string } {
    return this.#asNobody(["unshare", "--map-root-user", "--net", this.#command, ...words]);
  }
  rampartAsNobody(...words: string[]): { status: number | null; output: string; errors: string } {
    return this.#asNobody([this.#command, ...words]);
  }
  get #command(): string {
    return join(this.folder, "node_modules/.bin/rampart");
  }
  #asNobody(words: readonly string[]): { status: number | null; output: string; errors: string } {
    const own = join(this.folder, "nobody");
    mkdirSync(own, { recursive: true });
    chmodSync(this.folder, 0o755);
    chmodSync(own, 0o777);
    return this.#inside(
      ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", ...words],
      join(own, "lock"),
    );
  }
  #inside(
    words: readonly string[],
    lock = join(this.folder, "lock"),
  ): { status: number | null; output: string; errors: string } {
    const env = { ...process.env, XTABLES_LOCKFILE: lock, NO_COLOR: "1" };
    const { status, stdout, stderr } = spawnSync("unshare", ["-n", ...words], {
      cwd: this.folder,
      env,
      encoding: "utf8",
    });
    return { status, output: stdout, errors: stderr };
  }
  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
