/** Exits while native calls are under way. */
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import type { LegacyAddon } from "../../src/native.js";

const path = fileURLToPath(new URL("../../build/Release/iptc.node", import.meta.url));
const iptc = createRequire(import.meta.url)(path) as LegacyAddon;
const lock = iptc.tryLock(process.argv[2] ?? "");
for (let i = 0; i < 8; i++) void iptc.readTable(4, "filter", undefined);
setTimeout(() => process.exit(lock ? 0 : 1), Math.random() * 20);
