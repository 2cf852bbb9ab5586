import type { Family } from "../../model/family.js";
import type { Transport } from "../../native.js";
import { type Answer, attributesOf, interrupted, replies } from "../../netlink/replies.js";
import { NFPROTO, NLM_F } from "../../netlink/wire.js";
import { MessageWriter } from "../../netlink/writer.js";
import { FAMILY_NUMBER } from "./base-chains.js";
import { kernelError } from "./failure.js";
import { GENERATION, MESSAGE } from "./wire.js";

/** What a dump lists, and at which generation of the rule set it began. */
export interface Dump {
  readonly generation: number;
  /** Somebody changed the rule set meanwhile: the list may be none that ever was. */
  readonly torn: boolean;
  readonly answers: readonly Answer[];
}

/** The number that every commit of this namespace changes. */
export async function generationOf(transport: Transport): Promise<number> {
  const request = new MessageWriter();
  askGeneration(request);
  return generationIn(answersOf(await transport(request.take()), "reading the generation of nf_tables"));
}

/** All objects of a kind, of one family; `narrow` writes the attributes that say which. */
export async function dump(
  transport: Transport,
  type: number,
  family: Family,
  narrow: (request: MessageWriter) => void = () => {},
): Promise<Dump> {
  const request = new MessageWriter();
  askGeneration(request);
  request.begin({ type, flags: NLM_F.dump, sequence: 2, family: FAMILY_NUMBER[family] });
  narrow(request);
  request.end();
  const reply = await transport(request.take()),
    operation = `reading the ${family} tables of nf_tables`,
    answers = answersOf(reply, operation);
  let torn = false;
  for (const one of replies(reply)) torn ||= interrupted(one);
  return {
    generation: generationIn(answers),
    torn,
    answers: answers.filter((answer) => answer.type !== MESSAGE.newGeneration),
  };
}

function askGeneration(request: MessageWriter): void {
  request.begin({
    type: MESSAGE.getGeneration,
    flags: NLM_F.ack,
    sequence: 1,
    family: NFPROTO.unspec,
  });
  request.end();
}
function generationIn(answers: readonly Answer[]): number {
  for (const answer of answers)
    if (answer.type === MESSAGE.newGeneration)
      for (const a = attributesOf(answer); a.next(); ) if (a.type === GENERATION.id) return a.be32();
  throw new Error("the kernel did not tell the generation of its rules");
}
function answersOf(reply: Uint8Array, operation: string): Answer[] {
  const answers: Answer[] = [];
  for (const one of replies(reply))
    if (one.kind === "answer") answers.push(one);
    else if (one.errno !== 0) throw kernelError(one, { operation });
  return answers;
}
