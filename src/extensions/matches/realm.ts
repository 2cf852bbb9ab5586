import { struct, u8, u32 } from "../../codec/struct.js";
import { match } from "../define.js";
import { hex, type Masked, masked, numberIn, printMasked } from "../kinds.js";
import { fail, required } from "../option.js";

const info = struct("xt_realm_info", "linux/netfilter/xt_realm.h", { id: u32, mask: u32, invert: u8 });
const kind = masked("id", "mask");

/**
 * `-m realm`, IPv4: the realm of the route that the packet took, see ip-route(8).
 *
 * @example realm({ realm: 10 })
 */
export const realm = match("realm", {
  revision: { ipv4: 0 },
  info: { ipv4: info },
  named: true,
  need: ["realm"],
  options: {
    /** A number of 32 bits, `{ value, mask }`, or in text a name of /etc/iproute2/rt_realms. */
    realm: required(
      {
        ...kind,
        parse([word = ""], ctx): Masked {
          const named = ctx.names.numberOf("realm", word);
          if (named !== undefined) return named;
          if (Number.isNaN(numberIn(word.split("/", 1)[0]!)))
            fail(`"${word}" is neither a number nor a realm`);
          return kind.parse([word], ctx);
        },
        print: (value, { names }) =>
          (typeof value === "number" ? names.nameOf("realm", value) : undefined) ?? printMasked(value),
        wordsOf: (value) => [typeof value === "number" ? hex(value) : printMasked(value)],
      },
      "invert",
      1,
    ),
  },
});
