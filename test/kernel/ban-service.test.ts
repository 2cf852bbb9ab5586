import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Namespace, useNamespace } from "./namespace.js";

const SERVICE = fileURLToPath(new URL("../../examples/ban-service/server.ts", import.meta.url));
const here = useNamespace(),
  there = new Namespace();
const HERE = "10.220.0.1",
  POLITE = "10.220.0.2",
  RUDE = "10.220.0.3";

beforeAll(async () => {
  await there.ready();
  here.run("ip", ["link", "add", "near", "type", "veth", "peer", "name", "far", "netns", String(there.pid)]);
  here.run("ip", ["address", "add", `${HERE}/24`, "dev", "near"]);
  here.run("ip", ["link", "set", "near", "up"]);
  for (const address of [POLITE, RUDE]) there.run("ip", ["address", "add", `${address}/24`, "dev", "far"]);
  there.run("ip", ["link", "set", "far", "up"]);
});
afterAll(() => there.close());

/** Asks so many times from an address, one after the other; how many answers there were. */
const ask = (from: string, times: number): number =>
  Number(
    there.run(process.execPath, [
      "-e",
      `const { request } = require("node:http");
       const ask = () => new Promise((resolve) => {
         const r = request({ host: "${HERE}", port: 8080, localAddress: "${from}", timeout: 1500, agent: false }, (answer) => { answer.resume(); answer.on("end", () => resolve(1)); });
         r.on("timeout", () => r.destroy()).on("error", () => resolve(0)).end();
       });
       (async () => { let n = 0; for (let i = 0; i < ${times}; i++) { const one = await ask(); n += one; if (!one) break; } console.log(n); process.exit(); })();`,
    ]),
  );

it("the service bans who asks too often, by itself, and goes on answering others", async () => {
  const [first = "", ...rest] = [...here.enter, process.execPath, "--import", "tsx", SERVICE, "8080"];
  const service = spawn(first, rest, { env: here.environment, stdio: ["ignore", "pipe", "inherit"] });
  let said = "";
  service.stdout.on("data", (text) => {
    said += text;
  });
  try {
    for (let i = 0; i < 1000 && !said.includes("listening"); i++) await sleep(20);
    expect(ask(POLITE, 3)).toBe(3);
    expect(ask(RUDE, 10_000)).toBeLessThan(10_000);
    for (let i = 0; i < 250 && !said.includes(RUDE); i++) await sleep(20);
    expect(said).toContain(`${RUDE} added`);
    expect(here.run("ipset", ["save"])).toMatch(
      /^add bans\.4 10\.220\.0\.3 timeout \d+ .*"more than 20 requests a second"$/m,
    );
    expect(ask(RUDE, 1)).toBe(0);
    expect(ask(POLITE, 3)).toBe(3);
  } finally {
    service.kill();
    await once(service, "exit");
  }
});
