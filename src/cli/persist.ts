import { realpath } from "node:fs/promises";
import {
  bootState,
  flushForBoot,
  installBootService,
  restoreAtBoot,
  saveForBoot,
  uninstallBootService,
} from "../index.js";
import type { Command } from "./command.js";
import { type CommandLine, commandLine } from "./command-line.js";
import { reportFailure } from "./failure.js";
import type { Io } from "./io.js";
import { withModules } from "./modules.js";
import {
  BACKEND_SWITCH,
  givenWhere,
  HELP_SWITCH,
  JSON_SWITCH,
  NETNS_SWITCH,
  WAIT_SWITCH,
  waitOf,
} from "./session.js";
import { type Given, readSwitches, type Switch } from "./switches.js";

const SWITCHES: readonly Switch[] = [
  { long: "sets", about: "The sets only: where another program keeps the rules." },
  { ...JSON_SWITCH, about: "With status: print JSON instead of text." },
  WAIT_SWITCH,
  NETNS_SWITCH,
  BACKEND_SWITCH,
  HELP_SWITCH,
];
const VERBS: Readonly<Record<string, (given: Given, line: CommandLine, io: Io) => Promise<number>>> = {
  install,
  uninstall,
  save: (given, line, io) => each(saveForBoot, given, line, io),
  restore: (given, line, io) => each(restoreAtBoot, given, line, io),
  flush: (given, line, io) => each(flushForBoot, given, line, io),
  status,
};

export const persist: Command = {
  name: "persist",
  summary: "Keep sets and rules over a restart",
  usage: ["persist install|uninstall|status", "persist save|restore|flush [--sets]"],
  about: `\`save\` writes the sets and the rules of both families to /etc/iptables (ipsets, rules.v4, rules.v6), each file whole or
not at all, mode 0640. \`restore\` loads them, the sets first. \`install\` has that done at boot: by a plugin where Debian's
netfilter-persistent is, else by a systemd unit that comes before the network. Where iptables-persistent loads the rules itself,
the plugin does only the sets. \`status\` says how it stands, and exits with 1 if the files are not what the kernel holds.

\`flush\` is what netfilter-persistent asks of its plugins: policies ACCEPT and no rules, in both families.`,
  switches: SWITCHES,
  examples: [
    { does: "From now on, at every boot", words: "persist save && rampart persist install" },
    { does: "Is what I see what the next boot will have?", words: "persist status" },
  ],
  async run(args, io) {
    const line = commandLine(["persist", ...args], 1),
      given = readSwitches(SWITCHES, line),
      [verb, extra] = given.rest;
    if (extra) line.refuse("persist takes one word", extra.index);
    const run = verb && Object.hasOwn(VERBS, verb.word) ? VERBS[verb.word] : undefined;
    if (!run)
      return line.refuse(`one of ${Object.keys(VERBS).join(", ")} is needed`, verb?.index ?? args.length);
    return run(given, line, io);
  },
};

async function each(work: typeof saveForBoot, given: Given, line: CommandLine, io: Io): Promise<number> {
  const options = { ...givenWhere(given, line), sets: given.has("sets"), timeout: waitOf(given, line) };
  let status = 0;
  for (const { path, done, error } of await work(options, withModules)) {
    if (done === "failed") status = Math.max(status, reportFailure(error, io, "persist"));
    else if (done !== "absent") await io.write(`${path}: ${done}\n`);
  }
  return status;
}

async function install(given: Given, line: CommandLine, io: Io): Promise<number> {
  const { backend, netns } = givenWhere(given, line);
  if (netns !== undefined)
    line.refuse("at boot there is no other network namespace yet", given.place("netns"));
  const script = process.argv[1];
  const { method, path } = await installBootService({
    command: [process.execPath, ...(script === undefined ? [] : [await realpath(script)])],
    options: backend === undefined ? [] : ["--backend", backend],
  });
  const what =
    method === "systemd"
      ? "a unit, enabled: it runs at the next boot, before the network"
      : "a plugin of netfilter-persistent";
  await io.write(
    `${path}: ${what}${method === "iptables-persistent" ? ", for the sets; iptables-persistent loads the rules" : ""}\n`,
  );
  return 0;
}
async function uninstall(_: Given, __: CommandLine, io: Io): Promise<number> {
  const removed = await uninstallBootService();
  await io.write(removed ? "removed; the rules and their files stay\n" : "there was nothing to remove\n");
  return 0;
}

async function status(given: Given, line: CommandLine, io: Io): Promise<number> {
  const state = await bootState(givenWhere(given, line));
  if (given.has("json")) await io.write(`${JSON.stringify(state, undefined, 2)}\n`);
  else {
    const { method, installed, path } = state.service;
    await io.write(
      method === "iptables-persistent"
        ? `rules: loaded at boot by iptables-persistent; sets: ${installed ? path : "by nothing of Rampart's"}\n`
        : `loaded at boot ${installed ? `by ${path}` : "by nothing of Rampart's: rampart persist install"}\n`,
    );
    for (const file of state.files) await io.write(`${file.path}: ${saying(file.state)}\n`);
  }
  return state.files.some((file) => file.state === "differs") ? 1 : 0;
}
const saying = (state: "same" | "differs" | "absent"): string =>
  state === "same"
    ? "what the kernel holds"
    : state === "differs"
      ? "not what the kernel holds: rampart persist save keeps that, restore brings the file's back"
      : "not there, and the kernel holds none";
