import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { Package } from "./compiled.js";
import { inScene, program, type Scene } from "./confirm-scene.js";

const CLOSED = "*filter\n:INPUT DROP [0:0]\n:OUTPUT DROP [0:0]\nCOMMIT\n";
const rolledBack = async (scene: Scene): Promise<void> => {
  await scene.reaches("ROLLEDBACK");
  expect(scene.save()).toBe(scene.before);
};
/** Words that mount something over the states' folder, for the caller alone. */
const over = (scene: Scene, options: string): string[] => [
  "unshare",
  "-m",
  "sh",
  "-c",
  `mount -t tmpfs -o ${options} none "$0" && exec "$@"`,
  scene.states,
];

describe.concurrent.each(["legacy", "nft"] as const)("commit-confirm, %s:", (backend) => {
  it("where its state cannot be kept, nothing is written", () =>
    inScene(backend, async (scene) => {
      for (const options of ["ro", "size=8k", "nr_inodes=4"]) {
        const caller = scene.start({ act: "wait", within: 1000 }, over(scene, options));
        expect(await caller.says("end")).toMatchObject({ end: "guard" });
        expect(scene.save()).toBe(scene.before);
      }
    }));

  it("the package may be removed while a change waits", () =>
    inScene(backend, async (scene) => {
      const copy = new Package(["confirm-driver.ts"]);
      const caller = scene.start({ act: "hang", within: 1500 }, [], copy);
      await caller.says("id");
      copy.remove();
      caller.process.kill("SIGKILL");
      await rolledBack(scene);
    }));

  it("a terminal that goes away takes `rampart apply` along, and the change goes", () =>
    inScene(backend, async (scene) => {
      const file = join(scene.directory, "rules.v4");
      writeFileSync(file, CLOSED);
      const words = `${process.execPath} ${program.path("src/cli/main.js")} apply --backend ${backend} --confirm 2 ${file}`;
      const terminal = scene.spawn(["script", "-qec", words, "/dev/null"], "ignore", false);
      await scene.reaches("ARMED");
      while (scene.save() === scene.before) await sleep(20);
      terminal.process.kill("SIGKILL");
      await rolledBack(scene);
    }));

  it("yes, typed at the terminal, keeps it, and no takes it back", () =>
    inScene(backend, async (scene) => {
      const file = join(scene.directory, "rules.v4");
      writeFileSync(file, CLOSED);
      const words = `${process.execPath} ${program.path("src/cli/main.js")} apply --backend ${backend} ${file}`;
      for (const [answer, mark] of [
        ["no", "ROLLEDBACK"],
        ["yes", "CONFIRMED"],
      ] as const) {
        const terminal = scene.spawn(["script", "-qec", words, "/dev/null"], "ignore", false);
        await scene.reaches("ARMED");
        while (scene.save() === scene.before) await sleep(20);
        terminal.process.stdin!.write(`${answer}\n`);
        await scene.reaches(mark);
        await terminal.ended;
        expect(terminal.process.exitCode).toBe(answer === "yes" ? 0 : 1);
        expect(scene.save() === scene.before).toBe(answer === "no");
      }
    }));

  it("where systemd runs the machine, the guard is a service of its own", () =>
    inScene(backend, async (scene) => {
      // There is no systemd here: this shows what it is asked for, and that a guard that comes by it is taken.
      const fake = join(scene.directory, "systemd-run"),
        asked = join(scene.directory, "asked");
      writeFileSync(
        fake,
        `#!/bin/sh\necho "$@" > ${asked}\nwhile [ "$1" != -- ]; do shift; done\nshift\nsetsid "$@" &\n`,
      );
      chmodSync(fake, 0o755);
      const booted = `mount -t tmpfs none /run && mkdir -p /run/systemd/system && PATH=${scene.directory}:$PATH exec "$@"`;
      const caller = scene.start({ act: "wait", within: 1000 }, ["unshare", "-m", "sh", "-c", booted, "sh"]);
      await caller.says("id");
      expect(readFileSync(asked, "utf8")).toMatch(
        new RegExp(
          `--unit=rampart-${scene.id} .*OOMScoreAdjust=-1000.* -- .*rampart-guard ${scene.states}/${scene.id} unit`,
        ),
      );
      await rolledBack(scene);
    }));
});

describe("iptables-apply", () => {
  it.each(["SIGHUP", "SIGTERM", "SIGKILL"] as const)("fails on %s: the new rules stay", (signal) =>
    inScene("nft", async (scene) => {
      const file = join(scene.directory, "rules.v4");
      writeFileSync(file, CLOSED);
      const apply = scene.spawn(["iptables-apply", "-t", "1", file], "ignore", false);
      const closed = () => scene.run("iptables", ["-S", "INPUT"]).startsWith("-P INPUT DROP");
      for (let i = 0; i < 500 && !closed(); i++) await sleep(10);
      apply.process.kill(signal);
      await sleep(2000);
      expect(closed()).toBe(true);
    }),
  );
});
