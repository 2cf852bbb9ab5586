import { RampartError } from "../errors.js";
import { targets } from "../extensions/registry.js";
import { checkChainName } from "../model/chain.js";

/**
 * Refuses what `-N` and `-E` refuse as a new chain's name. A rules file may name a chain like a target (`:LOG - [0:0]`),
 * and then `-j LOG` is the chain; who makes one by hand is spared the surprise.
 *
 * @throws `chain-name`
 */
export function checkNewChain(chain: string): void {
  checkChainName(chain);
  if (targets.has(chain))
    throw new RampartError("chain-name", { chain, problem: "it is the name of a target" });
}
