import { describe, expect, it } from "vitest";
import { wishedFor } from "../../../src/host/protect-wish.js";
import type { HostSocket } from "../../../src/host/sockets.js";
import { parseSshConnection, sshConnections } from "../../../src/host/ssh-environment.js";
import { sshSockets } from "../../../src/host/ssh-sockets.js";
import { listenAddress, socketUnitListens, sshdListens } from "../../../src/host/sshd-config.js";
import { filesOf } from "./files.js";

const config = (text: string, more: Record<string, string> = {}) =>
  sshdListens(filesOf({ "/etc/ssh/sshd_config": text, ...more }));
const shown = async (...args: Parameters<typeof config>) =>
  (await config(...args))?.map(
    ({ address = "any", port, file, line }) => `${address} ${port} ${file.split("/").at(-1)}:${line}`,
  );

describe("sshd_config", () => {
  it.each([
    ["no port is port 22", "", ["any 22 sshd_config:1"]],
    ["ports add up", "Port 22\nport=2222\n", ["any 22 sshd_config:1", "any 2222 sshd_config:2"]],
    ["comments, quotes and blanks", '  PORT "2200" # 23\n#Port 24\n', ["any 2200 sshd_config:1"]],
    [
      "an address alone takes every port",
      "Port 5\nListenAddress 192.0.2.1\nPort 6",
      ["192.0.2.1 5 sshd_config:2", "192.0.2.1 6 sshd_config:2"],
    ],
    [
      "an address with a port has its own",
      "ListenAddress [2001:db8::1]:7\nPort 5",
      ["2001:db8::1 7 sshd_config:1"],
    ],
    ["what stands in a Match block is none", "Port 5\nMatch User a\nPort 6", ["any 5 sshd_config:1"]],
    ["nonsense is passed over", "Port\nPort 0\nPort 70000\nPort x\nPort 9", ["any 9 sshd_config:5"]],
  ])("%s", async (_, text, expected) => {
    expect(await shown(text)).toEqual(expected);
  });
  it("includes files by pattern, whose Match blocks end with them", async () => {
    const files = {
      "/etc/ssh/sshd_config.d/10-a.conf": "Port 10\nMatch all\nPort 11",
      "/etc/ssh/sshd_config.d/20-b.conf": "Include /etc/deep/*/x?.conf",
      "/etc/ssh/sshd_config.d/30-c.txt": "Port 30",
      "/etc/deep/one/x1.conf": "Port 40",
      "/etc/deep/one/xy2.conf": "Port 41",
    };
    expect(await shown("Include sshd_config.d/*.conf\nPort 50", files)).toEqual([
      "any 10 10-a.conf:1",
      "any 40 x1.conf:1",
      "any 50 sshd_config:2",
    ]);
  });
  it("that includes itself ends", async () => {
    expect((await config("Port 5\nInclude /etc/ssh/sshd_config"))?.length).toBe(17);
  });
  it("that is not there says nothing", async () => {
    expect(await sshdListens(filesOf({}))).toBeUndefined();
  });
  it.each([
    ["0.0.0.0:22", { port: 22 }],
    ["::", { port: undefined }],
    ["[::]:22", { port: 22 }],
    ["fe80::1%eth0", { address: "fe80::1", port: undefined }],
    ["host.example:2022", { port: 2022 }],
  ])("ListenAddress %s", (text, expected) => {
    expect(listenAddress(text)).toEqual(expected);
  });
});

it("socket units of systemd name ports, with an address or without", async () => {
  const files = filesOf({
    "/lib/systemd/system/ssh.socket": "[Socket]\nListenStream=22\nAccept=no",
    "/etc/systemd/system/ssh.socket.d/listen.conf":
      "[Socket]\nListenStream=\nListenStream = 192.0.2.1:2222\n",
  });
  expect((await socketUnitListens(files)).map(({ address, port }) => [address, port])).toEqual([
    [undefined, 22],
    ["192.0.2.1", 2222],
  ]);
});

describe("SSH_CONNECTION", () => {
  it.each([
    ["203.0.113.7 51514 192.0.2.2 22", { from: "203.0.113.7", fromPort: 51514, to: "192.0.2.2", port: 22 }],
    ["fe80::1%eth0 5 fe80::2%eth0 22", { from: "fe80::1", fromPort: 5, to: "fe80::2", port: 22 }],
    ["UNKNOWN 65535 UNKNOWN 65535", undefined],
    ["", undefined],
    ["203.0.113.7 1 192.0.2.2", undefined],
  ])("%j", (value, expected) => {
    expect(parseSshConnection(value)).toEqual(expected);
  });
  it("is found in the environment of a parent, which sudo does not clean", async () => {
    const files = filesOf({
      "/proc/9/stat": "9 (sudo) S 8 9",
      "/proc/9/environ": "HOME=/root\0NOT_SSH_CONNECTION=9.9.9.9 1 9.9.9.9 1\0",
      "/proc/8/stat": "8 (bash) S 1 8",
      "/proc/8/environ": "A=b\0SSH_CONNECTION=203.0.113.7 51514 192.0.2.2 22\0",
    });
    expect(await sshConnections(files, 9)).toEqual([
      { from: "203.0.113.7", fromPort: 51514, to: "192.0.2.2", port: 22, process: { pid: 8, name: "bash" } },
    ]);
  });
});

describe("sockets of ssh", () => {
  const listener = (inode: number, port: number, address = "0.0.0.0"): HostSocket => ({
    family: "ipv4",
    state: "LISTEN",
    local: { address, port },
    remote: { address: "0.0.0.0", port: 0 },
    inode,
    cookie: "0".repeat(16),
    uid: 0,
  });
  const session = (inode: number, port: number): HostSocket => ({
    ...listener(inode, port, "192.0.2.2"),
    state: "ESTABLISHED",
    remote: { address: "203.0.113.7", port: 40_000 + inode },
  });
  const judge = (sockets: HostSocket[], names: Record<number, string>, ports = [22]) => {
    const owners = Object.entries(names).map(
      ([inode, name]) => [Number(inode), [{ pid: name === "init" ? 1 : 100, name }]] as const,
    );
    const { listeners, sessions } = sshSockets(sockets, new Map(owners), new Set(ports));
    return [listeners, sessions].map((list) => list.map(({ socket }) => socket.inode));
  };
  it.each([
    ["sshd at any port", [listener(1, 2222), session(2, 2222)], { 1: "sshd", 2: "sshd-session" }, [[1], [2]]],
    ["dropbear", [listener(1, 2222), session(2, 2222)], { 1: "dropbear", 2: "dropbear" }, [[1], [2]]],
    ["socket activation by PID 1", [listener(1, 22), session(2, 22)], { 1: "init", 2: "sshd" }, [[1], [2]]],
    [
      "PID 1 listening for something else",
      [listener(1, 80), session(2, 80)],
      { 1: "init", 2: "nginx" },
      [[], []],
    ],
    [
      "another program on port 22",
      [listener(1, 22), session(2, 22)],
      { 1: "honeypot", 2: "honeypot" },
      [[], []],
    ],
    ["nobody to be seen without root", [listener(1, 22), session(2, 22)], {}, [[1], [2]]],
    [
      "tinysshd behind an inetd",
      [listener(1, 2200), session(2, 2200)],
      { 1: "tcpserver", 2: "tinysshd" },
      [[], [2]],
    ],
    ["a forwarded port", [listener(1, 22), listener(2, 8080)], { 1: "sshd", 2: "sshd-session" }, [[1], []]],
    [
      "an old sshd's forwarded port",
      [listener(1, 22), listener(2, 6010, "127.0.0.1")],
      { 1: "sshd", 2: "sshd" },
      [[1], []],
    ],
    [
      "what sshd connects to",
      [listener(1, 22), session(2, 51000)],
      { 1: "sshd", 2: "sshd-session" },
      [[1], []],
    ],
  ])("%s", (_, sockets, names, expected) => {
    expect(judge(sockets, names)).toEqual(expected);
  });
});

describe("a wish", () => {
  it("without a source is of everybody, in both families", () => {
    expect(wishedFor({ port: 51820, protocol: "udp" })).toMatchObject([
      { family: "ipv4", protocol: "udp", port: 51820 },
      { family: "ipv6", protocol: "udp", port: 51820 },
    ]);
  });
  it("keeps a host an address and a network a network", () => {
    expect(wishedFor({ from: "192.0.2.1", port: 22 })[0]?.from).toBe("192.0.2.1");
    expect(wishedFor({ from: "2001:db8::5/32", port: 22 })).toMatchObject([
      { family: "ipv6", from: "2001:db8::/32" },
    ]);
  });
  it.each([
    [{ port: 0 }],
    [{ port: 1.5 }],
    [{ port: 5, protocol: "icmp" as "tcp" }],
    [{ from: "nowhere", port: 22 }],
    [{ from: "192.0.2.1", to: "::1", port: 22 }],
  ])("%j is refused", (wish) => {
    expect(() => wishedFor(wish)).toThrow();
  });
});
