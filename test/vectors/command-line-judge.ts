import { commandLine } from "../../src/cli/command-line.js";
import { readRequest } from "../../src/cli/request.js";
import { rulesOf } from "../../src/cli/iptables.js";
import { emptyTable } from "../../src/model/table.js";
import { ruleText } from "../../src/text/print-rule.js";
import type { Judged } from "./conformance.js";
import { USER_CHAIN } from "./iptables.js";

/** The words as somebody types them behind `rampart`, who typed them behind `iptables` before. */
export const commandLineJudge: Judged = {
  parse: (vector, { family, names }, profile) => {
    const given = [...(family === "ipv6" ? ["-6"] : []), ...(profile ? ["--profile", profile] : [])];
    const line = commandLine(["-t", vector.table, "-A", vector.chain, ...given, ...vector.argv]);
    const table = emptyTable(family, vector.table).newChain(USER_CHAIN);
    const request = readRequest(line);
    // `iptables -6` ends in an error; with Rampart it is how one says ip6tables.
    if (request.family !== family) line.refuse("the words are for the other family", 0);
    return rulesOf(request, table, names, line);
  },
  print: (rule, ctx) => ruleText(rule, ctx).slice(1),
};
