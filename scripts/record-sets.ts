/**
 * Records what the kernel lists and what ipset saves of the cases in test/vectors/sets.ts, for tests without a kernel:
 * `npx tsx scripts/record-sets.ts`, as root. It enters a network namespace of its own first.
 */
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { listRequest } from "../src/ipset/listing.js";
import { netlinkTransport } from "../src/native.js";
import { NETLINK } from "../src/netlink/wire.js";
import { enterNamespace } from "../test/oracle/inside-namespace.js";
import { setCases } from "../test/vectors/sets.js";

enterNamespace();
execFileSync("ipset", ["restore", "-exist"], { input: setCases().text });
const listing = await netlinkTransport(NETLINK.netfilter, undefined)(listRequest("everything", undefined)),
  saved = execFileSync("ipset", ["save"]);
writeFileSync("test/vectors/sets-listing.bin.gz", gzipSync(listing, { level: 9 }));
writeFileSync("test/vectors/sets-saved.txt.gz", gzipSync(saved, { level: 9 }));
