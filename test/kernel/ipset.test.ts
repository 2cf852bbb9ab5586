import { beforeAll, describe, expect, it } from "vitest";
import { openSets, type SetOptions, type Sets } from "../../src/index.js";
import { setCases, settled } from "../vectors/sets.js";
import { useNamespace } from "./namespace.js";

const judged = useNamespace(),
  ours = useNamespace(),
  typed = useNamespace();
const { text, count } = setCases();
const opened = (namespace: { readonly pid: number }): Promise<Sets> =>
  openSets({ netns: `pid:${namespace.pid}` });

describe(`${count} sets that ipset restored`, () => {
  let saved = "";
  beforeAll(() => {
    expect(count).toBeGreaterThan(400);
    judged.run("ipset", ["restore", "-exist"], text);
    saved = settled(judged.run("ipset", ["save"]));
  });
  it("are printed as ipset save prints them", async () => {
    const sets = await opened(judged);
    expect(settled(await sets.save())).toBe(settled(judged.run("ipset", ["save"])));
  });
  it("are what ipset saves where we restored the same text", async () => {
    const sets = await opened(ours);
    await sets.restore(text, { exist: true });
    expect(settled(ours.run("ipset", ["save"]))).toBe(saved);
  });
  it("are what ipset saves where their values were added one by one, as they were read", async () => {
    const from = await opened(judged),
      to = await opened(typed);
    for (const { name, type, options } of await from.list()) {
      // Each set with the options and entries of its own type: one of them stands for all before the compiler.
      const made = await to.create(name, type as "hash:ip", options as SetOptions["hash:ip"]);
      await made.add(await (await from.get(name, type as "hash:ip")).entries());
    }
    expect(settled(typed.run("ipset", ["save"]))).toBe(saved);
  });
});
