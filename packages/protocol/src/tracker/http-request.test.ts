import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromHex, ProtocolError } from "../base/index.ts";
import { type AnnounceRequest, announceUrl, parseAnnounceQuery, parseScrapeQuery, presetsAnnounce, scrapeUrl } from "./index.ts";

const HOSTILE = JSON.parse(readFileSync(new URL("../../../../vectors/tracker/hostile-queries.json", import.meta.url), "utf8")) as {
  query: string;
  code: string;
}[];

const id = fc.uint8Array({ minLength: 20, maxLength: 20 });
const counter = fc.nat({ max: Number.MAX_SAFE_INTEGER });
const anyRequest: fc.Arbitrary<AnnounceRequest> = fc.record(
  {
    infoHash: id,
    peerId: id,
    port: fc.nat({ max: 65_535 }),
    uploaded: counter,
    downloaded: counter,
    left: counter,
    event: fc.constantFrom("started", "completed", "stopped", "paused"),
    numwant: fc.nat({ max: 1000 }),
    key: fc.nat({ max: 0xffffffff }),
    trackerId: fc.uint8Array({ minLength: 1, maxLength: 40 }),
    compact: fc.boolean(),
    noPeerId: fc.constant(true),
    ip: fc.constantFrom("1.2.3.4", "2001:db8::1", "peer.example.org"),
    ipv4: fc.constant("1.2.3.4"),
    ipv6: fc.constant("2001:db8::1"),
    supportCrypto: fc.constant(true),
  },
  { requiredKeys: ["infoHash", "peerId", "port", "uploaded", "downloaded", "left"] },
);

const request: AnnounceRequest = {
  infoHash: fromHex("123456789abcdef123456789abcdef123456789a")!,
  peerId: new Uint8Array(20).fill(0x61),
  port: 6881,
  uploaded: 0,
  downloaded: 1,
  left: 2 ** 40,
};
const hashText = "%124Vx%9A%BC%DE%F1%23Eg%89%AB%CD%EF%124Vx%9A";
const basic = `info_hash=${hashText}&peer_id=aaaaaaaaaaaaaaaaaaaa&port=6881&uploaded=0&downloaded=1&left=1099511627776`;

function codeOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof ProtocolError) return error.code;
    throw error;
  }
  return "no error";
}

describe("the URL of an announce", () => {
  it("holds raw bytes percent-encoded, as the example everybody copies", () => {
    expect(announceUrl("http://tracker/announce", request)).toBe(`http://tracker/announce?${basic}`);
  });

  it.each([
    ["http://tracker/announce?passkey=a%2Fb", "http://tracker/announce?passkey=a%2Fb&"],
    ["http://tracker/announce?", "http://tracker/announce?"],
    ["http://tracker/announce?a=b&", "http://tracker/announce?a=b&"],
    ["http://tracker/announce#part", "http://tracker/announce?"],
    ["http://tracker/Ünnounce?x", "http://tracker/Ünnounce?x&"],
  ])("keeps what stands in %s", (base, start) => {
    expect(announceUrl(base, request)).toBe(start + basic);
  });

  it("is read back by the tracker, whatever the bytes", () => {
    fc.assert(
      fc.property(anyRequest, (sent) => {
        const url = announceUrl("http://tracker/announce", sent);
        expect(parseAnnounceQuery(new URL(url).search.slice(1))).toEqual(sent);
        expect(parseAnnounceQuery(url.slice(url.indexOf("?") + 1))).toEqual(sent);
      }),
    );
  });

  it.each([
    ["http://tracker/announce?passkey=1", false],
    ["http://tracker/announce?info_hash=x", true],
    ["http://tracker/announce?a=b&EVENT=stopped", true],
    ["http://tracker/?port", true],
    ["http://tracker/?%69nfo%5Fhash=x", true],
    ["http://tracker/?%=%G", false],
    ["http://tracker/announce?compact=1&numwant=20", false],
    ["http://tracker/#?port=1", false],
    ["http://tracker/event=", false],
  ])("of %s speaks in our name: %s", (url, presets) => {
    expect(presetsAnnounce(url)).toBe(presets);
  });
});

describe("the URL of a scrape", () => {
  it.each([
    ["http://tracker/announce", "http://tracker/scrape"],
    ["http://tracker/x/announce", "http://tracker/x/scrape"],
    ["http://tracker/announce.php", "http://tracker/scrape.php"],
    ["http://tracker/announce?x=2%0644", "http://tracker/scrape?x=2%0644"],
    ["http://tracker/announce?x=/announce", "http://tracker/scrape?x=/announce"],
    ["http://announce/announce/passkey", "http://announce/scrape/passkey"],
    ["https://tracker/announce#a", "https://tracker/scrape"],
    ["http://tracker/a", undefined],
    ["http://tracker/x%064announce", undefined],
    ["http://announce/", undefined],
    ["http://tracker?/announce", undefined],
    ["udp://tracker:1/announce", undefined],
    ["", undefined],
  ])("of %s is %s", (base, scrape) => {
    expect(scrapeUrl(base)).toBe(scrape);
  });

  it("names the torrents, and is read back by the tracker", () => {
    fc.assert(
      fc.property(fc.array(id, { minLength: 1, maxLength: 70 }), (hashes) => {
        const url = scrapeUrl("http://tracker/announce?pass=key", hashes)!;
        expect(url.startsWith("http://tracker/scrape?pass=key&info_hash=")).toBe(true);
        expect(parseScrapeQuery(url.slice(url.indexOf("?") + 1))).toEqual(hashes);
      }),
      { numRuns: 30 },
    );
  });

  it("may ask for all torrents, and is answered for 70", () => {
    expect(parseScrapeQuery("")).toEqual([]);
    expect(parseScrapeQuery(`info_hash=${hashText}&`.repeat(71))).toHaveLength(70);
    expect(codeOf(() => parseScrapeQuery("info_hash=abc"))).toBe("INFO_HASH_WRONG");
  });
});

describe("the query of an announce", () => {
  it.each(HOSTILE)("$query is refused with $code", ({ query, code }) => {
    expect(codeOf(() => parseAnnounceQuery(query))).toBe(code);
  });

  it("is refused when it is long", () => {
    expect(codeOf(() => parseAnnounceQuery(`${basic}&x=${"y".repeat(9000)}`))).toBe("QUERY_TOO_LONG");
    expect(codeOf(() => parseAnnounceQuery(`${basic}${"&x=y".repeat(200)}`))).toBe("QUERY_TOO_LONG");
  });

  it("counts past 2^53 as 2^53 - 1, and an unknown size too", () => {
    const read = parseAnnounceQuery(basic.replace("uploaded=0", "uploaded=18446744073709551615").replace("1099511627776", "-1"));
    expect(read.uploaded).toBe(Number.MAX_SAFE_INTEGER);
    expect(read.left).toBe(Number.MAX_SAFE_INTEGER);
  });

  it("keeps a key that is no number as a number that stays the same", () => {
    const keyOf = (key: string) => parseAnnounceQuery(`${basic}&key=${key}`).key;
    expect(keyOf("0000BEEF")).toBe(0xbeef);
    expect(keyOf("hello+world")).toBe(keyOf("hello+world"));
    expect(keyOf("hello+world")).not.toBe(keyOf("hello+worle"));
  });

  it("takes the first of two, and passes over what it does not know", () => {
    const read = parseAnnounceQuery(`${basic}&port=1&event=update&numwant=-1&corrupt=0&ip=${"x".repeat(300)}&&no_peer_id=0&compact=`);
    expect(read).toEqual(request);
  });

  it("takes compact=0 as a wish for dictionaries, anything else as one for bytes", () => {
    expect(parseAnnounceQuery(`${basic}&compact=0`).compact).toBe(false);
    expect(parseAnnounceQuery(`${basic}&compact=1`).compact).toBe(true);
    expect(parseAnnounceQuery(basic).compact).toBeUndefined();
  });
});
