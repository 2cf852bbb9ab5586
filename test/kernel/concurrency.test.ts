import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { useNamespace } from "./namespace.js";

const DRIVER = fileURLToPath(new URL("./append-driver.ts", import.meta.url));
const run = promisify(execFile);
const WORKERS = 8,
  EACH = 50;
const namespace = useNamespace();

function start(...words: readonly string[]) {
  const [first = "", ...rest] = [...namespace.enter, ...words];
  return run(first, rest, { env: namespace.environment });
}
/** The same with iptables' own tool, which waits for the lock. */
async function iptables(): Promise<void> {
  for (let i = 0; i < EACH; i++)
    await start("iptables-legacy", "-w", "-A", "INPUT", "-s", `10.99.${i}.1`, "-j", "ACCEPT");
}

it(`${WORKERS} processes add ${EACH} rules each while iptables adds as many: none is lost, none fails`, async () => {
  const workers = Array.from({ length: WORKERS }, (_, worker) =>
    start(process.execPath, "--import", "tsx", DRIVER, String(worker), String(EACH)),
  );
  await Promise.all([...workers, iptables()]);
  const sources = [...namespace.iptables("-S INPUT").matchAll(/-s 10\.(\d+)\.(\d+)\.1\/32/g)];
  const seen = new Set(sources.map(([, worker, rule]) => `${worker}.${rule}`));
  expect(seen.size).toBe((WORKERS + 1) * EACH);
  expect(sources).toHaveLength((WORKERS + 1) * EACH);
  // Each one's rules stand in the order in which it added them.
  for (const worker of [...Array(WORKERS).keys(), 99]) {
    const own = sources.filter(([, w]) => Number(w) === worker).map(([, , rule]) => Number(rule));
    expect(own).toEqual([...own].sort((a, b) => a - b));
  }
}, 120_000);
