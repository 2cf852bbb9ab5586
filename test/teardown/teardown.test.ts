import { fileURLToPath } from "node:url";
import { beforeAll, expect, it } from "vitest";
import { useNamespace } from "../kernel/namespace.js";

const namespace = useNamespace();
const driver = (name: string): string => fileURLToPath(new URL(`./${name}.ts`, import.meta.url));
const node = (name: string, ...args: readonly string[]) =>
  namespace.try(process.execPath, ["--import", "tsx", driver(name), ...args]);

const RULES = 5_000,
  TERMINATIONS = 30,
  EXITS = 10;
beforeAll(() => {
  // Calls must take long enough to be met in their middle.
  const rules = Array.from({ length: RULES }, (_, i) => `-A INPUT -s 10.1.${i >> 8}.${i & 255} -j DROP`);
  namespace.run("iptables-legacy-restore", [], `*filter\n${rules.join("\n")}\nCOMMIT\n`);
});

it(`workers terminated in the middle of calls, ${TERMINATIONS} times, take nothing with them and leave nothing`, () => {
  const { status, signal, stdout, stderr } = node("terminate-driver", String(TERMINATIONS), namespace.lock);
  expect({ status, signal, stderr }).toEqual({ status: 0, signal: null, stderr: "" });
  const { before, after } = JSON.parse(stdout) as Record<
    "before" | "after",
    { descriptors: number; threads: number; memory: number }
  >;
  expect(after.threads).toBeLessThanOrEqual(before.threads + 1);
  expect(after.descriptors).toBeLessThanOrEqual(before.descriptors + 1);
  // A worker costs some memory for good; a leaked image of the table each time would be twenty megabytes.
  expect(after.memory - before.memory).toBeLessThan(60_000_000);
}, 120_000);

it(`a process that exits in the middle of calls, ${EXITS} times, ends as it wanted and frees the lock`, () => {
  for (let i = 0; i < EXITS; i++) {
    const { status, signal, stderr } = node("exit-driver", namespace.lock);
    expect({ status, signal, stderr }).toEqual({ status: 0, signal: null, stderr: "" });
    expect(namespace.try("flock", ["--nonblock", namespace.lock, "true"]).status).toBe(0);
  }
}, 120_000);

it("a process that has made every kind of call comes to its end by itself", () => {
  const { status, signal, stderr } = node("calls-driver", namespace.lock);
  expect({ status, signal, stderr }).toEqual({ status: 0, signal: null, stderr: "" });
});
