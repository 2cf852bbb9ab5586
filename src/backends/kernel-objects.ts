import { fail, RampartError } from "../errors.js";
import type { Context, KernelObject, RuleFacts } from "../extensions/extension.js";
import type { Family } from "../model/family.js";
import type { DatagramTransport } from "../native.js";
import { LOOKUPS } from "./object-lookups.js";

export type Need = NonNullable<Context["need"]>;

/** What the rules of one write refer to, and whether the kernel has it. */
export interface ObjectCheck {
  /** Notes what a rule refers to: for the context in which rules are encoded. */
  readonly note: Need;
  /**
   * Looks for all that was noted. Where something is missing, `again` encodes the rules once more, so that the error says
   * which rule it was; without it the error names the object alone. What cannot be looked up here is for the kernel to find.
   *
   * @throws `no-such-object`
   */
  verify(again?: (refuse: Need) => Promise<unknown>): Promise<void>;
}

export function objectCheck(send: DatagramTransport, family: Family): ObjectCheck {
  const wanted = new Map<string, { readonly object: KernelObject; readonly protocol: number }>();
  return {
    note(object, rule) {
      const protocol = protocolFor(object, rule);
      wanted.set(keyOf(object, protocol), { object, protocol });
    },
    async verify(again) {
      const missing = new Map<string, RampartError>();
      for (const [key, { object, protocol }] of wanted) {
        const { there, problem, remedy } = LOOKUPS[object.kind];
        if ((await there(object.name, { send, family, protocol })) !== false) continue;
        const context = { ...object, family, problem: problem(object.name), remedy: remedy(object.name) };
        missing.set(key, new RampartError("no-such-object", context));
      }
      const [first] = missing.values();
      if (!first) return;
      await again?.((object, rule) => {
        const error = missing.get(keyOf(object, protocolFor(object, rule)));
        if (error) throw error;
      });
      throw first;
    },
  };
}

const keyOf = ({ kind, name }: KernelObject, protocol: number): string => `${kind} ${protocol} ${name}`;
/** The protocol that the object is for; 0 for those that are for any. */
function protocolFor({ kind, name }: KernelObject, { protocol = 0, notProtocol }: RuleFacts): number {
  if (kind !== "conntrack helper" && kind !== "conntrack timeout") return 0;
  if (notProtocol || protocol === 0)
    fail(`the ${kind} "${name}" is for one protocol, so the rule must name it: -p tcp, for example`);
  return protocol;
}
