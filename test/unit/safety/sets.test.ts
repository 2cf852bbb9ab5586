import { describe, expect, it } from "vitest";
import type { HostFacts } from "../../../src/index.js";
import { ADMIN, filter, judge } from "./rules.js";

type Sets = NonNullable<HostFacts["sets"]>;
const DROPPED = filter("-A INPUT -m set --match-set s src -j DROP\n-A INPUT -p tcp --dport 22 -j ACCEPT"),
  ONLY = filter("-A INPUT -m set --match-set s src -p tcp --dport 22 -j ACCEPT"),
  OTHERS_DROPPED = filter("-A INPUT -m set ! --match-set s src -j DROP\n-A INPUT -j ACCEPT");
const verdict = async (text: string, sets: Sets, from: string | undefined = ADMIN): Promise<string> =>
  (await judge(text, from === "anyone" ? { from: "0.0.0.0/0" } : { from }, { sets })).verdict;

describe("a set", () => {
  it("that nobody knows leaves it open", async () => {
    for (const text of [DROPPED, ONLY, OTHERS_DROPPED]) expect(await verdict(text, {})).toBe("unproved");
  });
  it("that is known decides", async () => {
    const inside = { s: { members: ["203.0.113.0/24"] } },
      outside = { s: { members: ["192.0.2.1", "198.51.100.0/24"] } },
      empty = { s: { members: [] } };
    expect(await verdict(DROPPED, inside)).toBe("cut");
    expect(await verdict(DROPPED, outside)).toBe("safe");
    expect(await verdict(DROPPED, empty)).toBe("safe");
    expect(await verdict(ONLY, inside)).toBe("safe");
    expect(await verdict(ONLY, outside)).toBe("cut");
    expect(await verdict(OTHERS_DROPPED, inside)).toBe("safe");
    expect(await verdict(OTHERS_DROPPED, outside)).toBe("cut");
  });
  it("is known to whom it was asked for, and not to others", async () => {
    const asked = (members: readonly string[]) => ({ s: { members, among: [ADMIN] } });
    expect(await verdict(DROPPED, asked([]))).toBe("safe");
    expect(await verdict(DROPPED, asked([ADMIN]))).toBe("cut");
    expect(await verdict(OTHERS_DROPPED, asked([]))).toBe("cut");
    for (const members of [[], [ADMIN]])
      expect(await verdict(DROPPED, asked(members), "203.0.113.0/24")).toBe("unproved");
  });
  it("that not everybody is in keeps not everybody out", async () => {
    const somebody = (members: readonly string[]) => ({
      s: { members, among: ["62.178.9.201", "5.45.97.13"] },
    });
    expect(await verdict(DROPPED, somebody(["5.45.97.13"]), "anyone")).toBe("safe");
    expect(await verdict(DROPPED, somebody(["5.45.97.13", "62.178.9.201"]), "anyone")).toBe("unproved");
  });
  it("is asked for the destination where the rule says so", async () => {
    const out = filter("-A OUTPUT -m set --match-set s dst -j DROP", ":INPUT ACCEPT\n:OUTPUT ACCEPT");
    expect(await verdict(out, { s: { members: [], among: [ADMIN] } })).toBe("safe");
    expect(await verdict(out, { s: { members: [ADMIN], among: [ADMIN] } })).toBe("cut");
    // Of this host's own addresses nothing was asked.
    const own = filter("-A INPUT -m set --match-set s dst -j DROP\n-A INPUT -j ACCEPT");
    expect(await verdict(own, { s: { members: [], among: [ADMIN] } })).toBe("unproved");
    expect(await verdict(own, { s: { members: [] } })).toBe("safe");
  });
  it("whose counters are asked too stays open", async () => {
    const counted = filter("-A INPUT -m set --match-set s src --packets-gt 5 -j DROP\n-A INPUT -j ACCEPT");
    expect(await verdict(counted, { s: { members: [] } })).toBe("unproved");
  });
});
