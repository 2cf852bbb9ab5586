import { cstring, kernelPointer, struct, u8, u32 } from "../../codec/struct.js";
import { target } from "../define.js";
import { text, uint } from "../kinds.js";
import { flags, required } from "../option.js";
import { revision } from "../revision.js";

/** `sendNlMsg` is Android's; the kernel takes no notice of it. */
const info = struct("idletimer_tg_info_v1", "linux/netfilter/xt_IDLETIMER.h", {
  timeout: u32,
  label: cstring(28, 27),
  sendNlMsg: u8,
  timerType: u8,
  timer: kernelPointer,
});
const info0 = struct("idletimer_tg_info", "linux/netfilter/xt_IDLETIMER.h", {
  timeout: u32,
  label: cstring(28, 27),
  timer: kernelPointer,
});
const ALARM = 1;
const timeout = required(uint("timeout", 0xffff_ffff)),
  label = required(text("label", { max: 27, cut: true }));

/**
 * `-j IDLETIMER`: starts a timer anew with each packet. When it runs out, who watches
 * `/sys/class/xt_idletimer/timers/LABEL` is told.
 *
 * @example idletimer({ timeout: 300, label: "wwan" })
 */
export const idletimer = target("IDLETIMER", {
  revision: 1,
  info,
  revisions: [revision({ revision: 0, info: info0, options: { timeout, label } })],
  fixed: { sendNlMsg: 0 },
  need: ["timeout", "label"],
  options: {
    /** Seconds without packets; the kernel takes 1 to a third of a year, or so, by its clock. */
    timeout,
    /** The timer's name, at most 27 bytes, the rest is cut. Rules of one label share a timer. */
    label,
    /** An alarm timer, which runs while the machine sleeps. */
    alarm: flags("timerType")(ALARM),
  },
});
