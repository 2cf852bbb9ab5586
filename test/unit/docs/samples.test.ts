import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import * as rampart from "../../../src/index.js";
import { DOCUMENTS, read } from "./documents.js";

describe("links", () => {
  it.each(DOCUMENTS)("of %s lead somewhere", (page) => {
    const headings = (text: string): readonly string[] =>
      [...text.matchAll(/^#+ (.+)$/gm)].map(([, title = ""]) =>
        title
          .toLowerCase()
          .replace(/[^\w -]/g, "")
          .replaceAll(" ", "-"),
      );
    for (const [, to = ""] of read(page).matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^[a-z]+:/.test(to)) continue;
      const [path = "", place] = to.split("#"),
        target = path === "" ? page : join(dirname(page), path);
      const text = read(target);
      if (place !== undefined) expect(headings(text), to).toContain(place);
    }
  });
});

it("the commands of docs/from-iptables.md run as they stand, and do what they say", async () => {
  const [, code = ""] = /```ts\n(.*?)```/s.exec(read("docs/from-iptables.md")) ?? [],
    [, names = ""] = /^import \{ (.*) \} from "rampart";$/m.exec(code) ?? [];
  const body = code
    .replace(/^import .*$/m, "")
    .replace("await using firewall = await open", "const firewall = await open")
    .replaceAll("process.stdout.write", "say");
  const used = names.split(", "),
    said: string[] = [],
    values = used.map((name) => (rampart as unknown as Record<string, unknown>)[name]);
  const open = (options: rampart.OpenOptions) => rampart.open({ ...options, backend: "memory" });
  const Run = Object.getPrototypeOf(async () => {}).constructor as new (
    ...words: string[]
  ) => (...values: unknown[]) => Promise<string>;
  const run = new Run(...used, "say", `${body}\nreturn firewall.save();`);
  const saved = await run(...used.map((name, i) => (name === "open" ? open : values[i])), (line: string) =>
    said.push(line),
  );
  expect(said.length).toBeGreaterThan(100);
  // The last command appends the file to what it was saved from.
  expect(saved.match(/^-A INPUT -i lo -j ACCEPT$/gm)).toHaveLength(2);
  expect(saved).toContain("-A INPUT -s 4.3.2.1/32 -p tcp -m tcp --dport 22 -j ACCEPT");
});
