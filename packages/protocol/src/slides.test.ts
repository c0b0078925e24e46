/**
 * What the slides of the founding articles say of the protocol, row by row: their own bytes, or bytes written down by hand here.
 * @module
 */
import { describe, expect, it } from "vitest";
import { concatBytes, fromHex, latin1, toHex, utf8 } from "./base/index.ts";
import { parseTorrent } from "./metainfo/index.ts";
import { encodeHandshake, encodeMessage, type PeerMessage, PeerWire } from "./peer/index.ts";
import { announceUrl, decodeAnnounceAnswer, parseAnnounceQuery } from "./tracker/index.ts";

const ID = new Uint8Array(20).fill(0x61);
const HASH = new Uint8Array(20).fill(0x62);

describe("The metainfo of the slides", () => {
  const info = "d6:lengthi65703e4:name10:sample.txt12:piece lengthi262144e6:pieces20:aaaaaaaaaaaaaaaaaaaae";

  it("G1 has all its entries", () => {
    const read = parseTorrent(
      utf8(
        `d8:announce12:http://a/ann13:announce-listll12:http://a/annel12:http://b/annee7:comment5:words10:created by12:mktorrent1.113:creation datei1700000000e8:encoding5:UTF-84:info${info}e`,
      ),
    );
    expect(read).toMatchObject({
      announce: [["http://a/ann"], ["http://b/ann"]],
      comment: "words",
      createdBy: "mktorrent1.1",
      creationDate: 1_700_000_000,
    });
  });

  it("G2 says how long pieces are, their hashes, and whether only its trackers give peers", () => {
    const read = (isPrivate: string) =>
      parseTorrent(utf8(`d4:infod6:lengthi5e4:name1:x12:piece lengthi16384e6:pieces20:${"h".repeat(20)}${isPrivate}ee`));
    expect(read("7:privatei1e")).toMatchObject({ private: true, pieceLength: 16_384, pieces: utf8("h".repeat(20)) });
    expect([read("7:privatei0e").private, read("").private]).toEqual([false, false]);
  });

  it("G3 names one file with its length, or many with lengths and paths", () => {
    const many =
      "d5:filesld6:lengthi3e4:pathl3:sub1:aeed6:lengthi4e4:pathl1:beee4:name3:top12:piece lengthi16384e6:pieces20:aaaaaaaaaaaaaaaaaaaae";
    const read = parseTorrent(utf8(`d4:info${many}e`));
    expect(read.files.map(({ path, length }) => [path.join("/"), length])).toEqual([
      ["sub/a", 3],
      ["b", 4],
    ]);
    expect([read.isSingleFile, parseTorrent(utf8(`d4:info${info}e`)).isSingleFile]).toEqual([false, true]);
  });

  it("G4 may be as small as the sample: 65703 bytes in one piece", () => {
    const announce = "http://tracker.example.org/announce";
    expect(announce.length).toBe(35);
    const read = parseTorrent(utf8(`d8:announce35:${announce}4:info${info}e`));
    expect(read).toMatchObject({ announce: [[announce]], totalLength: 65_703, pieceLength: 262_144, pieceCount: 1 });
    expect(read.pieces).toHaveLength(20);
  });
});

describe("The tracker of the slides", () => {
  it("G5 G6 is asked over HTTP or HTTPS with these parameters", () => {
    const request = {
      infoHash: HASH,
      peerId: ID,
      port: 6881,
      uploaded: 1,
      downloaded: 2,
      left: 3,
      event: "started",
      numwant: 50,
      compact: true,
      noPeerId: true,
      ip: "192.0.2.7",
    } as const;
    for (const scheme of ["http", "https"]) {
      const url = new URL(announceUrl(`${scheme}://tracker/announce`, request));
      expect(url.protocol).toBe(`${scheme}:`);
      expect(Object.fromEntries(url.searchParams)).toEqual({
        info_hash: latin1(HASH),
        peer_id: latin1(ID),
        port: "6881",
        uploaded: "1",
        downloaded: "2",
        left: "3",
        event: "started",
        numwant: "50",
        compact: "1",
        no_peer_id: "1",
        ip: "192.0.2.7",
      });
      expect(parseAnnounceQuery(url.search.slice(1))).toEqual(request);
    }
  });

  it("G7 answers with counts, intervals, an id of its own and peers in either form, or with a reason", () => {
    const rest = "8:completei5e10:incompletei6e8:intervali1800e12:min intervali60e";
    const tail = "10:tracker id3:abc15:warning message5:slow!e";
    const told = { complete: 5, incomplete: 6, interval: 1800, minInterval: 60, trackerId: utf8("abc"), warning: "slow!" };
    const binary = decodeAnnounceAnswer(concatBytes([utf8(`d${rest}5:peers6:`), Uint8Array.of(192, 0, 2, 1, 26, 225), utf8(tail)]));
    expect(binary).toMatchObject({ ...told, peers: [{ address: "192.0.2.1", port: 6881 }] });
    const lists = `5:peersld2:ip9:192.0.2.17:peer id20:${latin1(ID)}4:porti6881eed2:ip11:2001:db8::17:peer id20:${latin1(ID)}4:porti6882eee`;
    expect(decodeAnnounceAnswer(utf8(`d${rest}${lists}${tail}`))).toMatchObject({
      ...told,
      peers: [
        { address: "192.0.2.1", port: 6881, peerId: ID },
        { address: "2001:db8::1", port: 6882, peerId: ID },
      ],
    });
    expect(decodeAnnounceAnswer(utf8("d14:failure reason4:no!!e"))).toEqual({ failure: "no!!" });
  });
});

describe("The peer wire of the slides", () => {
  it("G10 begins with a handshake", () => {
    const handshake = { infoHash: HASH, peerId: ID, features: { extended: false, fast: false, dht: false, v2: false } };
    const bytes = encodeHandshake(handshake);
    expect(latin1(bytes)).toBe(`\x13BitTorrent protocol${"\0".repeat(8)}${latin1(HASH)}${latin1(ID)}`);
    expect(new PeerWire().receive(bytes)).toEqual([{ type: "handshake", ...handshake }]);
  });

  it.each<[string, PeerMessage]>([
    ["00000000", { type: "keep-alive" }],
    ["0000000100", { type: "choke" }],
    ["0000000101", { type: "unchoke" }],
    ["0000000102", { type: "interested" }],
    ["0000000103", { type: "not-interested" }],
    ["000000050400000007", { type: "have", piece: 7 }],
    ["0000000205a0", { type: "bitfield", bytes: Uint8Array.of(0xa0) }],
    ["0000000d06000000010000400000004000", { type: "request", piece: 1, begin: 16_384, length: 16_384 }],
    ["0000000b070000000100004000abcd", { type: "piece", piece: 1, begin: 16_384, block: Uint8Array.of(0xab, 0xcd) }],
    ["0000000d08000000010000400000004000", { type: "cancel", piece: 1, begin: 16_384, length: 16_384 }],
    ["00000003091ae1", { type: "port", port: 6881 }],
  ])("G9 G10 G11 says the same in both directions: %s", (hex, message) => {
    expect(toHex(encodeMessage(message))).toBe(hex);
    const wire = new PeerWire();
    wire.receive(encodeHandshake({ infoHash: HASH, peerId: ID, features: { extended: false, fast: false, dht: false, v2: false } }));
    expect(wire.receive(fromHex(hex) as Uint8Array)).toEqual([message]);
  });
});
