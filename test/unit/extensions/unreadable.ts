/**
 * What iptables-save 1.8.9 prints, and Rampart after it, although iptables-restore reads something else in it, or nothing:
 * a rule that a table may hold, but that no text brings back.
 */
const BARE =
  "object-pinned|label|name|rateest-name|rateest[12]?|oif|helper|timeout|selctx|genre|algo|hashlimit-name";
const UNREADABLE: readonly { readonly why: string; readonly text: RegExp }[] = [
  { why: "names are printed bare: an empty one", text: new RegExp(`--(${BARE}) ( |$)`) },
  { why: "names are printed bare: one with quotes", text: new RegExp(`--(${BARE}) \\S*"`) },
  { why: "names are printed bare: one with blanks", text: new RegExp(`--(${BARE}) \\S+ (?!-|! -)\\S`) },
  {
    why: "names are printed bare: one with blanks at its end",
    text: new RegExp(`--(${BARE}) \\S+( [^-\\s]\\S*)* ( |$)`),
  },
  { why: "interfaces are printed bare: one with blanks", text: /(^| )-[io] \S+ (?!-|! -)\S/ },
  { why: "time: day 0 comes in no month, so it is not printed", text: /--monthdays ( |1,2,3,[\d,]+,31 )/ },
  { why: "time: no day of the week", text: /--weekdays {2}/ },
  { why: "dccp: no types at all", text: /--dccp-types( {2}|\s*$)/ },
  {
    why: "ipcomp: every index is not printed, and none means index 0",
    text: /-m ipcomp(?! (! )?--ipcompspi)/,
  },
  { why: "DNPT, SNPT: ::/0 is not printed, but wanted", text: /-j [DS]NPT ?(--(src|dst)-pfx \S+)?$/ },
  { why: "hashlimit: rates below 16 bytes a second are printed as 0", text: / 0b\/s/ },
  { why: "recent: numbers from 2^31 on are printed as negative", text: /--(seconds|hitcount) -\d/ },
  {
    why: "rateest: how to compare is said once for bytes and once for packets",
    text: /(--rateest-(lt|gt|eq)) .*\1/,
  },
  {
    why: "rateest: rates are rounded beyond what 32 bits of bytes hold",
    text: /--rateest-bps\d? 34\d{3}Mbit/,
  },
];
/** These two quote their names. */
const QUOTED = /-m (helper|connlabel) (! )?--(helper|label) "(\\.|[^"\\])*"/g;
export function isUnreadable(said: string): boolean {
  const bare = said.replace(QUOTED, "");
  return UNREADABLE.some(({ text }) => text.test(bare));
}
