import { describe, expect, it } from "vitest";
import { guardJob } from "../../../src/confirm/job.js";
import { parseReport } from "../../../src/confirm/report.js";

const caller = { pid: 7, start: 99 };
const plain = { within: 1000.5, caller, rollbackOnExit: false, announce: false, namespace: undefined };

describe("the guard's orders", () => {
  it("name what filters first, of both families, and the lock once", () => {
    const point = { tables: ["nat", "filter"], lockPath: "/run/xtables.lock" } as const;
    const { text, files } = guardJob(
      [
        { family: "ipv4", point },
        { family: "ipv6", point },
      ],
      plain,
    );
    expect(text).toBe(
      "rampart-guard 1\nwithin 1001\ncaller 7 99\nlock /run/xtables.lock\n" +
        "table 4 filter\ntable 6 filter\ntable 4 nat\ntable 6 nat\n",
    );
    expect(files.size).toBe(0);
  });
  it("name batches by family, with what is tried where they are refused", () => {
    const batch = new Uint8Array([1]),
      fallback = new Uint8Array([2]);
    const { text, files } = guardJob(
      [{ family: "ipv6", point: { tables: [], batch, fallback, generation: 5 } }],
      { ...plain, rollbackOnExit: true, announce: true, namespace: "/run/netns/a b" },
    );
    expect(text.split("\n").slice(3)).toEqual([
      "rollback-on-exit",
      "announce",
      "namespace /run/netns/a b",
      "generation 5",
      "batch nft.6 nft.6.anew",
      "",
    ]);
    expect([...files]).toEqual([
      ["nft.6", batch],
      ["nft.6.anew", fallback],
    ]);
  });
});

it("a report is read line by line", () => {
  const text =
    "reason deadline\nlock not-taken\n4.filter restored foreign\n4.nat same\nnft.6 failed 2 nf_tables foreign\n";
  expect(parseReport(text)).toEqual({
    reason: "deadline",
    outcomes: [
      { part: "4.filter", outcome: "restored", foreign: true },
      { part: "4.nat", outcome: "same", foreign: false },
      { part: "nft.6", outcome: "failed", errno: 2, errorName: "ENOENT", foreign: true },
    ],
  });
});
