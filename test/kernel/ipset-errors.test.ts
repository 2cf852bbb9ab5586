import { beforeAll, describe, expect, it } from "vitest";
import { isRampartError, openSets, type Sets } from "../../src/index.js";
import { useNamespace } from "./namespace.js";

const namespace = useNamespace();
let sets: Sets;
beforeAll(async () => {
  sets = await openSets({ netns: `pid:${namespace.pid}` });
});
const ipset = (words: string): string => namespace.run("ipset", words.split(" "));
const members = (name: string): string[] =>
  ipset(`save ${name}`)
    .split("\n")
    .filter((line) => line.startsWith("add"))
    .map((line) => line.slice(`add ${name} `.length))
    .sort();
async function refusal(work: Promise<unknown>) {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!isRampartError(error, "set")) throw error ?? new Error("nothing was refused");
  // Every refusal says what to do.
  expect(error.message).toContain(error.context.remedy);
  expect(error.context.remedy.length).toBeGreaterThan(5);
  return error.context;
}

describe("what the kernel refuses", () => {
  it("is told by name, with the set and the entry", async () => {
    const full = await sets.create("full", "hash:ip", { hashsize: 64, maxelem: 2 });
    await sets.create("ports", "bitmap:port", { range: "10-20" });
    await sets.create("net", "hash:net");
    await sets.create("list", "list:set", { size: 1 });
    expect(await refusal(full.add(["192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4"]))).toMatchObject({
      operation: "add",
      set: "full",
      type: "hash:ip",
      errorName: "IPSET_ERR_HASH_FULL",
      errno: 4352,
      entry: "192.0.2.3",
      index: 2,
    });
    expect(members("full")).toEqual(["192.0.2.1", "192.0.2.2"]);
    const cases: readonly (readonly [() => Promise<unknown>, string])[] = [
      [() => sets.create("full", "hash:ip"), "EEXIST"],
      [() => sets.create("full", "hash:net", { exist: true }), "EEXIST"],
      [() => sets.create("wide", "bitmap:ip", { range: "10.0.0.0/8" }), "IPSET_ERR_BITMAP_RANGE_SIZE"],
      [() => sets.get("nowhere"), "ENOENT"],
      [() => sets.add("nowhere", "192.0.2.1"), "ENOENT"],
      [() => sets.destroy("nowhere"), "ENOENT"],
      [() => sets.save({ set: "nowhere" }), "ENOENT"],
      [() => sets.rename("full", "net"), "IPSET_ERR_EXIST_SETNAME2"],
      [() => sets.swap("full", "net"), "IPSET_ERR_TYPE_MISMATCH"],
      [() => sets.swap("full", "nowhere"), "IPSET_ERR_EXIST_SETNAME2"],
      [() => sets.add("full", "0.0.0.0"), "IPSET_ERR_HASH_ELEM"],
      [() => sets.add("full", "192.0.2.1 timeout 5"), "IPSET_ERR_TIMEOUT"],
      [() => sets.add("full", "192.0.2.1 comment x"), "IPSET_ERR_COMMENT"],
      [() => sets.add("full", "192.0.2.1 packets 5"), "IPSET_ERR_COUNTER"],
      [() => sets.add("full", "192.0.2.1 skbmark 0x5"), "IPSET_ERR_SKBINFO"],
      [() => sets.add("full", "192.0.2.1", { exist: false }), "IPSET_ERR_EXIST"],
      [() => sets.del("full", "192.0.2.9", { exist: false }), "IPSET_ERR_EXIST"],
      [() => sets.add("net", "0.0.0.0/0"), "IPSET_ERR_INVALID_CIDR"],
      [() => sets.add("ports", "21"), "IPSET_ERR_BITMAP_RANGE"],
      [() => sets.add("list", "nowhere"), "IPSET_ERR_NAME"],
      [() => sets.add("list", "list"), "IPSET_ERR_LOOP"],
      [() => sets.add("list", "full before net"), "IPSET_ERR_REF_EXIST"],
    ];
    for (const [work, name] of cases) {
      const { errorName } = await refusal(work()).catch((error: Error) => ({ errorName: error.message }));
      expect(`${work}: ${errorName}`).toBe(`${work}: ${name}`);
    }
    await sets.add("list", "full");
    expect((await refusal(sets.destroy("full"))).errorName).toBe("IPSET_ERR_BUSY");
    expect((await refusal(sets.rename("full", "other"))).errorName).toBe("IPSET_ERR_REFERENCED");
  });
  it("names the type that this kernel lacks", async () => {
    const lacking = namespace.try("ipset", ["create", "lacking", "hash:net,net"]);
    if (lacking.status === 0) return;
    const { errorName, problem } = await refusal(sets.create("lacking-2", "hash:net,net"));
    expect(errorName).toBe("IPSET_ERR_FIND_TYPE");
    expect(problem).toContain("lacks the set type");
  });
});

describe("many entries", () => {
  const addresses = Array.from({ length: 20_000 }, (_, i) => `10.0.${i >> 8}.${i & 255}`);
  it("are added, found and deleted in many messages", async () => {
    const many = await sets.create("many", "hash:ip", { timeout: 0, comment: true });
    const progress: number[] = [];
    const count = await many.add(addresses, { onProgress: (done) => progress.push(done) });
    expect(count).toBe(20_000);
    expect(progress.at(-1)).toBe(20_000);
    expect(members("many").length).toBe(20_000);
    expect((await many.info()).elements).toBe(20_000);
    // Once more, with other options: nothing is refused, and they are the new ones.
    await many.add(addresses.map((ip) => ({ ip, timeout: 9000, comment: `c ${ip}` })));
    const entries = await many.entries();
    expect(entries.length).toBe(20_000);
    for (const { ip, comment, timeout } of entries) {
      expect(comment).toBe(`c ${ip}`);
      expect(timeout).toBeGreaterThan(8000);
    }
    expect(await many.test([addresses[7]!, "11.0.0.1", { ip: addresses[8]! }])).toEqual([true, false, true]);
    expect(await many.test("11.0.0.1")).toBe(false);
    async function* slowly() {
      for (const ip of addresses.slice(0, 19_999)) yield ip;
    }
    await many.del(slowly());
    expect(members("many").map((text) => text.split(" ")[0])).toEqual([addresses[19_999]]);
    await many.flush();
    expect(members("many")).toEqual([]);
  });
  it("are told apart when one of them is refused: the entry, and its number", async () => {
    const some = await sets.create("some", "hash:ip", {});
    const bad = addresses.with(13_333, "0.0.0.0");
    for (const exist of [true, false]) {
      await some.flush();
      expect(await refusal(some.add(bad, { exist }))).toMatchObject({
        entry: "0.0.0.0",
        index: 13_333,
        errorName: "IPSET_ERR_HASH_ELEM",
      });
      expect(members("some")).toContain("10.0.0.1");
    }
    await some.flush();
    await some.add(addresses[500]!);
    expect(await refusal(some.add(addresses, { exist: false }))).toMatchObject({
      entry: addresses[500],
      index: 500,
      errorName: "IPSET_ERR_EXIST",
    });
    await expect(some.add(["10.9.9.9", "10.9.9"])).rejects.toThrow(
      'entry 2, 10.9.9: "10.9.9" is no IPv4 address',
    );
  });
  it("stop when the signal says so, and tell how far they came", async () => {
    const some = await sets.create("aborted", "hash:ip", { maxelem: 1_000_000 }),
      abort = new AbortController();
    await expect(some.add(addresses, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      message: "ipset add aborted was aborted; nothing was written",
    });
    function* without(): Generator<string> {
      for (let i = 0; i < 1_000_000; i++) yield `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`;
    }
    const signals = { signal: abort.signal, onProgress: () => abort.abort() };
    const error = await some.add(without(), signals).catch((reason: unknown) => reason);
    if (!isRampartError(error, "aborted")) throw error;
    expect(error.context.done).toBeGreaterThan(10_000);
    expect((await some.info()).elements).toBe(error.context.done);
  });
});

describe("sets", () => {
  it("are swapped, renamed and destroyed", async () => {
    const one = await sets.create("one", "hash:net", { maxelem: 5 }),
      two = await sets.create("two", "hash:net");
    await one.add("10.0.0.0/8");
    await two.add({ net: "192.0.2.0/24" });
    await sets.swap("one", "two");
    expect([members("one"), members("two")]).toEqual([["192.0.2.0/24"], ["10.0.0.0/8"]]);
    await sets.rename("two", "three");
    expect(await sets.names()).toEqual(ipset("list -n").trim().split("\n"));
    await sets.destroy("three");
    await sets.destroy("three", { exist: true });
    expect(await sets.names()).not.toContain("three");
    await sets.flushAll();
    expect(members("one")).toEqual([]);
  });
  it("keep forceadd, which ipset 7.17 does not print", async () => {
    const set = await sets.create("forced", "hash:ip", { maxelem: 1, forceadd: true });
    const text = await sets.save({ set: "forced" });
    expect((await set.info()).options.forceadd).toBe(true);
    await sets.destroy("forced");
    namespace.run("ipset", ["restore"], text);
    expect(await sets.save({ set: "forced" })).toBe(text);
    expect(text.replace(" forceadd", "")).toBe(ipset("save forced"));
  });
  it("of a file that is wrong anywhere are not made", async () => {
    const text = "create f1 hash:ip\nadd f1 1.2.3.4\n\n# comment\nadd f1 1.2.3\n";
    await expect(sets.restore(text, { file: "x.ipset" })).rejects.toThrow(
      'x.ipset:5:8: "1.2.3" is no IPv4 address\n  add f1 1.2.3\n         ^^^^^',
    );
    for (const [line, problem] of [
      ["add nowhere 1.2.3.4", ":1:5: there is no set"],
      ["create f1 hash:x", ':1:11: there is no set type "hash:x"'],
      ["create f1 hash:ip speed 5", ':1:19: a set of hash:ip has no "speed"'],
      ["create f1", ":1:10: create needs a name and a type"],
      ["make f1 hash:ip", ':1:1: "make" is no command for a file'],
      ["create f1 hash:ip\nadd f1 1.2.3.4 comment", ":2:8: comment needs a value"],
    ] as const)
      await expect(sets.restore(line)).rejects.toThrow(problem);
    expect(await sets.names()).not.toContain("f1");
  });
  it("of a file whose line the kernel refuses tell that line", async () => {
    const text = "create g1 hash:ip\nadd g1 1.2.3.4\n# twice\nadd g1 1.2.3.4\n";
    const error = await sets.restore(text, { file: "x" }).catch((reason: unknown) => reason);
    expect(isRampartError(error, "syntax") && error.context.place).toMatchObject({ file: "x", line: 4 });
    expect(isRampartError(error, "syntax") && error.cause).toMatchObject({ code: "set" });
    await sets.restore(text, { exist: true });
    expect(members("g1")).toEqual(["1.2.3.4"]);
  });
});
