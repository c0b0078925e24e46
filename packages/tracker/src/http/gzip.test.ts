import { constants, deflateRawSync, gunzipSync } from "node:zlib";
import { latin1, utf8 } from "@bittern/protocol/base";
import { seededRandom } from "@bittern/protocol/fuzz";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { splitAnswers, TrackerSpeaker } from "../testing.ts";
import { type Deflate, Gzip, gzip } from "./gzip.ts";

const deflate: Deflate = (bytes) => deflateRawSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH });

describe("Gzip", () => {
  it("makes one stream of any pieces", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ minLength: 1 }), { minLength: 1 }), (pieces) => {
        const stream = new Gzip(deflate);
        const packed = Buffer.concat([...pieces.map((piece) => stream.piece(piece)), stream.end()]);
        expect(gunzipSync(packed)).toEqual(Buffer.concat(pieces));
      }),
    );
    expect(gunzipSync(gzip(utf8("hello"), deflate)).toString()).toBe("hello");
  });
});

describe("A tracker that may compress", () => {
  const HASHES = Array.from({ length: 600 }, (_, at) => `%${(at & 255).toString(16).padStart(2, "0")}`.repeat(19) + `%0${at >> 8}`);
  const announce = (hash: string, peer: number) =>
    `/announce?info_hash=${hash}&peer_id=-BY0100-${String(peer).padStart(12, "0")}&port=${1 + peer}&left=5`;

  function tracker(packs: boolean): TrackerSpeaker {
    const speaker = new TrackerSpeaker(packs ? { deflate } : {}, seededRandom(1));
    for (const [at, hash] of HASHES.entries()) speaker.get("192.0.2.1", announce(hash, at));
    for (let peer = 0; peer < 50; peer++) speaker.get("192.0.2.1", announce(HASHES[0] as string, peer));
    return speaker;
  }

  const packing = tracker(true);
  const plain = tracker(false);
  const SCRAPE = `/scrape?${HASHES.slice(0, 60)
    .map((hash) => `info_hash=${hash}`)
    .join("&")}`;
  const GZIP = "Accept-Encoding: deflate, gzip;q=0.5\r\n";

  it.each([
    ["a scrape of many torrents", SCRAPE],
    ["a scrape of all", "/scrape"],
  ])("sends %s in less bytes, to who takes it so", (_, target) => {
    const packed = packing.get("192.0.2.1", target, GZIP);
    const bare = packing.get("192.0.2.1", target);
    expect([packed.headers.get("content-encoding"), bare.headers.get("content-encoding")]).toEqual(["gzip", undefined]);
    expect(gunzipSync(packed.body).equals(bare.body)).toBe(true);
    expect(packed.body.length).toBeLessThan(bare.body.length / 2);
    expect(plain.get("192.0.2.1", target, GZIP).headers.get("content-encoding")).toBeUndefined();
  });

  it("sends a list of dictionaries so, and compact peers and short answers as they are", () => {
    const encoding = (target: string) => packing.get("192.0.2.9", target, GZIP).headers.get("content-encoding");
    const asked = announce(HASHES[0] as string, 700);
    expect([
      encoding(`${asked}&compact=0`),
      encoding(`${asked}&compact=1`),
      encoding("/announce"),
      encoding(`/scrape?info_hash=${HASHES[0]}`),
    ]).toEqual(["gzip", undefined, undefined, undefined]);
  });

  it.each([
    ["gzip", true],
    ["x-GZIP", true],
    ["deflate, gzip", true],
    ["gzip;q=1.0", true],
    ["gzip;q=0", false],
    ["gzip; q=0.00, br", false],
    ["gzipped", false],
    ["", false],
  ])("understands Accept-Encoding: %s", (value, takes) => {
    const { headers } = packing.get("192.0.2.1", SCRAPE, `Accept-Encoding: ${value}\r\n`);
    expect(headers.has("content-encoding")).toBe(takes);
  });

  it("says of HEAD what it would say of GET, and sends an old client the stream until the end", () => {
    const link = packing.connect("192.0.2.1");
    packing.send(link, `HEAD ${SCRAPE} HTTP/1.1\r\n${GZIP}\r\n`);
    const [head] = splitAnswers(packing.received(link), true);
    expect(head?.headers.get("content-length")).toBe(String(packing.get("192.0.2.1", SCRAPE, GZIP).body.length));
    const old = packing.connect("192.0.2.1");
    packing.send(old, `GET /scrape HTTP/1.0\r\n${GZIP}\r\n`);
    for (let pieces = 0; pieces < 100 && !packing.closed.has(old); pieces++) packing.tell("drained", old);
    const all = packing.received(old);
    const body = all.subarray(latin1(all).indexOf("\r\n\r\n") + 4);
    expect(gunzipSync(body).equals(packing.get("192.0.2.1", "/scrape").body)).toBe(true);
  });
});
