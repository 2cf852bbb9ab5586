import { cstring, kernelPointer, struct, u8, u32 } from "../../codec/struct.js";
import { target } from "../define.js";
import { integer, mapped, quoteText, text } from "../kinds.js";
import { flags, type Has, type Kind, required, unless } from "../option.js";

const info = struct("xt_led_info", "linux/netfilter/xt_LED.h", {
  id: cstring(27, 26),
  alwaysBlink: u8,
  delay: u32,
  internalData: kernelPointer,
});
const TRIGGER = "netfilter-",
  FOR_EVER = 0xffff_ffff;
/** Only the name behind the common beginning is said. */
const name = text("id", { max: 16, print: quoteText });
const trigger: Kind<Has<"id", string>, string> = {
  ...name,
  bind: ({ id }) => ({
    store: (b, o, value) => id.set(b, o, TRIGGER + value),
    load: (b, o) => id.get(b, o).slice(TRIGGER.length),
  }),
};
const delay = mapped<"delay", number | "inf">(
  "delay",
  (value) => (value === "inf" ? FOR_EVER : value),
  (n) => (n === FOR_EVER ? "inf" : n),
  {
    parse(word) {
      if (/^inf/i.test(word)) return "inf";
      const n = integer(word, FOR_EVER);
      return n === FOR_EVER ? "inf" : n;
    },
    // iptables 1.8.9 says -1, which no iptables reads.
    print: String,
  },
);

/**
 * `-j LED`: makes a LED blink with each packet; its trigger, `netfilter-ID`, is set through `/sys/class/leds`.
 *
 * @example led({ ledTriggerId: "ssh", ledDelay: 1000 })
 */
export const led = target("LED", {
  revision: 0,
  info,
  need: ["ledTriggerId"],
  options: {
    /** The name of the trigger, at most 16 bytes. */
    ledTriggerId: required(trigger),
    /** How long it shines after a packet: milliseconds, or "inf"; 0 unless given. */
    ledDelay: unless(0, delay),
    /** A packet makes it blink even while it shines. */
    ledAlwaysBlink: flags("alwaysBlink")(1),
  },
});
