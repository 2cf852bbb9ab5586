import type { Family } from "../../model/family.js";
import { Slices } from "../../model/slices.js";
import type { Transport } from "../../native.js";
import { type Answer, attributesOf, interrupted, type Outcome, replies } from "../../netlink/replies.js";
import { NFPROTO, NLM_F } from "../../netlink/wire.js";
import { MessageWriter } from "../../netlink/writer.js";
import { FAMILY_NUMBER } from "./base-chains.js";
import { kernelError } from "./failure.js";
import { GENERATION, MESSAGE } from "./wire.js";

/** Of a dump: the generation of the rule set at which it began. */
export interface Listed {
  readonly generation: number;
  /** Somebody changed the rule set meanwhile: the list may be none that ever was. */
  readonly torn: boolean;
}
/** What a dump lists. */
export interface Dump extends Listed {
  readonly answers: readonly Answer[];
}

/** The number that every commit of this namespace changes. */
export async function generationOf(transport: Transport): Promise<number> {
  const request = new MessageWriter();
  askGeneration(request);
  let generation: number | undefined;
  for (const one of replies(await transport(request.take())))
    if (one.kind === "outcome") check(one, "reading the generation of nf_tables");
    else generation = generationIn(one);
  return generation ?? untold();
}

/** All objects of a kind, of one family; `narrow` writes the attributes that say which. */
export async function dump(
  transport: Transport,
  type: number,
  family: Family,
  narrow?: (request: MessageWriter) => void,
): Promise<Dump> {
  const answers: Answer[] = [],
    listed = await list(transport, type, family, (answer) => answers.push(answer), narrow);
  return { ...listed, answers };
}
/** The same one by one, and none is kept: there may be a hundred thousand of them. All lie in the same bytes. */
export async function list(
  transport: Transport,
  type: number,
  family: Family,
  each: (answer: Answer) => void,
  narrow: (request: MessageWriter) => void = () => {},
): Promise<Listed> {
  const request = new MessageWriter();
  askGeneration(request);
  request.begin({ type, flags: NLM_F.dump, sequence: 2, family: FAMILY_NUMBER[family] });
  narrow(request);
  request.end();
  const reply = await transport(request.take()),
    operation = `reading the ${family} tables of nf_tables`,
    slices = new Slices(operation);
  let torn = false,
    generation: number | undefined;
  for (const one of replies(reply)) {
    torn ||= interrupted(one);
    if (one.kind === "outcome") check(one, operation);
    else if (one.type === MESSAGE.newGeneration) generation = generationIn(one);
    else each(one);
    if (slices.due()) await slices.pause();
  }
  return { generation: generation ?? untold(), torn };
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
function generationIn(answer: Answer): number | undefined {
  for (const a = attributesOf(answer); a.next(); ) if (a.type === GENERATION.id) return a.be32();
  return undefined;
}
const untold = (): never => {
  throw new Error("the kernel did not tell the generation of its rules");
};
function check(outcome: Outcome, operation: string): void {
  if (outcome.errno !== 0) throw kernelError(outcome, { operation });
}
