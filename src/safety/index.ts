export { type CheckOptions, check } from "./check.js";
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
export type { Verdict as SafetyVerdict } from "./verdict.js";
