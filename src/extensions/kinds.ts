/** What values look like, as words and as struct fields. */
export { address, addressEnds, network } from "./kinds-address.js";
export {
  decimal,
  hex,
  integer,
  type Masked,
  mapped,
  masked,
  numberIn,
  plainNumber,
  printMasked,
  uint,
} from "./kinds-number.js";
export {
  ANY_PORT,
  between,
  isAnyPort,
  parseProtocol,
  parseRange,
  portNumber,
  printRange,
  protocol,
  type Range,
  range,
} from "./kinds-range.js";
export { isWhole, span } from "./kinds-span.js";
export { quote, quoteIfNeeded, type TextRules, text } from "./kinds-text.js";
export { isLess, wide, wideInteger } from "./kinds-wide.js";
export { bitset, choose, type WordRules, wordsToBits } from "./kinds-words.js";
