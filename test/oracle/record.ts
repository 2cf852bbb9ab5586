import type { Vector } from "../vectors/iptables.js";
import type { Listing } from "../vectors/listing.js";
import { ask, familyOf, prepare, programOf, type Question, type Said } from "./ask.js";
import type { ForkServer } from "./fork-server.js";

/** A line of shared/vectors/own.jsonl, as far as iptables-legacy has a say in it. */
export interface OwnVector extends Question {
  /** The rule's words as a shell takes them. */
  readonly args: string;
  readonly rc: { readonly legacy: number };
  readonly err: { readonly legacy: string | null };
  readonly fail_stage: { readonly legacy: "parse" | "kernel" | null };
  readonly saved: { readonly legacy: string | null };
  /** Only where the words made several rules. */
  readonly saved_all?: { readonly legacy: readonly string[] };
  /** The last rule that was sent. */
  readonly sent_hex: string | null;
  readonly entry_hex: string | null;
  readonly del_rc: { readonly legacy: number | null };
  readonly check_rc: { readonly legacy: number | null };
}
export interface Recorded {
  readonly own: OwnVector;
  /** The same as test/vectors has it. What the kernel refused is saved as iptables prints what it sent. */
  readonly vector: Vector;
  readonly listing: Listing | undefined;
}

const hexOf = (entries: readonly Buffer[]): string | null => entries.at(-1)?.toString("hex") ?? null;

async function list(
  server: ForkServer,
  question: Question,
  { stage, added, sent, saved }: Said,
): Promise<Listing | undefined> {
  const { table, chain } = question,
    replace = added.sent.at(-1),
    rule = saved.at(-1);
  if (rule === undefined || !replace) return undefined;
  const listed = async (...flags: readonly string[]): Promise<string> => {
    const words = [programOf(question), "-t", table, "-L", chain, ...flags],
      { stdout } = await server.run(words, stage === null ? {} : { play: replace });
    // A program of bpf is listed with the NUL that ends its text in C.
    return stdout
      .replace(/\0?\n$/, "")
      .split("\n")
      .at(-1)!;
  };
  return {
    family: familyOf(question),
    table,
    chain,
    rule: rule.slice(`-A ${chain} `.length),
    sent: sent.at(-1)!.toString("hex"),
    numeric: await listed("-n"),
    named: await listed(),
    verbose: await listed("-n", "-v", "-x"),
  };
}

/** Asks everything that a vector holds, and leaves the tables as they were. */
export async function record(server: ForkServer, question: Question, args: string): Promise<Recorded> {
  const { family, table, chain, argv } = question,
    said = await ask(server, question),
    { added, stage, sent, kept, saved } = said;
  const again = async (command: "-C" | "-D") =>
    stage === null
      ? (await server.run([programOf(question), "-t", table, command, chain, ...argv])).status
      : null;
  const listing = await list(server, question, said),
    check = await again("-C"),
    removed = await again("-D");
  if (stage === null && removed !== 0) await prepare(server, family);
  const line = saved.at(-1) ?? null,
    several = saved.length > 1,
    error = added.stderr === "" ? null : added.stderr,
    hex = hexOf(sent);
  return {
    own: {
      family,
      table,
      chain,
      args,
      argv,
      rc: { legacy: added.status },
      err: { legacy: error },
      fail_stage: { legacy: stage },
      saved: { legacy: stage === null ? line : null },
      ...(several && { saved_all: { legacy: saved } }),
      sent_hex: hex,
      entry_hex: hexOf(kept),
      del_rc: { legacy: removed },
      check_rc: { legacy: check },
    },
    vector: {
      family,
      table,
      chain,
      argv,
      ...(stage && { refused: stage }),
      ...(stage && error !== null && { error }),
      ...(line !== null && { saved: line }),
      ...(several && { savedAll: saved }),
      ...(hex !== null && { sent: hex }),
    },
    listing,
  };
}
