import type { Transport } from "../native.js";
import type { Attributes } from "../netlink/attributes.js";
import { attributesOf, type Outcome, replies } from "../netlink/replies.js";
import { NLM_F } from "../netlink/wire.js";
import { MessageWriter } from "../netlink/writer.js";
import { throwRefusal } from "./failure.js";
import { ATTR, begin, type CommandName } from "./protocol.js";
import type { SetType } from "./set-types.js";

export interface Request {
  readonly command: CommandName;
  readonly set?: string | undefined;
  readonly type?: SetType;
  /** Refuse what is there already, or what is not. Default true. */
  readonly exclusive?: boolean;
  /** Writes what else is said. */
  readonly body?: (writer: MessageWriter) => void;
}

/** One request; its answer, if there was one, goes to `read`. Returns how it ended, also when the kernel refused. */
export async function ask(
  transport: Transport,
  { command, set, exclusive = true, body }: Request,
  read?: (attributes: Attributes) => void,
): Promise<Outcome | undefined> {
  const writer = new MessageWriter();
  begin(writer, command, { flags: NLM_F.ack | (exclusive ? NLM_F.exclusive : 0) });
  if (set !== undefined) writer.text(ATTR.setName, set);
  body?.(writer);
  writer.end();
  let end: Outcome | undefined;
  for (const reply of replies(await transport(writer.take())))
    if (reply.kind === "outcome") end ??= reply;
    else read?.(attributesOf(reply));
  return end;
}
/** The same, and what the kernel refuses is thrown. */
export async function demand(
  transport: Transport,
  request: Request,
  read?: (attributes: Attributes) => void,
): Promise<void> {
  const end = await ask(transport, request, read);
  if (end) throwRefusal(end, { command: request.command, set: request.set ?? "", type: request.type });
}
