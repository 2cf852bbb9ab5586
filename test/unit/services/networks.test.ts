import { describe, expect, it } from "vitest";
import { compareInterfaces, compareNetworks } from "../../../src/services/networks.js";

describe("compareNetworks", () => {
  it.each([
    ["10.1.2.3/32", "10.0.0.0/8", "inside"],
    ["10.0.0.0/8", "10.1.2.3/32", "overlapping"],
    ["10.0.0.0/8", "11.0.0.0/8", "apart"],
    ["10.0.0.0/8", "10.0.0.0/8", "inside"],
    ["192.0.2.0/255.0.255.0", "192.1.2.5", "overlapping"],
    ["192.1.2.5", "192.0.2.0/255.0.255.0", "inside"],
    ["1.2.3.4", "0.0.0.0/0", "inside"],
    ["2001:db8::1/128", "2001:db8::/32", "inside"],
    ["2001:db8::/32", "2001:db9::/32", "apart"],
    ["::ffff:192.0.2.1/128", "::ffff:192.0.2.0/120", "inside"],
    ["::1/128", "::/0", "inside"],
    ["10.0.0.0/8", "::/0", "apart"],
  ])("%s is to %s: %s", (a, b, side) => {
    expect(compareNetworks(a, b)).toBe(side);
  });
});

describe("compareInterfaces", () => {
  it.each([
    ["eth0", "eth0", "inside"],
    ["eth0", "eth+", "inside"],
    ["eth+", "eth0", "overlapping"],
    ["eth0", "eth1", "apart"],
    ["eth+", "+", "inside"],
    ["eth+", "wlan+", "apart"],
  ])("%s is to %s: %s", (a, b, side) => {
    expect(compareInterfaces(a, b)).toBe(side);
  });
});
