import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ProtocolError } from "../base/index.ts";
import { infoHashesOf } from "../metainfo/index.ts";
import { formatMagnet, MAGNET_LENGTH_MAX, type MagnetLink, parseInfoHash, parseMagnet } from "./index.ts";

const V1 = "c9949dcf53ecbd20694853b4bfefe76a0adfa759";
const V1_BASE32 = "ZGKJ3T2T5S6SA2KIKO2L737HNIFN7J2Z";
const V2 = "bf720416b85e09437d846ad4e9cb05715d36437b1b0a7b783ce5a239db6cf16f";
const BTIH = `magnet:?xt=urn:btih:${V1}`;

function codeOf(act: () => unknown): string {
  try {
    act();
  } catch (fault) {
    if (fault instanceof ProtocolError) return fault.code;
    throw fault;
  }
  return "none";
}

describe("parseMagnet", () => {
  it("reads a bare link", () => {
    const link: MagnetLink = { infoHashes: { v1: V1, wire: [V1] }, trackers: [], webSeeds: [], exactSources: [], peers: [], keywords: [] };
    expect(parseMagnet(BTIH)).toEqual(link);
  });

  it.each([
    ["upper-case hex", `magnet:?xt=urn:btih:${V1.toUpperCase()}`],
    ["base32", `magnet:?xt=urn:btih:${V1_BASE32}`],
    ["lower-case base32", `magnet:?xt=urn:btih:${V1_BASE32.toLowerCase()}`],
    ["an escaped topic", `magnet:?xt=urn%3Abtih%3A${V1}`],
    ["shouting", `MAGNET:?XT=URN:BTIH:${V1.toUpperCase()}`],
    ["a numbered topic", `magnet:?xt.1=urn:btih:${V1}`],
    ["spaces around it", `  ${BTIH}\n`],
    ["empty fields", `magnet:?&&xt=urn:btih:${V1}&&=x&y&`],
    ["a fragment", `${BTIH}#chapter`],
    ["a topic of another network before it", `magnet:?xt=urn:sha1:${V1_BASE32}&xt=urn:btih:${V1}`],
    ["another hash behind it", `${BTIH}&xt=urn:btih:${"a".repeat(40)}`],
  ])("reads %s", (_, uri) => {
    expect(parseMagnet(uri).infoHashes).toEqual({ v1: V1, wire: [V1] });
  });

  it("reads v2 and hybrid links", () => {
    expect(parseMagnet(`magnet:?xt=urn:btmh:1220${V2}`).infoHashes).toEqual({ v2: V2, wire: [V2.slice(0, 40)] });
    const hybrid = { v1: V1, v2: V2, wire: [V1, V2.slice(0, 40)] };
    expect(parseMagnet(`${BTIH}&xt=urn:btmh:1220${V2.toUpperCase()}`).infoHashes).toEqual(hybrid);
    expect(parseMagnet(`magnet:?xt.2=urn:btmh:1220${V2}&xt.1=urn:btih:${V1}`).infoHashes).toEqual(hybrid);
  });

  // libtorrent writes these into its links; they are the only way into a network of one's own.
  it("reads the nodes of the DHT that a link names, and leaves out what is no place", () => {
    const uri = `${BTIH}&dht=192.0.2.1:6881&dht=%5B2001%3Adb8%3A%3A1%5D%3A6882&dht.1=node.example:7&dht=nowhere&dht=host:0&dht=192.0.2.1:6881`;
    const nodes = [
      { host: "192.0.2.1", port: 6881 },
      { host: "2001:db8::1", port: 6882 },
      { host: "node.example", port: 7 },
    ];
    expect(parseMagnet(uri).nodes).toEqual(nodes);
    expect(parseMagnet(formatMagnet(parseMagnet(uri))).nodes).toEqual(nodes);
  });

  it("reads everything a link can say", () => {
    const uri = `${BTIH}&dn=The+name%20of%2Bit&xl=1234&tr=http%3A%2F%2Fa.example%2Fannounce%3Fk%3D1&tr.1=udp://b.example:80&tr=udp://b.example:80&ws=http://c.example/f&as=https://d.example/f&xs=http://e.example/x.torrent&x.pe=192.0.2.1:6881&x.pe=[2001:db8::1]:6882&x.pe=host.example:6883&so=0,2,4-6&kt=one+two`;
    expect(parseMagnet(uri)).toEqual({
      infoHashes: infoHashesOf({ v1: V1 }),
      name: "The name of+it",
      exactLength: 1234,
      trackers: ["http://a.example/announce?k=1", "udp://b.example:80"],
      webSeeds: ["http://c.example/f", "https://d.example/f"],
      exactSources: ["http://e.example/x.torrent"],
      peers: ["192.0.2.1:6881", "[2001:db8::1]:6882", "host.example:6883"],
      select: [
        { first: 0, last: 0 },
        { first: 2, last: 2 },
        { first: 4, last: 6 },
      ],
      keywords: ["one", "two"],
    });
  });

  it("keeps a plus in a tracker and reads one in a name as a space", () => {
    const link = parseMagnet(`${BTIH}&dn=a+b&tr=http://t.example/a+b`);
    expect(link.name).toBe("a b");
    expect(link.trackers).toEqual(["http://t.example/a+b"]);
  });

  it("reads keys that HTML has escaped", () => {
    expect(parseMagnet(`${BTIH}&amp;dn=name&amp;tr=udp://t.example:1`)).toMatchObject({ name: "name", trackers: ["udp://t.example:1"] });
  });

  it("reads names in any encoding without a fault", () => {
    expect(parseMagnet(`${BTIH}&dn=%C3%A4%F0%9F%90%A6`).name).toBe("ä\u{1f426}");
    expect(parseMagnet(`${BTIH}&dn=%E4`).name).toBe("\ufffd");
    expect(parseMagnet(`${BTIH}&dn=100%&x=%zz`).name).toBe("100%");
    expect(parseMagnet(`${BTIH}&dn=`).name).toBeUndefined();
  });

  it("joins what a selection names twice and leaves out what makes no sense", () => {
    expect(parseMagnet(`${BTIH}&so=8-9,0-2,1-4,5,x,7-6,-1,1-,99999999`).select).toEqual([
      { first: 0, last: 5 },
      { first: 8, last: 9 },
    ]);
    expect(parseMagnet(`${BTIH}&so=`).select).toBeUndefined();
    expect(parseMagnet(`${BTIH}&so=5-2`).select).toBeUndefined();
  });

  it("leaves out peers, lengths and web seeds that make no sense", () => {
    const link = parseMagnet(
      `${BTIH}&x.pe=nowhere&x.pe=:1&x.pe=a:0&x.pe=a:65536&x.pe=a%26b:1&xl=-1&xl=5&ws=javascript:alert(1)&ws=http://&tr=`,
    );
    expect(link).toMatchObject({ peers: [], webSeeds: [], trackers: [] });
    expect(link.exactLength).toBeUndefined();
  });

  it("reads a thousand fields", () => {
    const trackers = Array.from({ length: 1000 }, (_, at) => `http://a/${at}`);
    expect(parseMagnet(`${BTIH}&tr=${trackers.join("&tr=")}`).trackers).toEqual(trackers.slice(0, 999));
  });

  it.each([
    ["MAGNET_SCHEME", "http://example.org/"],
    ["MAGNET_SCHEME", `magnet:xt=urn:btih:${V1}`],
    ["MAGNET_SCHEME", ""],
    ["MAGNET_HASH_MISSING", "magnet:?dn=name"],
    ["MAGNET_HASH_MISSING", `magnet:?xt=urn:sha1:${V1_BASE32}`],
    ["MAGNET_INFO_HASH", "magnet:?xt=urn:btih:1234"],
    ["MAGNET_INFO_HASH", "magnet:?xt=urn:btih:"],
    ["MAGNET_INFO_HASH", `magnet:?xt=urn:btih:${V2}`],
    ["MAGNET_INFO_HASH", `magnet:?xt=urn:btmh:1114${V2}`],
    ["MAGNET_INFO_HASH", `${BTIH}&xt=urn:btmh:1220abcd`],
    ["MAGNET_TOO_LONG", `${BTIH}&dn=${"x".repeat(MAGNET_LENGTH_MAX)}`],
  ])("refuses with %s: %s", (code, uri) => {
    expect(codeOf(() => parseMagnet(uri))).toBe(code);
  });
});

describe("parseInfoHash", () => {
  it("reads every form of a hash", () => {
    expect(parseInfoHash(V1.toUpperCase())).toEqual(infoHashesOf({ v1: V1 }));
    expect(parseInfoHash(V1_BASE32)).toEqual(infoHashesOf({ v1: V1 }));
    expect(parseInfoHash(` ${V2} `)).toEqual(infoHashesOf({ v2: V2 }));
    expect(parseInfoHash(`1220${V2}`)).toEqual(infoHashesOf({ v2: V2 }));
  });

  it.each(["", "1234", V1.slice(1), `${V1}0`, `g${V1.slice(1)}`, `1${V1_BASE32.slice(1)}`, "x".repeat(100_000)])(
    "refuses %.50s",
    (text) => {
      expect(codeOf(() => parseInfoHash(text))).toBe("MAGNET_INFO_HASH");
    },
  );
});

describe("formatMagnet", () => {
  it("takes the tiers of a torrent", () => {
    const infoHashes = infoHashesOf({ v1: V1, v2: V2 });
    expect(formatMagnet({ infoHashes, name: "a b&c", announce: [["http://t.example/?a=1"], ["udp://u.example:1"]] })).toBe(
      `${BTIH}&xt=urn:btmh:1220${V2}&dn=a%20b%26c&tr=http%3A%2F%2Ft.example%2F%3Fa%3D1&tr=udp%3A%2F%2Fu.example%3A1`,
    );
  });

  it("writes what parseMagnet reads back to the same", () => {
    const hex = (digits: number) => fc.stringMatching(new RegExp(`^[0-9a-f]{${digits}}$`));
    const words = fc.string({ unit: "grapheme", maxLength: 20 }).map((text) => text.trim());
    const url = fc.webUrl({ withQueryParameters: true, withFragments: true });
    const links = fc.record({
      v1: hex(40),
      v2: fc.option(hex(64), { nil: undefined }),
      name: words.filter((text) => text !== ""),
      exactLength: fc.maxSafeNat(),
      trackers: fc.uniqueArray(url, { maxLength: 4 }),
      webSeeds: fc.uniqueArray(url, { maxLength: 2 }),
      exactSources: fc.uniqueArray(url, { maxLength: 2 }),
      select: fc.constantFrom(
        [{ first: 0, last: 3 }],
        [
          { first: 1, last: 1 },
          { first: 7, last: 9 },
        ],
      ),
      keywords: fc.uniqueArray(
        words.filter((text) => /^\S+$/u.test(text)),
        { maxLength: 3 },
      ),
    });
    fc.assert(
      fc.property(links, ({ v1, v2, ...rest }) => {
        const link: MagnetLink = { infoHashes: infoHashesOf({ v1, v2 }), ...rest, peers: ["192.0.2.1:6881", "[2001:db8::1]:6882"] };
        expect(parseMagnet(formatMagnet(link))).toEqual(link);
      }),
    );
  });
});
