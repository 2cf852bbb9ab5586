import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Result, Step } from "./cli-driver.js";
import { runSteps, step, saidBySave as strip } from "./cli-steps.js";

const commands = readFileSync(new URL("../vectors/tutorial-commands.txt", import.meta.url), "utf8")
  .trim()
  .split("\n");

/** The tutorial's rules file goes from one command to the next as text here. */
const RULES = /^iptables-(save|restore)(.*?) *[<>] *\S+$/;
const saved = step("iptables-legacy-save", "");

function run(translate: (program: string, words: string, input: string) => Step): Result[] {
  // A file holds what the real save made of the rules so far, so that both sides read the same one.
  let file = "*filter\n:INPUT DROP [0:0]\n-A INPUT -p tcp -m tcp --dport 22 -j ACCEPT\nCOMMIT\n";
  const steps = commands.flatMap((command) => {
    const file_ = RULES.exec(command);
    if (file_) return [translate(`iptables-${file_[1]}`, file_[2]!.trim(), file), saved];
    return [translate("iptables", command.replace("iptables ", ""), ""), saved];
  });
  file = "";
  return runSteps(steps);
}

describe("the tutorial, with rampart in the place of iptables", () => {
  const theirs = run((program, words, input) =>
    step(program.replace("iptables", "iptables-legacy"), words, input),
  );
  const ours = run((program, words, input) =>
    step("rampart", `${program === "iptables" ? "" : program.replace("iptables-", "")} ${words}`, input),
  );
  it.each(commands.map((command, i) => [command, i] as const))("%s", (_, i) => {
    const [mine, mySave, their, theirSave] = [
      ours[2 * i]!,
      ours[2 * i + 1]!,
      theirs[2 * i]!,
      theirs[2 * i + 1]!,
    ];
    expect(mine.errors).toBe("");
    expect(mine.status).toBe(their.status);
    expect(strip(mine.output)).toBe(strip(their.output));
    expect(strip(mySave.output)).toBe(strip(theirSave.output));
  });
});
