import { type Slots, struct, u8, u32 } from "../../codec/struct.js";
import { match } from "../define.js";
import { decimal, mapped } from "../kinds.js";
import {
  always,
  depending,
  fail,
  flags,
  folding,
  type Has,
  type Option,
  printedIf,
  unless,
} from "../option.js";

const info = struct(
  "xt_time_info",
  "linux/netfilter/xt_time.h",
  { dateStart: u32, dateStop: u32, dayStart: u32, dayStop: u32, monthdays: u32, weekdays: u8, flags: u8 },
  {
    dayStart: "daytime_start",
    dayStop: "daytime_stop",
    monthdays: "monthdays_match",
    weekdays: "weekdays_match",
  },
);
const LAST_SECOND = 86_399;
const two = (n: number): string => String(n).padStart(2, "0");

const clockText = (s: number): string =>
  s <= LAST_SECOND
    ? `${two(Math.floor(s / 3600))}:${two(Math.floor(s / 60) % 60)}:${two(s % 60)}`
    : fail(`time: second ${s} of a day`);
/** As strtoul takes it: nothing at all is 0. */
const PART = "(\\s*[+-]?\\d+|)";
const TIME = new RegExp(`^${PART}:${PART}(?::${PART})?$`);
function seconds(word: string): number {
  const [, ...parts] = TIME.exec(word) ?? fail(`invalid time "${word}"`),
    [h = 0, m = 0, s = 0] = parts.map((part) => Number(part ?? 0));
  if (h < 0 || h > 23 || m < 0 || m > 59 || s < 0 || s > 59) fail(`invalid time "${word}"`);
  return h * 3600 + m * 60 + s;
}
/** Both ends of the day are shown as soon as one of them is not the day's own. */
const daytime = <F extends "dayStart" | "dayStop">(field: F, absent: string) =>
  depending(
    {
      shown:
        ({ dayStart, dayStop }: Slots<Has<"dayStart" | "dayStop">>) =>
        (b, o) =>
          dayStart.get(b, o) !== 0 || dayStop.get(b, o) !== LAST_SECOND,
    },
    always(
      absent,
      mapped(field, seconds, clockText, { parse: (word) => clockText(seconds(word)), print: (v) => v }),
    ),
  );

const dateText = (s: number): string => new Date(s * 1000).toISOString().slice(0, 19);
const DATE = new RegExp(`^${PART}(?:-${PART}(?:-${PART}(?:T${PART}(?::${PART}(?::${PART})?)?)?)?)?$`);
/** Days and months that a calendar lacks count on into the next, as in mktime. */
function epoch(word: string): number {
  const [, y, mo = 1, d = 1, h = 0, mi = 0, s = 0] = DATE.exec(word) ?? fail(`invalid date "${word}"`),
    all = [y, mo, d, h, mi, s].map(Number),
    [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = all,
    most = [2038, 12, 31, 23, 59, 59];
  if (year < 1970 || all.some((part, i) => part < 0 || part > most[i]!)) fail(`invalid date "${word}"`);
  const t = Date.UTC(year, month - 1, day, hour, minute, second) / 1000;
  return t >= 0 ? t : fail(`invalid date "${word}"`);
}
const date = <F extends "dateStart" | "dateStop">(field: F) =>
  mapped(field, epoch, dateText, { parse: (word) => dateText(epoch(word)), print: (v) => v });

/** Days are stored as bits of their numbers; bit 0 belongs to none. */
const bits = (days: readonly number[]): number => days.reduce((all, day) => (all | (1 << day)) >>> 0, 0);
const numbers = (all: number, to: number): number[] =>
  Array.from({ length: to }, (_, i) => i + 1).filter((day) => (all >>> day) & 1);

const DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"] as const;
type Day = (typeof DAYS)[number];
const daysIn = (all: number): readonly Day[] => numbers(all, DAYS.length).map((n) => DAYS[n - 1]!);
/** The words of a comma list; iptables lets one comma stand behind the last. */
const listed = (text: string): readonly string[] => text.replace(/,$/, "").split(",");
function dayNumber(word: string): number {
  const day = DAYS.findIndex((name) => word.startsWith(name.slice(0, 2)));
  return day >= 0 ? day + 1 : decimal(word, DAYS.length, 1);
}
const weekdays: Option<Has<"weekdays">, readonly Day[], false> = folding(
  unless(
    DAYS as readonly Day[],
    mapped("weekdays", (days: readonly Day[]) => bits(days.map((day) => DAYS.indexOf(day) + 1)), daysIn, {
      parse: (word) => (word === "" ? [] : daysIn(bits(listed(word).map(dayNumber)))),
      print: (days) => days.join(","),
    }),
  ),
  (days) => DAYS.filter((day) => !days.includes(day)),
);

/** Day 0 comes in no month, but iptables takes it, and prints nothing in its place. */
const EVERY_DATE: readonly number[] = Array.from({ length: 31 }, (_, i) => i + 1);
const datesIn = (all: number): readonly number[] => [...(all & 1 ? [0] : []), ...numbers(all, 31)];
const monthdays: Option<Has<"monthdays">, readonly number[], false> = folding(
  unless(EVERY_DATE, {
    ...mapped("monthdays", bits, datesIn, {
      parse: (word) =>
        word === "" ? [] : datesIn(bits(listed(word).map((day) => (day === "" ? 0 : decimal(day, 31))))),
      print: (days) => days.filter((day) => day > 0).join(","),
    }),
    wordsOf: (days) => [days.join(",")],
  }),
  (days) => datesIn((bits(days) ^ bits(EVERY_DATE)) >>> 0),
);
const flag = flags("flags");
/** The struct says nothing about it: times are UTC unless something else is said. */
const utc: Option<Has<"flags">, true, false> = {
  negatable: false,
  words: 0,
  parse: () => true,
  print: () => "",
  implied: () => true,
  bind: () => ({ set() {}, get: () => undefined }),
};
const EPOCH = "1970-01-01T00:00:00";

/**
 * `-m time`: when the packet came, by UTC unless said otherwise.
 *
 * @example time({ timestart: "08:00:00", timestop: "18:00:00", weekdays: ["Mon", "Tue", "Wed", "Thu", "Fri"] })
 */
export const time = match("time", {
  revision: 0,
  info,
  options: {
    /** The time of day from which it matches, `HH:MM[:SS]`. Default `00:00:00`. */
    timestart: daytime("dayStart", "00:00:00"),
    /**
     * The time of day until which it matches. Default `23:59:59`. An earlier one than `timestart` is on the
     * next day.
     */
    timestop: daytime("dayStop", "23:59:59"),
    /** Days of the month, 1 to 31. Default: all. `!` in text stands for the other days. */
    monthdays,
    /**
     * Days of the week. Default: all. `!` in text stands for the other days; numbers are days from Monday, 1.
     */
    weekdays,
    /**
     * The first second that matches, `YYYY-MM-DDTHH:MM:SS`; the date alone is its midnight. Default
     * `1970-01-01T00:00:00`.
     */
    datestart: unless(EPOCH, date("dateStart")),
    /** The last second that matches, likewise. Default `2038-01-19T03:14:07`, the last there is. */
    datestop: printedIf((o) => o.datestop !== EPOCH, always("2038-01-19T03:14:07", date("dateStop"))),
    /** All times are the kernel's own, which most hosts have set to UTC. */
    kerneltz: flag(0x1),
    /** A range past midnight is one range that begins on the matching day, not two. */
    contiguous: flag(0x2),
    /** All times are UTC, which is the default. */
    utc,
  },
  aliases: { "--localtz": ["--kerneltz"] },
  check: (o) => {
    if (o.utc && o.kerneltz) fail("time: --utc cannot be used together with --kerneltz");
    if (!o.contiguous) return;
    const whole = o.timestart !== undefined && o.timestop !== undefined;
    if (!whole || seconds(o.timestart) < seconds(o.timestop))
      fail("time: --contiguous only makes sense when stoptime is not greater than starttime");
  },
});
