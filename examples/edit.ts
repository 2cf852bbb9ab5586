/**
 * Typed rules, and rules as text, side by side.
 *
 *     sudo unshare -n npx tsx examples/edit.ts
 */
import { conntrack, open, parseRule, reject, tcp } from "../src/index.js";

await using firewall = await open();
const { filter } = await firewall.read();

const next = filter
  .newChain("guests")
  .append(
    "guests",
    { protocol: "tcp", matches: [tcp({ dport: 443 }), conntrack({ ctstate: ["NEW"] })], jump: "ACCEPT" },
    parseRule("-p udp --dport domain -j ACCEPT"),
    { jump: reject({ rejectWith: "icmp-admin-prohibited" }) },
  )
  .append("FORWARD", { inInterface: "wlan+", jump: "guests" });

await firewall.write(next);
console.log(await firewall.save({ counters: true }));
