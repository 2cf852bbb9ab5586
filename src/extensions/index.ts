/** The factories of parts: `tcp({ dport: 22 })`, `reject({ rejectWith: "tcp-reset" })`. */
export * from "./matches/index.js";
export * from "./targets/index.js";
