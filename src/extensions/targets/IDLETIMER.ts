import { cstring, kernelPointer, struct, u8, u32 } from "../../codec/struct.js";
import { target } from "../define.js";
import { text, uint } from "../kinds.js";
import { flags, required } from "../option.js";

/** `sendNlMsg` is Android's; the kernel takes no notice of it. */
const info = struct("idletimer_tg_info_v1", "linux/netfilter/xt_IDLETIMER.h", {
  timeout: u32,
  label: cstring(28, 27),
  sendNlMsg: u8,
  timerType: u8,
  timer: kernelPointer,
});
const ALARM = 1;

/**
 * `-j IDLETIMER`: starts a timer anew with each packet. When it runs out, who watches
 * `/sys/class/xt_idletimer/timers/LABEL` is told.
 *
 * @example idletimer({ timeout: 300, label: "wwan" })
 */
export const idletimer = target("IDLETIMER", {
  revision: 1,
  info,
  fixed: { sendNlMsg: 0 },
  need: ["timeout", "label"],
  options: {
    /** Seconds without packets; the kernel takes 1 to a third of a year, or so, by its clock. */
    timeout: required(uint("timeout", 0xffff_ffff)),
    /** The timer's name, at most 27 bytes, the rest is cut. Rules of one label share a timer. */
    label: required(text("label", { max: 27, cut: true })),
    /** An alarm timer, which runs while the machine sleeps. */
    alarm: flags("timerType")(ALARM),
  },
});
