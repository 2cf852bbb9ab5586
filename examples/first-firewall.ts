/**
 * Closes a host but for ssh from one network and a web server, in one atomic step.
 *
 *     sudo unshare -n npx tsx examples/first-firewall.ts     # in a throw-away network namespace
 */
import { allow, applyService, dropInvalid, established, listTable, loopback, open } from "../src/index.js";

await using firewall = await open({ family: "ipv4" });

await firewall.transaction("filter", (filter) => {
  const services = [
    loopback(),
    established(),
    dropInvalid(),
    allow("ssh", { from: "192.168.1.0/24" }),
    allow("web"),
  ];
  const open = services.reduce((table, service) => applyService(table, service).table, filter);
  return open.policy("INPUT", "DROP").policy("FORWARD", "DROP");
});

for (const line of listTable(await firewall.read("filter"), { verbose: true, numeric: true }))
  process.stdout.write(line);
