import { describe, expect, it } from "vitest";
import { type AddressScope, addressScope, formatAddress, parseAddress } from "./index.ts";

/** First and last address of every range, and their neighbours outside. */
const CASES: Record<AddressScope, readonly string[]> = {
  global: [
    "1.0.0.0",
    "8.8.8.8",
    "9.255.255.255",
    "11.0.0.0",
    "100.63.255.255",
    "100.128.0.0",
    "126.255.255.255",
    "128.0.0.0",
    "169.253.255.255",
    "169.255.0.0",
    "172.15.255.255",
    "172.32.0.0",
    "192.0.1.0",
    "192.88.98.255",
    "192.167.255.255",
    "192.169.0.0",
    "198.17.255.255",
    "198.20.0.0",
    "203.0.113.1",
    "223.255.255.255",
    "2000::",
    "2001:db8::1",
    "2600::1",
    "3fff:ffff::",
    "2001:1::1",
    "64:ff9b::8.8.8.8",
    "2002:808:808::1",
    "2001:0:808:808:0:0:f7f7:f7f7",
  ],
  private: [
    "10.0.0.0",
    "10.255.255.255",
    "100.64.0.0",
    "100.127.255.255",
    "172.16.0.0",
    "172.31.255.255",
    "192.168.0.0",
    "192.168.255.255",
    "198.18.0.0",
    "198.19.255.255",
    "fc00::",
    "fdff:ffff::1",
    "fec0::1",
    "64:ff9b:1::1",
    "64:ff9b::10.0.0.1",
    "64:ff9b::c0a8:1",
    "2002:a00:1::",
    "2001:0:a00:1::f7f7:f7f7",
    "2001:0:808:808::f5ff:fffe",
    "::ffff:a00:1",
  ],
  loopback: [
    "127.0.0.0",
    "127.0.0.1",
    "127.255.255.255",
    "::1",
    "::ffff:127.0.0.1",
    "64:ff9b::127.0.0.1",
    "2002:7f00:1::",
    "2001:0:808:808::80ff:fffe",
  ],
  "link-local": ["fe80::", "fe80::1", "febf:ffff::1"],
  denied: [
    "0.0.0.0",
    "0.255.255.255",
    "100.100.100.200",
    "169.254.0.0",
    "169.254.169.254",
    "169.254.255.255",
    "192.0.0.0",
    "192.0.0.255",
    "192.88.99.1",
    "224.0.0.0",
    "239.255.255.255",
    "240.0.0.0",
    "255.255.255.255",
    "::",
    "::2",
    "::127.0.0.1",
    "100::1",
    "1fff:ffff::",
    "4000::",
    "5f00::1",
    "2001:10::1",
    "2001:20::1",
    "fd00:ec2::254",
    "fe00::1",
    "ff02::1",
    "::ffff:169.254.169.254",
    "64:ff9b::a9fe:a9fe",
    "2002:a9fe:a9fe::1",
    "2001:0:a9fe:a9fe::1",
    "localhost",
    "127.1",
    "0x7f000001",
    "2130706433",
    "",
  ],
};

describe("the scope of an address", () => {
  for (const [scope, addresses] of Object.entries(CASES)) {
    it.each(addresses)(`is ${scope} for %s`, (address) => {
      expect(addressScope(address)).toBe(scope);
    });
  }

  it("does not depend on how the address is spelled", () => {
    let spellings = 0;
    for (const [scope, addresses] of Object.entries(CASES)) {
      for (const address of addresses) {
        for (const spelling of spellingsOf(address)) {
          expect(addressScope(spelling), spelling).toBe(scope);
          spellings++;
        }
      }
    }
    expect(spellings).toBeGreaterThan(400);
  });

  it("is denied or the same for what only lenient readers take for an address", () => {
    for (const text of [
      "0177.0.0.1",
      "0x7f.1",
      "127.0.1",
      "017700000001",
      "127.0.0.1.",
      "127。0。0。1",
      "[::1]",
      "::1%lo",
      "::ffff:0x7f000001",
    ]) {
      expect(addressScope(text), text).toBe("denied");
    }
  });
});

/** Every legal way to write an address: folded, unfolded, padded, upper case, mapped in hex and dotted. */
function spellingsOf(address: string): string[] {
  const bytes = parseAddress(address);
  if (bytes === undefined) return [];
  if (bytes.length === 4) {
    const mapped = new Uint8Array(16);
    mapped.fill(255, 10, 12);
    mapped.set(bytes, 12);
    return [address, ...spellings6(mapped), `::ffff:${address}`, `0:0:0:0:0:FFFF:${address}`];
  }
  return [formatAddress(bytes), ...spellings6(bytes)];
}

function spellings6(bytes: Uint8Array): string[] {
  const groups = Array.from({ length: 8 }, (_, at) => ((bytes[2 * at]! << 8) | bytes[2 * at + 1]!).toString(16));
  const padded = groups.map((group) => group.padStart(4, "0"));
  const dotted = `${groups.slice(0, 6).join(":")}:${bytes.subarray(12).join(".")}`;
  return [groups.join(":"), padded.join(":"), padded.join(":").toUpperCase(), dotted];
}
