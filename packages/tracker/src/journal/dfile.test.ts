import { latin1, ProtocolError, utf8 } from "@bittern/protocol/base";
import { BencodeDictionary, decode, encode } from "@bittern/protocol/bencode";
import { fuzz, fuzzCount, seededRandom } from "@bittern/protocol/fuzz";
import { describe, expect, it } from "vitest";
import { TrackerSpeaker } from "../testing.ts";
import { dfileToJournal } from "./dfile.ts";

const HASH = "\u0001".repeat(20);
const SEEDER = { ip: "192.0.2.1", port: 6881, left: 0, nat: 0, key: "deadbeef" };
const LEECHER = { ip: "2001:db8::1", port: 6882, left: 1, nat: 0 };

/** As the classic tracker writes it. */
const DFILE = encode({
  completed: new Map([[HASH, 7]]),
  peers: new Map([
    [
      HASH,
      new Map([
        ["-XX0001-abcdefghijkl", SEEDER],
        ["-XX0001-bcdefghijklm", LEECHER],
      ]),
    ],
    ["\u0002".repeat(20), new Map()],
  ]),
});

function started(dfile: Uint8Array): TrackerSpeaker {
  const speaker = new TrackerSpeaker({ keepsJournal: true }, seededRandom(1));
  speaker.openJournal(dfileToJournal(dfile, speaker.wallSeconds, seededRandom(2)));
  speaker.machine.check();
  return speaker;
}

describe("A dfile", () => {
  it("of the classic tracker fills ours", () => {
    const speaker = started(DFILE);
    expect(speaker.machine.snapshot(0)).toMatchObject({ seeds: 1, downloaders: 1, peers: { ipv4: 1, ipv6: 1 } });
    const scrape = latin1(speaker.get("192.0.2.9", `/scrape?info_hash=${"%01".repeat(20)}`).body);
    expect(scrape).toContain("8:completei1e10:downloadedi7e11:downloadersi1e10:incompletei1e");
  });

  it("may have the older form, without counts", () => {
    const bare = encode(new Map([[HASH, new Map([["-XX0001-abcdefghijkl", SEEDER]])]]));
    expect(started(bare).machine.snapshot(0)).toMatchObject({ seeds: 1 });
  });

  it("comes out as it went in", () => {
    const written = started(DFILE).machine.dfile();
    const peers = (decode(written) as BencodeDictionary).dictionary("peers")?.dictionary(HASH);
    expect((decode(written) as BencodeDictionary).dictionary("completed")?.integer(HASH)).toBe(7);
    for (const [id, peer] of [
      ["-XX0001-abcdefghijkl", SEEDER],
      ["-XX0001-bcdefghijklm", LEECHER],
    ] as const) {
      const found = peers?.dictionary(id);
      expect([found?.text("ip"), found?.integer("port"), found?.integer("left")]).toEqual([peer.ip, peer.port, peer.left]);
    }
    expect(peers?.dictionary("-XX0001-abcdefghijkl")?.text("key")).toBe("deadbeef");
  });

  it("loses only the entries that make no sense", () => {
    const odd = new Map<string, Parameters<typeof encode>[0]>([
      ["-XX0001-abcdefghijkl", SEEDER],
      ["too short", SEEDER],
      ["-XX0001-000000000001", { ...SEEDER, port: 0 }],
      ["-XX0001-000000000002", { ...SEEDER, ip: "tracker.example" }],
      ["-XX0001-000000000003", "no dictionary"],
    ]);
    const dfile = encode({
      completed: new Map([["short", 3]]),
      peers: new Map([
        [HASH, odd],
        ["short", odd],
      ] as const),
    });
    expect(started(dfile).machine.snapshot(0)).toMatchObject({ peers: { all: 1 }, torrents: 1 });
  });

  it("is refused when it is none, and never breaks anything", () => {
    for (const bytes of [utf8("le"), utf8("nonsense"), new Uint8Array(0)]) {
      expect(() => dfileToJournal(bytes, 1, seededRandom(1))).toThrow(ProtocolError);
    }
    expect(decode(DFILE)).toBeInstanceOf(BencodeDictionary);
    fuzz({
      seeds: [DFILE],
      count: Math.min(4000, fuzzCount(process.env)),
      seed: 1,
      target: (bytes) => void dfileToJournal(bytes, 1, seededRandom(1)),
    });
  });
});
