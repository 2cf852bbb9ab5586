/** Rampart: iptables for Node.js. What needs the kernel or files is here; all else is the pure half's. */
export type { Committer, WaitOptions } from "./backends/backend.js";
export type { BackendChoice } from "./backends/choose.js";
export type { BanOptions, BanRequest } from "./blocking/ban-requests.js";
export {
  type Ban,
  type BanCallOptions,
  type Banned,
  type BanReport,
  type BanResult,
  Bans,
  type BansOptions,
  ban,
  bans,
  openBans,
  type UnbanResult,
  unban,
} from "./blocking/bans.js";
export {
  type Blocklist,
  type BlocklistOptions,
  blocklist,
  type SyncOptions,
  type SyncPhase,
  type SyncReport,
} from "./blocking/blocklist.js";
export type { Killed } from "./blocking/kill-connections.js";
export type { BlockedChain, PlacedRule, RuleOptions, RulesHome } from "./blocking/place.js";
export { type SafeOptions, safeAddresses } from "./blocking/safe-addresses.js";
export type { SafeAddress } from "./blocklist/safe.js";
export type { Loaded, LoadPhase } from "./blocklist/set-engine.js";
export {
  type Attempt,
  type BootFile,
  type BootOptions,
  type BootState,
  bootState,
  flushForBoot,
  restoreAtBoot,
  saveForBoot,
} from "./boot.js";
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
  type TransactionOptions,
  type WriteOptions,
} from "./firewall.js";
export type { ProtectWish } from "./host/protect-wish.js";
export type { ChangeOptions } from "./ipset/change.js";
export type { EntryOf } from "./ipset/entry.js";
export type { SetInfo } from "./ipset/listing.js";
export { type AnyIpSet, type Entries, type ExistOptions, IpSet } from "./ipset/set.js";
export type { EntryList } from "./ipset/set-entries.js";
export {
  isSetType,
  SET_TYPES,
  type SetEntries,
  type SetOptions,
  type SetType,
} from "./ipset/set-types.js";
export { type RestoreSetsOptions, type SaveSetsOptions, Sets } from "./ipset/sets.js";
export { type SetVerb, setVerb } from "./ipset/verbs.js";
export { type MigratedTable, type MigrateOptions, type Migration, migrate } from "./migrate/migrate.js";
export {
  type BootMethod,
  type BootProgram,
  type BootService,
  installBootService,
  uninstallBootService,
} from "./persistence/boot-service.js";
export { fileCache } from "./persistence/list-cache.js";
export { systemListingNames } from "./persistence/listing-names.js";
export { systemNames } from "./persistence/names.js";
export {
  bootRulesPath,
  bootSetsPath,
  readRulesFile,
  rulesText,
  writeRulesFile,
} from "./persistence/rules-files.js";
export * from "./pure.js";
export { type OpenSetsOptions, openSets } from "./sets.js";
export type { TableChange, TableDifference, WatchOptions } from "./watch.js";
