import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const DRIVER = fileURLToPath(new URL("./refused-driver.ts", import.meta.url));

/** In a user namespace of its own a process may not enlarge its sockets' buffers beyond net.core.wmem_max and rmem_max. */
function unprivileged(rules: string) {
  const words = ["-U", "-r", "-n", process.execPath, "--import", "tsx", DRIVER],
    { stdout, stderr } = spawnSync("unshare", words, { input: rules, encoding: "utf8" });
  if (stdout === "") throw new Error(stderr);
  return JSON.parse(stdout) as { code?: string; context?: Record<string, unknown>; jumps: string[] };
}
const file = (count: number, rule: (i: number) => string): string =>
  `*filter\n${Array.from({ length: count }, (_, i) => `-A INPUT ${rule(i)}\n`).join("")}COMMIT\n`;
const address = (i: number): string => `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`;
/** Whether there are user namespaces for processes without rights, as some systems have none. */
const isPossible = spawnSync("unshare", ["-U", "-r", "-n", "true"]).status === 0;

it.runIf(isPossible)(
  "a batch that is larger than the socket takes is refused, with what to do, and nothing of it is there",
  () => {
    const { code, context, jumps } = unprivileged(file(60_000, (i) => `-s ${address(i)} -j DROP`));
    expect(code).toBe("kernel");
    expect(context).toMatchObject({
      errorName: "EMSGSIZE",
      applied: false,
      problem: expect.stringContaining("net.core.wmem_max"),
    });
    expect(jumps).toEqual(["ACCEPT"]);
  },
  60_000,
);
it.runIf(isPossible)(
  "more refusals than the socket holds are one error, of the first rule, and nothing is there",
  () => {
    const { code, context, jumps } = unprivileged(file(20_000, (i) => `-s ${address(i)} -j MASQUERADE`));
    expect(code).toBe("kernel");
    expect(context).toMatchObject({ chain: "INPUT", ruleNumber: 1, applied: false });
    expect(jumps).toEqual(["ACCEPT"]);
  },
  60_000,
);
