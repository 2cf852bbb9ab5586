import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import type { Host } from "../../../src/host/host.js";
import type { Transport } from "../../../src/native.js";

const bytesOf = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, "hex"));
/** By request, what the kernel answered when scripts/record-host.ts asked. */
const answers = JSON.parse(gunzipSync(readFileSync("test/vectors/host.json.gz")).toString()) as Record<
  string,
  string
>;
const replay: Transport = async (request) => {
  const answer = answers[Buffer.from(request).toString("hex")];
  if (answer === undefined)
    throw new Error(`nothing is recorded for ${Buffer.from(request).toString("hex")}`);
  return bytesOf(answer);
};
export const recordedHost: Host = { diag: replay, route: replay, netfilter: replay };

/** A host of which each conversation is answered by these bytes, whatever is asked. */
export function hostSaying(...replies: readonly Uint8Array[]): Host & { readonly asked: Uint8Array[] } {
  const asked: Uint8Array[] = [],
    say: Transport = async (request) => {
      asked.push(request.slice());
      return replies[Math.min(asked.length, replies.length) - 1]!;
    };
  return { diag: say, route: say, netfilter: say, asked };
}
