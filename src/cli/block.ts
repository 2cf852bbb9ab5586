import { block as blockAddress, blockOutgoing, dropInvalid, isServiceName, SERVICES } from "../index.js";
import type { Command } from "./command.js";
import { commandLine } from "./command-line.js";
import { oneAddress, runService, SERVICE_SWITCHES, serviceFamily } from "./service-command.js";
import { readSwitches, type Switch } from "./switches.js";

const SWITCHES: readonly Switch[] = [
  { long: "reject", about: "Answer with an ICMP error. Default: drop in silence." },
  { long: "in", value: "INTERFACE", about: "Only what comes in through that interface." },
  ...SERVICE_SWITCHES,
];

export const block: Command = {
  name: "block",
  summary: "Shut an address out, or keep this host from sending mail",
  usage: ["block ADDRESS [--reject] [--in INTERFACE] [--dry-run]", "block SERVICE", "block invalid"],
  about: `An address or a network is shut out on top of INPUT, after what lets loopback and established connections in.
A service (${Object.keys(SERVICES).join(", ")}) is one that this host shall not use
elsewhere: its outgoing connections are rejected. \`invalid\` drops packets that belong to no connection.
Running it again changes nothing; the other way (drop or reject) replaces the first.`,
  switches: SWITCHES,
  examples: [
    { does: "Shut an address out", words: "block 203.0.113.51" },
    { does: "On one interface, with an answer", words: "block 203.0.113.51 --reject --in eth0" },
    { does: "No mail from this host", words: "block smtp" },
  ],
  async run(args, io) {
    const line = commandLine(["block", ...args], 1),
      given = readSwitches(SWITCHES, line);
    const [what, extra] = given.rest;
    if (!what) return line.refuse("what shall be blocked? An address, a service, or `invalid`", args.length);
    if (extra) line.refuse("one address at a time", extra.index);
    const { word, index } = what;
    const plain = word === "invalid" || isServiceName(word);
    for (const one of ["reject", "in"])
      if (plain && given.has(one)) line.refuse(`--${one} has no meaning with ${word}`, given.place(one));
    if (plain) {
      const family = serviceFamily(given, [], line);
      const service = isServiceName(word) ? blockOutgoing(word, family) : dropInvalid();
      return runService(service, family, given, line, io);
    }
    const address = oneAddress(word, line, index),
      device = given.value("in");
    const service = blockAddress(address, {
      reject: given.has("reject"),
      ...(device !== undefined && { interface: device }),
    });
    return runService(service, serviceFamily(given, [address], line), given, line, io);
  },
};
