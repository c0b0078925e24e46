import { beforeEach, describe, expect, it } from "vitest";
import { OurAddresses } from "./our-addresses.ts";

const OURS = "45.9.9.9";

describe("Our address", () => {
  let addresses: OurAddresses;
  beforeEach(() => {
    addresses = new OurAddresses();
  });

  /** So many say the same, each from an address of its own. */
  function say(ours: string, count: number, network = 1): void {
    for (let voice = 0; voice < count; voice++) addresses.heard(`46.0.${network}.${voice}`, ours);
  }

  it("is what three strangers agree on, and no two", () => {
    say(OURS, 2);
    expect(addresses.of(4)).toBeUndefined();
    say(OURS, 3);
    expect([addresses.of(4), addresses.of(6), addresses.version]).toEqual([OURS, undefined, 1]);
  });

  it("is not what one stranger says many times", () => {
    for (let time = 0; time < 10; time++) addresses.heard("46.0.0.1", OURS);
    expect(addresses.of(4)).toBeUndefined();
  });

  it("follows the majority when it changes", () => {
    say(OURS, 5);
    say("45.8.8.8", 4, 2);
    expect(addresses.of(4)).toBe(OURS);
    say("45.8.8.8", 6, 2);
    expect([addresses.of(4), addresses.version]).toEqual(["45.8.8.8", 2]);
  });

  it("is none of our own network's business, and each family speaks for itself", () => {
    say("192.168.1.2", 5);
    for (let voice = 0; voice < 5; voice++) addresses.heard(`10.0.0.${voice}`, OURS);
    for (let voice = 0; voice < 5; voice++) addresses.heard(`2a01::${voice}`, OURS);
    expect(addresses.version).toBe(0);
    for (let voice = 0; voice < 3; voice++) addresses.heard(`2a01::${voice}`, "2a02::1");
    expect(addresses.of(6)).toBe("2a02::1");
  });

  it("is forgotten by the voices of long ago, which are bounded", () => {
    say(OURS, 50);
    for (let voice = 0; voice < 50; voice++) addresses.heard(`47.0.0.${voice}`, "45.7.7.7");
    expect(addresses.of(4)).toBe("45.7.7.7");
  });
});
