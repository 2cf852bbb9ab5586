import {
  array,
  cstring,
  kernelPointer,
  kernelU32,
  type Slot,
  struct,
  u8,
  u16,
  u32,
} from "../../codec/struct.js";
import { match } from "../define.js";
import { quote, text } from "../kinds.js";
import { overlay } from "../kinds-overlay.js";
import { fail, type Has, type Kind, required, selected } from "../option.js";
import { revision } from "../revision.js";

const MAX_INSTRUCTIONS = 64,
  INSTRUCTION = 8,
  SIZE = MAX_INSTRUCTIONS * INSTRUCTION;
/** The program and the path share their bytes. The kernel goes by the path; the descriptor was iptables' own. */
const info = struct(
  "xt_bpf_info_v1",
  "linux/netfilter/xt_bpf.h",
  { mode: u16, count: u16, fd: kernelU32, program: array(SIZE, u8), filter: kernelPointer },
  { count: "bpf_program_num_elem", program: "bpf_program" },
);
/** Before programs could be pinned. */
const info0 = struct(
  "xt_bpf_info",
  "linux/netfilter/xt_bpf.h",
  { count: u16, program: array(SIZE / 4, u32), filter: kernelPointer },
  { count: "bpf_program_num_elem", program: "bpf_program" },
);
const BYTECODE = 0,
  PINNED = 1;

/** `struct sock_filter` (linux/filter.h): code, jt, jf, k. */
const FIELDS = [u16, u8, u8, u32] as const;
const slotsAt = (at: number): readonly Slot<number>[] => {
  let from = at;
  return FIELDS.map((field) => {
    const slot = field.slot(from);
    from += field.size;
    return slot;
  });
};

/** As scanf reads it: too large a number loses its upper bits, and what stands behind the last one does not count. */
const SCANNED = /^\s*([+-]?\d+)(?!\d)\s*([+-]?\d+)(?!\d)\s*([+-]?\d+)(?!\d)\s*([+-]?\d+)/;
const LARGEST_LONG = 2n ** 64n - 1n;
function truncated(digits: string, size: number): number {
  const n = BigInt(digits.replace("+", ""));
  return Number(BigInt.asUintN(size * 8, n > LARGEST_LONG ? LARGEST_LONG : n));
}
function instruction(text: string, i: number): string {
  const numbers = SCANNED.exec(text) ?? fail(`bpf: error at instruction ${i}: "${text}"`);
  return FIELDS.map(({ size }, n) => truncated(numbers[n + 1]!, size)).join(" ");
}
/** What nfbpf_compile prints: how many instructions there are, then each of them, behind commas. */
function parseProgram(word: string): string {
  const [, said, rest] = /^\s*([+-]?\d+),(.*)$/s.exec(word) ?? fail("bpf: the program has no length");
  const count = truncated(said!, 2),
    lines = rest!.split(",");
  if (lines.at(-1) === "") lines.pop();
  if (count === 0 || count > MAX_INSTRUCTIONS)
    fail(`bpf: a program has 1 to ${MAX_INSTRUCTIONS} instructions`);
  if (lines.length !== count) fail(`bpf: ${lines.length} instructions where ${count} were announced`);
  return `${count},${lines.map(instruction).join(",")}`;
}
const program: Kind<Has<"count"> & Has<"program", Slot<number>[]>, string> = {
  parse: ([word = ""]) => parseProgram(word),
  print: quote,
  wordsOf: (value) => [value],
  bind({ count, program: { at } }) {
    const slots = Array.from({ length: MAX_INSTRUCTIONS }, (_, i) => slotsAt(at + i * INSTRUCTION));
    return {
      store(b, o, value) {
        const lines = value.split(",").slice(1);
        count.set(b, o, lines.length);
        for (const [i, line] of lines.entries())
          for (const [n, word] of line.split(" ").entries()) slots[i]![n]!.set(b, o, Number(word));
      },
      load(b, o) {
        const n = count.get(b, o);
        if (n === 0 || n > MAX_INSTRUCTIONS) fail(`bpf: ${n} instructions`);
        return [n, ...slots.slice(0, n).map((fields) => fields.map((slot) => slot.get(b, o)).join(" "))].join(
          ",",
        );
      },
    };
  },
};
const path = overlay("program", cstring(SIZE, SIZE - 1), text("value", { max: SIZE - 1, min: 1 }));
const given = selected("mode");

/**
 * `-m bpf`: a program of the Berkeley Packet Filter decides.
 *
 * @example bpf({ bytecode: "4,48 0 0 9,21 0 1 6,6 0 0 1,6 0 0 0" }) // -p tcp
 */
export const bpf = match("bpf", {
  revision: 1,
  info,
  revisions: [revision({ revision: 0, info: info0, options: { bytecode: required(program) } })],
  need: "exactly one",
  objects: ({ objectPinned: name }) => (name === undefined ? [] : [{ kind: "bpf program", name }]),
  options: {
    /** A classic program as nfbpf_compile prints it, for packets that begin with the IP header; 1 to 64 instructions. */
    bytecode: given(BYTECODE, program),
    /** An extended program by its path in a bpf file system, 511 bytes at most, which must exist when the rule is written. */
    objectPinned: given(PINNED, path),
  },
});
