import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import type { Extension } from "../../src/extensions/extension.js";
import { matches, targets } from "../../src/extensions/registry.js";
import { ANSWER, REQUEST } from "../../src/host/diag-wire.js";
import { ADDRESS, LINK, ROUTE } from "../../src/host/route-wire.js";
import { FAMILIES } from "../../src/model/family.js";
import { type Declared, layoutAssertions } from "./assertions.js";

const all: readonly Extension[] = [...matches.values(), ...targets.values()].flatMap((one) => [
  one,
  ...one.others,
]);
const structs = all.flatMap((extension) =>
  FAMILIES.flatMap((family) => {
    const struct = extension.struct(family);
    return struct && Object.keys(struct.layout).length > 0 ? [{ extension, struct }] : [];
  }),
);

function compile(source: string): string {
  try {
    execFileSync("cc", ["-x", "c", "-std=c11", "-fsyntax-only", "-"], {
      input: source,
      encoding: "utf8",
      stdio: "pipe",
    });
    return "";
  } catch (error) {
    return (error as { stderr?: string }).stderr ?? String(error);
  }
}
const canCompile = compile("#include <linux/netfilter/x_tables.h>\n") === "";

describe("structs", () => {
  // All that the kernel says of eui64 is the size of its struct.
  it.each(structs.filter(({ extension }) => extension.name !== "eui64"))(
    "$extension.kind $extension.name says what its struct is called in C",
    ({ struct }) => {
      expect(struct.c).toBeDefined();
    },
  );
  it.skipIf(!canCompile)("are laid out as the kernel's headers lay them out", () => {
    const named = structs.flatMap(({ struct }) => (struct.c ? [struct as unknown as Declared] : []));
    const messages = [ANSWER, REQUEST, ADDRESS, LINK, ROUTE] as unknown as Declared[];
    expect(compile(layoutAssertions([...new Set(named), ...messages]))).toBe("");
  });
  it.skipIf(!canCompile)("are really compared", () => {
    const [first] = structs.map(({ struct }) => struct as unknown as Declared);
    expect(compile(layoutAssertions([{ ...first!, size: first!.size + 1 }]))).toContain("has not");
  });
});
