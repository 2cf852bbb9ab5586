import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { readNames } from "../../../src/persistence/names.js";

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "rampart-names-"));
});
afterEach(() => rm(dir, { recursive: true, force: true }));
const files = (): Parameters<typeof readNames>[0] => ({
  services: join(dir, "services"),
  protocols: join(dir, "protocols"),
  users: join(dir, "passwd"),
  groups: join(dir, "group"),
  lists: {
    realm: join(dir, "rt_realms"),
    deviceGroup: join(dir, "iproute-group"),
    connlabel: join(dir, "connlabel.conf"),
  },
});

it("without the files, the built-in names are there", async () => {
  const names = await readNames(files());
  expect([names.port("ssh", "tcp"), names.protocol("gre"), names.protocolName(47)]).toEqual([22, 47, "gre"]);
  expect(names.user("root")).toBe(0);
});
it("/etc/protocols is the whole truth where it is there, as for iptables", async () => {
  await writeFile(files().protocols, "# x\ntcp 6 TCP # y\nmine\t200\tMINE my\n");
  const names = await readNames(files());
  expect([names.protocol("mine"), names.protocol("my"), names.protocolName(200)]).toEqual([200, 200, "mine"]);
  expect([names.protocol("gre"), names.protocolName(47)]).toEqual([undefined, undefined]);
});
it("/etc/services comes before the built-in table of the common ones", async () => {
  await writeFile(files().services, "ssh 2222/tcp\nodd 7/tcp strange\nodd 8/udp\n");
  const names = await readNames(files());
  expect([names.port("ssh", "tcp"), names.port("strange"), names.port("odd", "udp")]).toEqual([2222, 7, 8]);
  expect(names.port("https", "tcp")).toBe(443);
});
it("/etc/iproute2/rt_realms names realms both ways, the first line of two before the other", async () => {
  await writeFile(
    files().lists.realm,
    "# local\n0\tcosmos\n0x10 sixteen # x\n010\tten\n10 again\n9\n300 big\n",
  );
  const { numberOf, nameOf } = await readNames(files());
  expect(["cosmos", "sixteen", "ten", "again", "9", "big"].map((name) => numberOf("realm", name))).toEqual([
    0,
    16,
    10,
    10,
    undefined,
    undefined,
  ]);
  expect([0, 16, 10, 9].map((number) => nameOf("realm", number))).toEqual([
    "cosmos",
    "sixteen",
    "ten",
    undefined,
  ]);
});
it("/etc/xtables/connlabel.conf names labels of connections by the rest of the line, each once", async () => {
  await writeFile(
    files().lists.connlabel,
    '# x\n0\teth0-in\n40 bulk # none\n41 one\n41 two\n0x2a hexed\n5 a b\n9 "q"\n010 eight\n',
  );
  const { numberOf, nameOf } = await readNames(files());
  const bits = ["eth0-in", "bulk", "one", "two", "hexed", "a b", "a", "eight"].map((name) =>
    numberOf("connlabel", name),
  );
  expect(bits).toEqual([0, undefined, 41, undefined, 42, 5, undefined, 8]);
  expect([41, 5, 40].map((bit) => nameOf("connlabel", bit))).toEqual(["one", "a b", undefined]);
});
