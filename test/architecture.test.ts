import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { describe, expect, it } from "vitest";

/** Which room may import which; ARCHITECTURE.md says why. A room may always import itself. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  "error-contexts": [],
  errors: ["error-contexts"],
  model: ["errors"],
  codec: ["errors"],
  extensions: ["codec", "model", "errors"],
  text: ["extensions", "model", "errors"],
  netlink: ["codec", "errors"],
  native: ["errors"],
  backends: ["extensions", "netlink", "codec", "model", "native", "errors"],
  ipset: ["netlink", "codec", "model", "native", "errors"],
  host: ["netlink", "codec", "model", "native", "errors"],
  blocklist: ["ipset", "codec", "model", "errors"],
  safety: ["extensions", "model", "errors"],
  persistence: ["text", "blocklist", "model", "errors"],
  services: ["extensions", "model", "errors"],
  detect: ["backends", "host", "model", "native", "errors"],
  confirm: ["backends", "extensions", "host", "persistence", "native", "model", "errors"],
  "commit-confirm": ["firewall", "confirm"],
  lockout: ["backends", "host", "ipset", "model", "safety", "text", "errors"],
  watch: ["backends", "model", "text"],
  firewall: [
    "watch",
    "confirm",
    "host",
    "lockout",
    "backends",
    "detect",
    "extensions",
    "model",
    "persistence",
    "services",
    "text",
    "errors",
  ],
  blocking: [
    "firewall",
    "sets",
    "blocklist",
    "ipset",
    "host",
    "services",
    "persistence",
    "backends",
    "extensions",
    "model",
    "errors",
  ],
  sets: ["ipset", "backends", "model", "native", "netlink", "persistence"],
  doctor: ["backends", "detect", "host", "ipset", "netlink", "model", "native", "persistence", "errors"],
  boot: ["firewall", "sets", "ipset", "model", "persistence", "errors"],
  migrate: ["firewall", "backends", "model", "native", "persistence", "text", "errors"],
  // What it imports must not reach for Node: test/package bundles it for a browser.
  pure: ["blocklist", "extensions", "model", "safety", "services", "text", "errors"],
  index: [
    "pure",
    "firewall",
    "host",
    "boot",
    "migrate",
    "watch",
    "doctor",
    "commit-confirm",
    "confirm",
    "sets",
    "ipset",
    "blocklist",
    "blocking",
    "backends",
    "persistence",
  ],
  cli: ["index"],
};
const LONGEST = 400;
const CODE = /^(src|test|scripts|bench|examples|native)\/.*\.(ts|c|cc|h)$/;

/** What is made, not written. */
const MADE = /^(node_modules|\.git|build.*|prebuilds|dist|coverage)$/;
const filesIn = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => !MADE.test(name))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? filesIn(path) : [path];
    });
const tracked = filesIn(".");
const read = (path: string): string => readFileSync(path, "utf8");
const code = tracked.filter((path) => CODE.test(path));
const sources = code.filter((path) => path.startsWith("src/"));

/** `src/text/words.ts` is in room text, `src/errors.ts` is a room by itself. */
const roomOf = (path: string): string => path.split("/")[1]!.replace(/\.ts$/, "");
const importsOf = (path: string): { to: string; type: boolean }[] =>
  [...read(path).matchAll(/^(?:import|export)( type)?\b[^;]*? from "(\.[^"]+)";/gms)].map(
    ([, type, to = ""]) => ({
      to: normalize(join(dirname(path), to.replace(/\.js$/, ".ts"))),
      type: type !== undefined,
    }),
  );

describe("rooms", () => {
  it.each(sources)("%s imports what its room may import", (path) => {
    const room = roomOf(path),
      allowed = [room, ...(MAY_IMPORT[room] ?? [])];
    expect(MAY_IMPORT).toHaveProperty(room);
    const wrong = importsOf(path).filter(({ to }) => !allowed.includes(roomOf(to)));
    expect(wrong).toEqual([]);
  });
  it("are really looked at", () => {
    expect(sources.length).toBeGreaterThan(100);
    expect(importsOf("src/firewall.ts").length).toBeGreaterThan(10);
  });
});

describe("files", () => {
  it.each(code)(`%s has at most ${LONGEST} lines`, (path) => {
    expect(read(path).split("\n").length).toBeLessThanOrEqual(LONGEST + 1);
  });
  it("name no folder of anybody's machine, and no registry", () => {
    const self = "test/architecture.test.ts";
    const texts = tracked.filter((path) => path !== self && !/\.(gz|png)$/.test(path));
    const told = texts.filter((path) =>
      /\/(home|Users|work)\/\w|registry\.npmjs|registry\.yarnpkg/.test(read(path)),
    );
    expect(told).toEqual([]);
  });
  it("have no default export, but for the settings of tools", () => {
    const wrong = code.filter((path) => path.endsWith(".ts") && /^export default/m.test(read(path)));
    expect(wrong).toEqual([]);
  });
  it("reach for nothing outside of the project", () => {
    const outside = code.flatMap((path) =>
      importsOf(path)
        .filter(({ to }) => to.startsWith(".."))
        .map(({ to }) => `${path}: ${to}`),
    );
    expect(outside).toEqual([]);
  });
});

describe("every extension", () => {
  const folder = (name: string): string[] =>
    sources.filter((path) => path.startsWith(`src/extensions/${name}/`) && !path.endsWith("/index.ts"));
  it.each([...folder("matches"), ...folder("targets")])("%s is registered", (path) => {
    const [, , kind, file = ""] = path.split("/");
    expect(read(`src/extensions/${kind}/index.ts`)).toContain(`"./${file.replace(/\.ts$/, ".js")}"`);
  });
});
