import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { inScene, type Scene } from "./confirm-scene.js";

/** What another program does while a change waits. */
const others = (scene: Scene, ...commands: string[]): void => {
  for (const words of commands) scene.run(`iptables-${scene.backend}`, words.split(" "));
};

describe.concurrent("others who write while a change waits", () => {
  it("with nf_tables keep the chains that the change has not touched", () =>
    inScene("nft", async (scene) => {
      const caller = scene.start({ act: "wait", within: 2500 });
      await caller.says("id");
      others(
        scene,
        "-N DOCKER",
        "-A DOCKER -s 198.51.100.7 -j RETURN",
        "-A FORWARD -j DOCKER",
        "-t nat -A POSTROUTING -s 172.17.0.0/16 -j MASQUERADE",
        "-A INPUT -s 198.51.100.8 -j ACCEPT",
      );
      expect(await caller.says("end")).toMatchObject({
        end: "rolled-back",
        context: { complete: true, outcomes: [{ part: "nft.4", outcome: "restored", foreign: true }] },
      });
      const kept = scene.save();
      expect(kept).toContain("-A DOCKER -s 198.51.100.7/32 -j RETURN");
      expect(kept).toContain("-A FORWARD -j DOCKER");
      expect(kept).toContain("-A POSTROUTING -s 172.17.0.0/16 -j MASQUERADE");
      const without = kept.replaceAll(/^.*(DOCKER|MASQUERADE).*\n/gm, "");
      expect(without).toBe(scene.before);
    }));

  it("with nf_tables lose their chain where it leads to one that goes, rather than keep all from coming back", () =>
    inScene("nft", async (scene) => {
      const caller = scene.start({ act: "wait", within: 2500 });
      await caller.says("id");
      others(scene, "-N X", "-A X -j new");
      expect(await caller.says("end")).toMatchObject({
        end: "rolled-back",
        context: { complete: true, outcomes: [{ part: "nft.4", outcome: "anew", foreign: true }] },
      });
      expect(scene.save()).toBe(scene.before);
    }));

  it("with xtables lose what is in the same table, and it is said and kept in a file", () =>
    inScene("legacy", async (scene) => {
      const caller = scene.start({ act: "wait", within: 2500 });
      await caller.says("id");
      others(scene, "-N DOCKER", "-t mangle -A FORWARD -j MARK --set-mark 1");
      expect(await caller.says("end")).toMatchObject({
        end: "rolled-back",
        context: {
          outcomes: [
            { part: "4.filter", outcome: "restored", foreign: true },
            { part: "4.nat", outcome: "restored", foreign: false },
          ],
        },
      });
      expect(existsSync(join(scene.states, scene.id, "found.4.filter"))).toBe(true);
      expect(scene.save()).toContain("-A FORWARD -j MARK");
      expect(scene.save().replace(/^\*mangle\n(.*\n)*?COMMIT\n/m, "")).toBe(scene.before);
    }));

  it("who took away a set that the old rules use keeps their table from coming back, and no other; then it can", () =>
    inScene("legacy", async (scene) => {
      scene.run("ipset", ["create", "x", "hash:ip"]);
      scene.run("iptables-legacy", ["-A", "INPUT", "-m", "set", "--match-set", "x", "src", "-j", "DROP"]);
      const before = scene.save(),
        caller = scene.start({ act: "wait", within: 2000 });
      await caller.says("id");
      scene.run("ipset", ["destroy", "x"]);
      expect(await caller.says("end")).toMatchObject({
        end: "rolled-back",
        context: {
          complete: false,
          outcomes: [
            { part: "4.filter", outcome: "failed" },
            { part: "4.nat", outcome: "restored" },
          ],
        },
      });
      expect(scene.rampart("pending").stdout).toContain("4.filter could not be put back");
      scene.run("ipset", ["create", "x", "hash:ip"]);
      expect(scene.rampart("rollback", scene.id).status).toBe(0);
      expect(scene.save()).toBe(before);
    }));

  it("who holds the xtables lock for ever does not keep anything from coming back", () =>
    inScene("legacy", async (scene) => {
      const caller = scene.start({ act: "wait", within: 2000 });
      await caller.says("id");
      scene.launch("sh", ["-c", `exec 9>${scene.lock} && flock 9 && exec sleep 60`]);
      await scene.reaches("ROLLEDBACK");
      expect(scene.file("report")).toContain("lock not-taken");
      expect(scene.save()).toBe(scene.before);
    }));

  it("even what only counts is told from what was changed", () =>
    inScene("legacy", async (scene) => {
      // Asked for, not by the clock: iptables forgets what policies have counted, and must not do so after the rollback.
      const caller = scene.start({ act: "wait", within: 60_000 });
      await caller.says("id");
      scene.run("iptables-legacy", ["-A", "INPUT", "-j", "ACCEPT"]);
      scene.run("iptables-legacy", ["-D", "INPUT", "-j", "ACCEPT"]);
      expect(scene.rampart("rollback", scene.id).status).toBe(0);
      expect(await caller.says("end")).toMatchObject({ context: { outcomes: [{ foreign: false }, {}] } });
      expect(scene.save()).toBe(scene.before);
    }));
});
