import { fail } from "../errors.js";
import type { Family } from "../model/family.js";
import { Slices } from "../model/slices.js";
import type { Transport } from "../native.js";
import type { Attributes } from "../netlink/attributes.js";
import { attributesOf, replies } from "../netlink/replies.js";
import { NET_BYTEORDER, NLM_F } from "../netlink/wire.js";
import { MessageWriter } from "../netlink/writer.js";
import { type FailurePlace, throwRefusal } from "./failure.js";
import { ATTR, begin, LIST_HEADERS, LIST_NAMES } from "./protocol.js";
import { optionsOf, type SetNumbers } from "./set-options.js";
import { isSetType, type SetOptions, type SetType } from "./set-types.js";

/** A set as the kernel describes it, without its entries. JSON-safe. */
export type SetInfo<T extends SetType = SetType> = T extends SetType
  ? SetNumbers & {
      readonly name: string;
      readonly type: T;
      readonly revision: number;
      readonly options: SetOptions[T];
    }
  : never;

/** Bytes of a listing that hold elements: a nest of `data` nests. */
export interface Stretch {
  readonly bytes: Uint8Array;
  readonly from: number;
  readonly to: number;
}
export interface Listed {
  readonly info: SetInfo;
  readonly family: Family;
  readonly elements: readonly Stretch[];
}

/** What a dump is asked for. */
type Wanted = "names" | "headers" | "everything";
const FLAGS = { names: LIST_NAMES, headers: LIST_HEADERS, everything: 0 } as const;

export function listRequest(wanted: Wanted, set: string | undefined): Uint8Array {
  const writer = new MessageWriter();
  begin(writer, "list", { flags: NLM_F.ack | NLM_F.dump });
  if (set !== undefined) writer.text(ATTR.setName, set);
  if (FLAGS[wanted] !== 0) writer.be32(ATTR.flags | NET_BYTEORDER, FLAGS[wanted]);
  writer.end();
  return writer.take();
}
async function dump(
  transport: Transport,
  wanted: Wanted,
  set: string | undefined,
  read: (attributes: Attributes) => void,
): Promise<void> {
  const place: FailurePlace = { command: "list", set: set ?? "" };
  const slices = new Slices("ipset list");
  for (const reply of replies(await transport(listRequest(wanted, set)))) {
    if (reply.kind === "outcome") throwRefusal(reply, place);
    else read(attributesOf(reply));
    if (slices.due()) await slices.pause();
  }
}

/** In the order in which the kernel has them. */
export async function listNames(transport: Transport): Promise<string[]> {
  const names: string[] = [];
  await dump(transport, "names", undefined, (a) => {
    while (a.next()) if (a.type === ATTR.setName) names.push(a.text());
  });
  return names;
}

const stretch = ({ bytes, at, end }: Attributes): Stretch => ({ bytes, from: at, to: end });
interface Unfinished {
  name: string;
  type?: string;
  family: Family;
  revision: number;
  data?: Stretch;
  elements: Stretch[];
}
/** Of one set or all. */
export async function listSets(
  transport: Transport,
  wanted: "headers" | "everything",
  set?: string,
): Promise<Listed[]> {
  const found: Unfinished[] = [];
  await dump(transport, wanted, set, (a) => {
    const seen: Partial<Unfinished> & { elements: Stretch[] } = { elements: [] };
    for (; a.next(); )
      if (a.type === ATTR.setName) seen.name = a.text();
      else if (a.type === ATTR.typeName) seen.type = a.text();
      else if (a.type === ATTR.family) seen.family = a.u8() === 10 ? "ipv6" : "ipv4";
      else if (a.type === ATTR.revision) seen.revision = a.u8();
      else if (a.type === ATTR.data) seen.data = stretch(a);
      else if (a.type === ATTR.adt) seen.elements.push(stretch(a));
    // Only the first message of a set says what it is; the others go on with its elements.
    const last = found.at(-1);
    if (seen.type === undefined && last && last.name === seen.name) last.elements.push(...seen.elements);
    else found.push({ family: "ipv4", revision: 0, name: "", ...seen });
  });
  return found.flatMap(finished);
}
function finished({ name, type, family, revision, data, elements }: Unfinished): Listed[] {
  if (type === undefined || data === undefined) return [];
  if (!isSetType(type)) fail(`set ${name} is of type ${type}, which Rampart does not know`);
  const { options, numbers } = optionsOf(type, family, data.bytes, data.from, data.to);
  // The options of a type are the fields of SetOptions: `optionsOf` reads no others.
  const info = { name, type, revision, options, ...numbers } as unknown as SetInfo;
  return [{ info, family, elements }];
}
