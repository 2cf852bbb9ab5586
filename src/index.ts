/** Rampart: iptables for Node.js. */
export type { WaitOptions } from "./backends/backend.js";
export type { BackendChoice } from "./backends/choose.js";
export { confirmChange, extendChange, pendingChanges, rollbackChange } from "./commit-confirm.js";
export type { ConfirmOptions, Pending } from "./confirm/commit.js";
export type { DeadManPeer } from "./confirm/dead-man.js";
export type { GuardFacts } from "./confirm/guard.js";
export type { PendingInfo } from "./confirm/pending.js";
export type { Report } from "./confirm/report.js";
export type { CommitPart } from "./confirm/state.js";
export { type DiagnoseOptions, diagnose } from "./doctor/diagnose.js";
export type {
  Diagnosis,
  FamilyDiagnosis,
  ForeignTable,
  FoundBackend,
  FoundTable,
  Neighbour,
  Problem,
} from "./doctor/diagnosis.js";
export {
  type ErrorCode,
  type ErrorContexts,
  isRampartError,
  type Place,
  RampartError,
  type RollbackOutcome,
  type RollbackReason,
  type Spot,
  type SystemFailure,
} from "./errors.js";
export * from "./extensions/index.js";
export {
  type ConfirmedWrite,
  type Edit,
  type Edited,
  Firewall,
  type FirewallChange,
  type Judgement,
  type OpenOptions,
  open,
  type RestoreOptions,
  type SaveOptions,
  type Tables,
  type WriteOptions,
} from "./firewall.js";
export type { ProtectWish } from "./host/protect-wish.js";
export type { ChangeOptions } from "./ipset/change.js";
export type { EntryOf } from "./ipset/entry.js";
export type { SetInfo } from "./ipset/listing.js";
export { type AnyIpSet, type Entries, IpSet } from "./ipset/set.js";
export type { EntryList } from "./ipset/set-entries.js";
export {
  isSetType,
  SET_TYPES,
  type SetEntries,
  type SetOptions,
  type SetType,
} from "./ipset/set-types.js";
export { type ExistOptions, type RestoreSetsOptions, type SaveSetsOptions, Sets } from "./ipset/sets.js";
export { type SetVerb, setVerb } from "./ipset/verbs.js";
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
export { type ChainJSON, emptyTable, Table, type TableJSON } from "./model/table.js";
export { VERSION } from "./model/version.js";
export { systemListingNames } from "./persistence/listing-names.js";
export { systemNames } from "./persistence/names.js";
export { bootRulesPath, readRulesFile, rulesText, writeRulesFile } from "./persistence/rules-files.js";
export * from "./safety/index.js";
export * from "./services/index.js";
export { type OpenSetsOptions, openSets } from "./sets.js";
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
