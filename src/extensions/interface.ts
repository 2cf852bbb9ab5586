import { putText, textAt } from "../codec/struct.js";
import { fail } from "../errors.js";

/** IFNAMSIZ: a name and its NUL. */
export const INTERFACE_SIZE = 16;
const PLUS = 43;

/** `-i` and `-o`: the mask covers the name and its NUL, or what stands before a trailing `+`. */
export function putInterface(b: Uint8Array, name: number, mask: number, value: string): void {
  // Plain JavaScript may hand over anything.
  if (typeof value !== "string") fail(`${JSON.stringify(value)} cannot be an interface: it has a name`);
  const length = putText(b, name, INTERFACE_SIZE, value);
  if (length === 0 || length >= INTERFACE_SIZE || value.includes("\0"))
    fail(`"${value}" cannot be an interface: a name has 1 to ${INTERFACE_SIZE - 1} bytes`);
  b.fill(255, mask, mask + (b[name + length - 1] === PLUS ? length - 1 : length + 1));
}

const strange = (): never => fail("an interface that no name stands for");
/** The name that gives these bytes; undefined for any interface. */
export function interfaceAt(b: Uint8Array, name: number, mask: number): string | undefined {
  let n = 0;
  while (n < INTERFACE_SIZE && b[mask + n] === 255 && b[name + n] !== 0) n++;
  if (n === INTERFACE_SIZE) strange();
  const whole = b[mask + n] === 255;
  for (let i = whole ? n + 1 : n; i < INTERFACE_SIZE; i++) if (b[mask + i] !== 0) strange();
  if (n === 0 && b[name] === 0) return whole ? strange() : undefined;
  const text = textAt(b, name, name + n);
  if (text.includes("\ufffd") || (whole && text.endsWith("+"))) strange();
  return whole ? text : `${text}+`;
}
