import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Command } from "./command.js";
import { commandLine } from "./command-line.js";
import { HELP_SWITCH } from "./session.js";
import { readSwitches, type Switch } from "./switches.js";

const SWITCHES: readonly Switch[] = [HELP_SWITCH];
/** From src and from dist alike. */
const SCRIPT = fileURLToPath(new URL("../../scripts/build-native", import.meta.url));

export const build: Command = {
  name: "build",
  summary: "Compile the native half for this machine, where the package has none",
  usage: ["build"],
  about: `The package brings its native half compiled, for Linux with glibc. Where that does not load, this compiles it from
the sources that the package has too. It takes a C++ compiler, make, python3, pkg-config and the headers of libiptc,
and says what is missing. What was compiled here is used from then on.`,
  switches: SWITCHES,
  examples: [{ does: "On a machine that the package has nothing compiled for", words: "build" }],
  async run(args) {
    const line = commandLine(["build", ...args], 1),
      [extra] = readSwitches(SWITCHES, line).rest;
    if (extra) line.refuse("build takes no further words", extra.index);
    const child = spawn(SCRIPT, { stdio: "inherit" }),
      [status] = (await once(child, "exit")) as [number | null];
    return status ?? 1;
  },
};
