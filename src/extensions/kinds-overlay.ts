import type { Field, Slot } from "../codec/slot.js";
import type { Has, Kind } from "./option-form.js";

/** A kind whose field `value` lies over the bytes of another one, as in a C union. */
export const overlay = <F extends string, S, V>(
  bytes: F,
  field: Field<S>,
  kind: Kind<Has<"value", S>, V>,
): Kind<Has<F, Slot<number>[]>, V> => ({
  ...kind,
  bind: ({ [bytes]: { at } }) => kind.bind({ value: field.slot(at) }),
});
