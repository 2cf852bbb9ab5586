import { isRampartError, type RampartError } from "../errors.js";
import type { Transport } from "../native.js";
import { replies } from "../netlink/replies.js";
import { NLM_F } from "../netlink/wire.js";
import { MessageWriter } from "../netlink/writer.js";
import type { Change } from "./batch.js";
import { setError } from "./failure.js";
import { ATTR, begin } from "./protocol.js";
import type { LooseEntry } from "./set-types.js";

/** How many go to the kernel by one system call; each is a message of its own, with an answer of its own. */
const AT_ONCE = 16_384;

/**
 * Adds or deletes each entry for itself, so that a refused one keeps no other back. Returns in their order what was wrong
 * with them, undefined where nothing was: `set` where the kernel refused, `invalid-value` for what cannot be an entry.
 */
export async function changeEach(
  transport: Transport,
  { command, name, codec, exist }: Change,
  entries: readonly (LooseEntry | string)[],
): Promise<(RampartError | undefined)[]> {
  const problems: (RampartError | undefined)[] = entries.map(() => undefined),
    scratch = new MessageWriter();
  for (let first = 0; first < entries.length; first += AT_ONCE) {
    const writer = new MessageWriter(),
      some = entries.slice(first, first + AT_ONCE);
    some.forEach((entry, i) => {
      scratch.clear();
      try {
        codec.write(entry, scratch);
      } catch (error) {
        if (!isRampartError(error, "invalid-value")) throw error;
        problems[first + i] = error;
        return;
      }
      begin(writer, command, { sequence: i + 1, flags: NLM_F.ack | (exist ? 0 : NLM_F.exclusive) });
      writer.text(ATTR.setName, name);
      const data = writer.open(ATTR.data);
      writer.raw(scratch.written());
      writer.close(data);
      writer.end();
    });
    if (writer.length === 0) continue;
    for (const reply of replies(await transport(writer.take()))) {
      if (reply.kind !== "outcome" || reply.errno === 0) continue;
      const index = first + reply.sequence - 1,
        entry = entries[index];
      problems[index] = setError(reply.errno, {
        command,
        set: name,
        type: codec.type,
        index,
        entry: typeof entry === "string" ? entry : JSON.stringify(entry),
      });
    }
  }
  return problems;
}
