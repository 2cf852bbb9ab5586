import { describe, expectTypeOf, it } from "vitest";
import type { AnyIpSet, EntryList, IpSet, SetEntries, Sets } from "../../src/index.js";

declare const sets: Sets;

describe("sets", () => {
  it("take the options of their type", () => {
    expectTypeOf(sets.create("a", "hash:ip")).resolves.toEqualTypeOf<IpSet<"hash:ip">>();
    sets.create("a", "hash:net", { timeout: 0, family: "ipv6", exist: true });
    sets.create("a", "bitmap:port", { range: "0-1023" });
    // @ts-expect-error a bitmap needs a range
    sets.create("a", "bitmap:port");
    // @ts-expect-error a set of networks has no netmask
    sets.create("a", "hash:net", { netmask: 24 });
    // @ts-expect-error no such type
    sets.create("a", "hash:nothing");
  });
  it("take and give the entries of their type", () => {
    const byPort = {} as IpSet<"hash:ip,port">;
    byPort.add([{ ip: "192.0.2.1", port: 80 }, "192.0.2.1,udp:53"]);
    // @ts-expect-error the port is missing
    byPort.add({ ip: "192.0.2.1" });
    // @ts-expect-error networks are for other types
    byPort.add({ net: "192.0.2.0/24", port: 80 });
    expectTypeOf(byPort.entries()).resolves.toEqualTypeOf<EntryList<"hash:ip,port">>();
    expectTypeOf<SetEntries["hash:net,iface"]["interface"]>().toEqualTypeOf<string>();
    expectTypeOf<SetEntries["bitmap:ip,mac"]["mac"]>().toEqualTypeOf<string | undefined>();
  });
  it("tell their type apart", () => {
    const any = {} as AnyIpSet;
    if (any.type === "hash:net") expectTypeOf(any).toEqualTypeOf<IpSet<"hash:net">>();
  });
});
