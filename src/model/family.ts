export type Family = "ipv4" | "ipv6";
export type TableName = "filter" | "nat" | "mangle" | "raw" | "security";
export type Policy = "ACCEPT" | "DROP";

export const FAMILIES: readonly Family[] = ["ipv4", "ipv6"];
export const TABLE_NAMES: readonly TableName[] = ["filter", "nat", "mangle", "raw", "security"];

/** The built-in chains of each table, in hook order, as the kernel has them (include/uapi/linux/netfilter.h). */
export const BUILT_IN_CHAINS: Readonly<Record<TableName, readonly string[]>> = {
  filter: ["INPUT", "FORWARD", "OUTPUT"],
  nat: ["PREROUTING", "INPUT", "OUTPUT", "POSTROUTING"],
  mangle: ["PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING"],
  raw: ["PREROUTING", "OUTPUT"],
  security: ["INPUT", "FORWARD", "OUTPUT"],
};

export const isTableName = (name: string): name is TableName => TABLE_NAMES.includes(name as TableName);
