import { type PendingInfo, pendingChanges } from "../index.js";
import type { Command } from "./command.js";
import { commandLine } from "./command-line.js";
import { foreignNote } from "./rollback.js";
import { HELP_SWITCH, JSON_SWITCH } from "./session.js";
import { readSwitches, type Switch } from "./switches.js";

const SWITCHES: readonly Switch[] = [JSON_SWITCH, HELP_SWITCH];

export const pending: Command = {
  name: "pending",
  summary: "Show changes that wait for their confirmation, and how the last one ended",
  usage: ["pending [--json]"],
  about: `Lists the changes that \`rampart apply\` and programs have made and that go again unless somebody confirms them; and
the last one that is over, with what became of it. They are kept in /run/rampart, which ends with the machine, as the
kernel's rules do.`,
  switches: SWITCHES,
  examples: [{ does: "Is there something to confirm?", words: "pending" }],
  async run(args, io) {
    const line = commandLine(["pending", ...args], 1),
      given = readSwitches(SWITCHES, line),
      [extra] = given.rest;
    if (extra) line.refuse("pending takes no words", extra.index);
    const changes = await pendingChanges();
    if (given.has("json")) await io.write(`${JSON.stringify(changes, undefined, 2)}\n`);
    else
      await io.write(
        changes.length > 0 ? changes.map(lines).join("") : "No change waits for a confirmation.\n",
      );
    return 0;
  },
};

function lines({ id, mark, made, remaining, guarded, needsToken, parts, report }: PendingInfo): string {
  const what = parts.map(({ family, backend, tables }) => `${family} ${tables.join(", ")} (${backend})`);
  return [
    `${id}  ${what.join("; ")}, made ${made}\n`,
    mark === "ARMED"
      ? `  waits: ${Math.max(0, Math.round(remaining / 1000))} s left; rampart confirm ${needsToken ? "TOKEN" : id}\n`
      : `  ${ENDS[mark]}\n`,
    ...(mark === "ARMED" && !guarded
      ? [`  its guard is gone: nobody will roll it back; rampart rollback ${id}, or confirm it\n`]
      : []),
    ...(report?.outcomes ?? []).flatMap((one) => [
      ...(one.foreign ? [`  ${foreignNote(one)}\n`] : []),
      ...(one.outcome === "failed" ? [`  ${one.part} could not be put back: ${one.errorName}\n`] : []),
    ]),
  ].join("");
}
const ENDS: Readonly<Record<Exclude<PendingInfo["mark"], "ARMED">, string>> = {
  CONFIRMED: "confirmed",
  ABORTED: "was never made",
  ROLLBACK: "is being rolled back",
  ROLLINGBACK: "is being rolled back",
  ROLLEDBACK: "rolled back",
  FAILED: "rolled back, but not wholly",
};
