import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalAddress, formatAddress, formatEndpoint, parseAddress, parseEndpoint } from "./index.ts";

const ipv4 = fc.uint8Array({ minLength: 4, maxLength: 4 });
const ipv6 = fc.oneof(
  fc.uint8Array({ minLength: 16, maxLength: 16 }),
  fc.array(fc.constantFrom(0, 0, 0, 1, 0xab), { minLength: 16, maxLength: 16 }).map((bytes) => Uint8Array.from(bytes)),
);

describe("an address", () => {
  it.each([
    ["127.0.0.1", "127.0.0.1"],
    ["255.255.255.255", "255.255.255.255"],
    ["::", "::"],
    ["::1", "::1"],
    ["1::", "1::"],
    ["0:0:0:0:0:0:0:0", "::"],
    ["2001:DB8::0001", "2001:db8::1"],
    ["2001:0db8:0000:0000:0001:0000:0000:0001", "2001:db8::1:0:0:1"],
    ["2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"],
    ["2001:0:0:1::1", "2001:0:0:1::1"],
    ["1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"],
    ["::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"],
    ["::ffff:1.2.3.4", "1.2.3.4"],
    ["::ffff:102:304", "1.2.3.4"],
    ["64:ff9b::10.0.0.1", "64:ff9b::a00:1"],
  ])("%s has the one spelling %s", (text, canonical) => {
    expect(canonicalAddress(text)).toBe(canonical);
  });

  it.each([
    "",
    "localhost",
    "1.2.3",
    "1.2.3.4.5",
    "1.2.3.256",
    "01.2.3.4",
    "0x7f.0.0.1",
    "0x7f000001",
    "2130706433",
    "127.1",
    "1.2.3.4 ",
    " 1.2.3.4",
    "1.2.3.-4",
    "1.2.3.+4",
    "1..2.3",
    "①②⑦.0.0.1",
    "1:2:3:4:5:6:7",
    "1:2:3:4:5:6:7:8:9",
    "1:2:3:4:5:6:7:8::",
    "::1::",
    ":::",
    ":1",
    "1:",
    "12345::",
    "g::",
    "1.2.3.4::",
    "::1.2.3",
    "::1.2.3.4:5",
    "::01.2.3.4",
    "[::1]",
    "fe80::1%eth0",
    "0:".repeat(40),
  ])("%j is none", (text) => {
    expect(parseAddress(text)).toBeUndefined();
  });

  it("survives the way to text and back", () => {
    fc.assert(
      fc.property(ipv4, (bytes) => {
        expect(parseAddress(formatAddress(bytes))).toEqual(bytes);
      }),
    );
    fc.assert(
      fc.property(ipv6, (bytes) => {
        const text = formatAddress(bytes);
        expect(canonicalAddress(text)).toBe(text);
        if (text.includes(":")) expect(parseAddress(text)).toEqual(bytes);
      }),
    );
  });
});

describe("an endpoint", () => {
  it.each([
    ["1.2.3.4:6881", { address: "1.2.3.4", port: 6881 }],
    ["[2001:DB8::1]:80", { address: "2001:db8::1", port: 80 }],
    ["[::ffff:1.2.3.4]:1", { address: "1.2.3.4", port: 1 }],
  ])("is read from %s", (text, endpoint) => {
    expect(parseEndpoint(text)).toEqual(endpoint);
  });

  it.each([
    "1.2.3.4",
    "1.2.3.4:",
    "1.2.3.4:0",
    "1.2.3.4:65536",
    "1.2.3.4:080",
    "1.2.3.4:+80",
    "::1:80",
    "[::1]",
    "[::1]80",
    "[1.2.3.4]:80",
    "host:80",
    ":80",
    "",
  ])("is not read from %j", (text) => {
    expect(parseEndpoint(text)).toBeUndefined();
  });

  it("survives the way to text and back", () => {
    fc.assert(
      fc.property(fc.oneof(ipv4, ipv6), fc.integer({ min: 1, max: 65_535 }), (bytes, port) => {
        const endpoint = { address: formatAddress(bytes), port };
        expect(parseEndpoint(formatEndpoint(endpoint))).toEqual(endpoint);
      }),
    );
  });
});
