/** What values look like, as words and as struct fields. */
export { address, addressEnds, network } from "./kinds-address.js";
export { oneOf } from "./kinds-choice.js";
export { MAC_BYTES, macAddress } from "./kinds-mac.js";
export {
  decimal,
  hex,
  hexUint,
  integer,
  type Masked,
  mapped,
  masked,
  numberIn,
  plainNumber,
  printMasked,
  uint,
  wrappedUint,
} from "./kinds-number.js";
export { parsePrefixed, prefix } from "./kinds-prefix.js";
export {
  ANY_PORT,
  between,
  parseProtocol,
  parseRange,
  portNumber,
  printRange,
  protocol,
  type Range,
  range,
} from "./kinds-range.js";
export { span, unlessWhole } from "./kinds-span.js";
export { quote, quoteIfNeeded, quoteText, type TextRules, text } from "./kinds-text.js";
export { isLess, wide, wideInteger } from "./kinds-wide.js";
export { bitset, choose, type WordRules, wordsToBits } from "./kinds-words.js";
