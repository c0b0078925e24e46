/** @module */
import { UsageError } from "@bittern/protocol/base";
import { describe, expect, it } from "vitest";
import { interfaceAddress, localAddress, urlHost } from "./public-host.ts";

const at = (address: string, internal = false) => ({
  address,
  family: address.includes(":") ? ("IPv6" as const) : ("IPv4" as const),
  internal,
  netmask: "",
  mac: "",
  cidr: null,
  scopeid: 0,
});

describe("The address in links", () => {
  it("is the first that others reach, IPv4 before IPv6", () => {
    expect(localAddress({ lo: [at("127.0.0.1", true)], eth: [at("fe80::1"), at("2001:db8::1"), at("169.254.1.1"), at("10.0.0.7")] })).toBe(
      "10.0.0.7",
    );
    expect(localAddress({ eth: [at("fe80::1"), at("2001:db8::1")] })).toBe("2001:db8::1");
  });
  it("is the loop where there is nothing else", () => expect(localAddress({ lo: [at("127.0.0.1", true)] })).toBe("127.0.0.1"));
  it("is that of the interface that was chosen", () => {
    const two = [at("fd00::7"), at("10.0.0.9"), at("203.0.113.7")];
    expect(interfaceAddress("two", { two })).toBe("203.0.113.7");
    const interfaces = { lo: [at("127.0.0.1", true)], eth: [at("10.0.0.7")], tun: [at("fe80::1"), at("2001:db8::1")] };
    expect(["127.0.0.1", "lo", "tun", "gone"].map((chosen) => interfaceAddress(chosen, interfaces))).toEqual([
      "127.0.0.1",
      "127.0.0.1",
      "2001:db8::1",
      "10.0.0.7",
    ]);
  });
});

describe("The host of a URL", () => {
  it("is a name or an address, IPv6 in brackets", () => {
    expect(["files.example.org", "10.0.0.1", "::1", "[::1]"].map(urlHost)).toEqual(["files.example.org", "10.0.0.1", "[::1]", "[::1]"]);
  });
  it("is nothing else", () => {
    for (const host of ["", "a b", "a/b", "a:1", "http://a", "a@b"]) expect(() => urlHost(host), host).toThrow(UsageError);
  });
});
