import { cstring, kernelPointer, struct } from "../../codec/struct.js";
import { match } from "../define.js";
import { quoteIfNeeded, text } from "../kinds.js";
import { required } from "../option.js";
import { revision } from "../revision.js";

const SIZE = 32;
const FIELDS = { name: cstring(SIZE, SIZE - 1), nfacct: kernelPointer } as const;
const info = struct("xt_nfacct_match_info_v1", "linux/netfilter/xt_nfacct.h", FIELDS),
  info0 = struct("xt_nfacct_match_info", "linux/netfilter/xt_nfacct.h", FIELDS);
// iptables prints a blank too many.
const nfacctName = required(
  text("name", { max: SIZE - 1, min: 1, cut: true, print: (name) => ` ${quoteIfNeeded(name)}` }),
);

/**
 * `-m nfacct`: matches every packet, and counts it in an accounting object of nfnetlink (nfacct(8)). It must
 * exist in the namespace when the rule is written.
 *
 * @example nfacct({ nfacctName: "web" })
 */
export const nfacct = match("nfacct", {
  revision: 1,
  info,
  revisions: [revision({ revision: 0, info: info0, options: { nfacctName } })],
  need: ["nfacctName"],
  objects: ({ nfacctName = "" }) => [{ kind: "nfacct", name: nfacctName }],
  options: {
    /** The object's name, 1 to 31 bytes. */
    nfacctName,
  },
});
