import { expect, it } from "vitest";
import { type BackendFacts, chooseBackend } from "../../../src/backends/choose.js";
import { NOTHING } from "../../../src/backends/presence.js";
import { isRampartError } from "../../../src/errors.js";

const empty = { available: true, tables: ["filter"], holding: [] } as const,
  full = { available: true, tables: ["filter", "nat"], holding: ["nat"] } as const,
  loadable = { legacy: true, nft: true };
const choose = (facts: Partial<BackendFacts>) =>
  chooseBackend("ipv4", { legacy: NOTHING, nft: NOTHING, loadable, installed: undefined, ...facts }).backend;

it.each<[string, Partial<BackendFacts>, "legacy" | "nft"]>([
  ["rules in legacy's tables", { legacy: full, nft: empty, installed: "nft" }, "legacy"],
  ["rules in nft's tables", { legacy: empty, nft: full, installed: "legacy" }, "nft"],
  [
    "a legacy table that is registered and empty",
    { legacy: empty, nft: { ...NOTHING, available: true } },
    "nft",
  ],
  ["the same, with iptables-nft installed", { legacy: empty, installed: "nft" }, "nft"],
  ["nothing, with iptables-legacy installed", { legacy: empty, nft: empty, installed: "legacy" }, "legacy"],
  ["nothing at all", {}, "nft"],
  ["a legacy table that is registered and empty, and nf_tables not loaded", { legacy: empty }, "nft"],
  [
    "legacy tables that cannot be seen, with iptables-legacy installed",
    { legacy: { ...NOTHING, hidden: true }, nft: empty, installed: "legacy" },
    "nft",
  ],
  [
    "a kernel without nf_tables",
    { legacy: empty, loadable: { legacy: false, nft: false }, installed: "nft" },
    "legacy",
  ],
  [
    "a kernel without legacy tables",
    { nft: empty, loadable: { legacy: false, nft: false }, installed: "legacy" },
    "nft",
  ],
])("%s", (_, facts, backend) => {
  expect(choose(facts)).toBe(backend);
});

it("says that a table which is merely registered counts for nothing", () => {
  const { reason } = chooseBackend("ipv4", { legacy: empty, nft: NOTHING, loadable, installed: "nft" });
  expect(reason).toBe(
    "there are no rules, as iptables-legacy's tables are merely registered (filter), and the iptables that is installed is iptables-nft",
  );
});
it("refuses to choose where both hold rules, names both and says what to do", () => {
  let error: unknown;
  try {
    choose({ legacy: full, nft: { ...full, holding: ["filter", "nat"] } });
  } catch (thrown) {
    error = thrown;
  }
  expect(isRampartError(error, "both-backends") && error.context).toEqual({
    family: "ipv4",
    legacy: ["nat"],
    nft: ["filter", "nat"],
  });
  expect(String(error)).toMatch(
    /iptables-legacy's tables \(nat\).*iptables-nft's \(filter, nat\).*--backend.*migrate/,
  );
});
