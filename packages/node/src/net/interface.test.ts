import { networkInterfaces } from "node:os";
import { HostError } from "@bittern/protocol/base";
import { describe, expect, it } from "vitest";
import { Interface } from "./interface.ts";

/** An interface with these addresses, each "ADDRESS/BITS", in the order of the system. */
function withAddresses(...cidrs: readonly string[]): Interface {
  const addresses = cidrs.map((cidr) => ({ address: cidr.split("/")[0], cidr }));
  return new Interface("eth0", () => ({ eth0: addresses }) as unknown as ReturnType<typeof networkInterfaces>);
}

describe("A network interface", () => {
  const loopback =
    Object.entries(networkInterfaces()).find(([, addresses]) => addresses?.some(({ address }) => address === "127.0.0.1"))?.[0] ?? "lo";

  it("binds to nothing in particular unless one is named", () => {
    const any = new Interface(undefined);
    expect([any.isChosen, any.dialAddress(4), any.hasFamily(6)]).toEqual([false, undefined, true]);
    expect(any.listenAddresses()).toEqual(["0.0.0.0", "::"]);
  });

  it("knows the addresses of the one named, or takes an address for itself", () => {
    const named = new Interface(loopback);
    expect(named.dialAddress(4)).toBe("127.0.0.1");
    expect(named.listenAddresses()).toContain("127.0.0.1");
    const address = new Interface("127.0.0.1");
    expect([address.dialAddress(4), address.hasFamily(6)]).toEqual(["127.0.0.1", false]);
    expect(() => address.dialAddress(6)).toThrow(HostError);
  });

  it("listens on each of several addresses, those of the internet first, and on no link-local one", () => {
    const several = withAddresses("fe80::1/64", "fd00::5/64", "2001:db8::5/64", "192.168.1.5/24", "203.0.113.5/24");
    expect(several.listenAddresses()).toEqual(["203.0.113.5", "192.168.1.5", "2001:db8::5", "fd00::5"]);
  });

  it("uses 16 addresses of those that a server may have", () => {
    const many = withAddresses(...Array.from({ length: 17 }, (_, host) => `203.0.113.${host + 1}/32`));
    expect([many.listenAddresses().length, many.listenAddresses().at(-1)]).toEqual([16, "203.0.113.16"]);
  });

  it("is dialled from the address of the same network, or one that reaches as far, or the first", () => {
    const several = withAddresses("fd00::5/64", "2001:db8::5/64", "192.168.1.5/24", "10.0.0.5/8", "203.0.113.5/24");
    const from = (to: string): string | undefined => several.dialAddress(to.includes(":") ? 6 : 4, to);
    expect([from("2001:db8:ffff::1"), from("fd00::9"), from("fd77::1")]).toEqual(["2001:db8::5", "fd00::5", "fd00::5"]);
    expect([from("198.51.100.7"), from("10.9.9.9"), from("192.168.1.9")]).toEqual(["203.0.113.5", "10.0.0.5", "192.168.1.5"]);
    expect([several.dialAddress(4), several.dialAddress(6)]).toEqual(["203.0.113.5", "2001:db8::5"]);
    expect(withAddresses("192.168.1.5/24").dialAddress(4, "198.51.100.7")).toBe("192.168.1.5");
  });
});
