export { type CheckOptions, check } from "./check.js";
export { type Explanation, explain, type Fate, type PacketQuery } from "./explain.js";
export { type LintFinding, type LintKind, lint } from "./lint.js";
export type { Doubt } from "./packets.js";
export type {
  EndpointReport,
  Fix,
  LegReport,
  PartReport,
  PathStep,
  SafetyReport,
  Witness,
} from "./report.js";
export type { HostFacts } from "./scene.js";
export { type Verdict as SafetyVerdict, worst as worstVerdict } from "./verdict.js";
