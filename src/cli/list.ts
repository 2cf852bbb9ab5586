import { listTable, rulesAsCommands, systemListingNames, systemNames, type Table } from "../index.js";
import type { Io } from "./io.js";
import type { Request } from "./request.js";

/** `-L` and `-S`, as text or as JSON. */
export async function list(table: Table, request: Request, io: Io): Promise<void> {
  const { verbose, head } = request,
    { verb, number } = head,
    chain = head.chain?.word;
  if (request.json) return io.write(`${JSON.stringify(selected(table, request), undefined, 2)}\n`);
  const part = { ...(chain !== undefined && { chain }), ...(number !== undefined && { number }) };
  const lines =
    verb === "S"
      ? rulesAsCommands(table, {
          ...part,
          counters: verbose,
          profile: request.profile,
          names: await systemNames(),
        })
      : listTable(table, {
          ...part,
          verbose,
          numeric: request.numeric,
          exact: request.exact,
          profile: request.profile,
          lineNumbers: request.lineNumbers,
          ...(!request.numeric && { names: await systemListingNames() }),
        });
  // A line a time would be a system call each; all at once would be a long table twice in memory.
  let text = "";
  for (const line of lines) {
    text += line;
    if (text.length < 1 << 16) continue;
    await io.write(text);
    text = "";
  }
  await io.write(text);
}

/** The table as JSON, cut down to the chain and the rule that were asked for. */
function selected(table: Table, { head: { chain: named, number } }: Request) {
  const whole = table.toJSON(),
    chain = named?.word;
  if (chain === undefined) return whole;
  // Names the chain that is not there, as -L does.
  table.chain(chain);
  const chains = whole.chains
    .filter((one) => one.chain === chain)
    .map((one) => (number === undefined ? one : { ...one, rules: one.rules.slice(number - 1, number) }));
  return { ...whole, chains };
}
