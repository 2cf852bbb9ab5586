/**
 * The half of Rampart that needs no kernel, no files and no native code: rules as values, their text, their bytes, the
 * ready-made services, the judgement whether rules cut somebody off. It runs on any system, and in a browser.
 *
 * @example
 * import { parseRules, printRules } from "rampart/pure";
 */
export {
  type AddressLists,
  type AddressRanges,
  type ReadOptions,
  type ReadPhase,
  readAddresses,
} from "./blocklist/address-lists.js";
export { type CachedList, type ListCache, memoryCache } from "./blocklist/fetch-list.js";
export {
  type FormatOptions,
  LIST_FORMATS,
  type ListFormat,
  type RefusedLine,
} from "./blocklist/list-parser.js";
export type { OnProgress, Progress } from "./blocklist/progress.js";
export type { Ranges } from "./blocklist/range-list.js";
export type { AnySource, ListSource, ListStream, SourceAccess, SourceReport } from "./blocklist/sources.js";
export {
  type ErrorCode,
  type ErrorContexts,
  isRampartError,
  type Mistake,
  type Place,
  RampartError,
  type RollbackOutcome,
  type RollbackReason,
  type Spot,
  type SystemFailure,
} from "./errors.js";
export * from "./extensions/index.js";
export type { Difference } from "./model/compare.js";
export { type Count, type Counters, toCount } from "./model/counters.js";
export type { Draft } from "./model/draft.js";
export type { Endpoint, Provenance } from "./model/endpoint.js";
export {
  BUILT_IN_CHAINS,
  type Family,
  isTableName,
  type Policy,
  TABLE_NAMES,
  type TableName,
} from "./model/family.js";
export { builtInNames, type Names } from "./model/names.js";
export { isProfileName, PROFILE_NAMES, type ProfileName } from "./model/profile.js";
export {
  isNot,
  isOpaque,
  isVerdict,
  type Negatable,
  type Not,
  type OpaquePart,
  type Options,
  type Part,
  type Protocol,
  type Rule,
  VERDICTS,
  type Verdict,
} from "./model/rule.js";
export type { RuleList } from "./model/rule-list.js";
export type { SetContents } from "./model/set-contents.js";
export { type ChainJSON, emptyTable, Table, type TableJSON } from "./model/table.js";
export { VERSION } from "./model/version.js";
export * from "./safety/index.js";
export * from "./services/index.js";
export { type ApplyOptions, applySection } from "./text/apply.js";
export { type CommandHead, commandHead } from "./text/command-head.js";
export { commandRules } from "./text/command-rules.js";
export {
  type CommandWord,
  type CommandWords,
  type SplitOptions,
  splitCommand,
} from "./text/command-words.js";
export type { Command, RulesFile, TableSection } from "./text/commands.js";
export { CORE_OPTIONS, type CoreOption, type VerbLetter } from "./text/core-options.js";
export {
  describeRule,
  type ListingNames,
  type ListingOptions,
  listCounters,
  listTable,
} from "./text/listing.js";
export { checkNewChain } from "./text/new-chain.js";
export { extensionOptions, type OptionUsage } from "./text/option-words.js";
export { type ParseRuleOptions, parseRule, parseRuleList } from "./text/parse-rule.js";
export { type PrintRuleOptions, printRule } from "./text/print-rule.js";
export { type PrintOptions, printRules, printTables } from "./text/print-table.js";
export { type RuleColumns, ruleColumns } from "./text/rule-columns.js";
export { type ParsedRules, parseRuleWords, type RuleScope } from "./text/rule-parser.js";
export { type CommandsOptions, rulesAsCommands } from "./text/rules-as-commands.js";
export { type ParseRulesOptions, parseRules, parseRulesAsync } from "./text/rules-file.js";
