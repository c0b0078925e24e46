import { constants, deflateRawSync, gunzipSync } from "node:zlib";
import { latin1 } from "@bittern/protocol/base";
import { seededRandom } from "@bittern/protocol/fuzz";
import { describe, expect, it } from "vitest";
import { Access } from "../access/access.ts";
import { Announcer } from "../announcer.ts";
import { type TrackerSettings, trackerSettings } from "../settings.ts";
import { paired } from "../swarms/keyed-hash.ts";
import { TrackerSpeaker } from "../testing.ts";
import { AnswerBuffer } from "./answer-buffer.ts";
import { Answers, SCRAPED_LENGTH_MAX } from "./answers.ts";
import {
  ADDRESS_OWN_SCRAPES_MAX,
  ADDRESS_SCRAPES_MAX,
  FULL_SCRAPES_MAX,
  FullScrapes,
  OWN_SCRAPES_MAX,
  READ_MILLIS,
  SHARED_LENGTH_MAX,
  SHARED_MILLIS,
} from "./full-scrapes.ts";

const GZIP = "Accept-Encoding: gzip\r\n";

/** A tracker that knows `count` torrents, and says how many parts it compressed. */
function tracker(count: number, settings: Partial<TrackerSettings> = {}) {
  let packed = 0;
  const deflate = (bytes: Uint8Array) => {
    packed++;
    return deflateRawSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH });
  };
  const speaker = new TrackerSpeaker({ deflate, peersGiven: 0, ...settings }, seededRandom(1));
  const announce = (torrent: number) =>
    speaker.get("192.0.2.1", `/announce?info_hash=${String(torrent).padStart(20, "0")}&peer_id=-BY0100-012345678901&port=5&left=5`);
  for (let torrent = 0; torrent < count; torrent++) announce(torrent);
  packed = 0;
  return { speaker, announce, packed: () => packed };
}

/** Begins a scrape that is not read on. */
function begin(speaker: TrackerSpeaker, headers = "", address = "192.0.2.9"): number {
  const link = speaker.connect(address);
  speaker.send(link, `GET /scrape HTTP/1.1\r\nConnection: close\r\n${headers}\r\n`);
  return link;
}

describe("Full scrapes", () => {
  it("are made once for all who ask within half a minute, and anew for who comes later", () => {
    const { speaker, announce, packed } = tracker(1000);
    const first = gunzipSync(speaker.get("192.0.2.9", "/scrape", GZIP).body);
    const parts = packed();
    expect(parts).toBeGreaterThan(2);
    announce(1000);
    const isSame = () => gunzipSync(speaker.get("192.0.2.9", "/scrape", GZIP).body).equals(first);
    for (let asker = 0; asker < 20; asker++) expect(isSame()).toBe(true);
    expect(packed()).toBe(parts);
    expect(latin1(first).match(/8:complete/g)?.length).toBe(1000);
    speaker.wait(SHARED_MILLIS);
    const anew = latin1(gunzipSync(speaker.get("192.0.2.9", "/scrape", GZIP).body));
    expect([anew.match(/8:complete/g)?.length, packed()]).toEqual([1001, 2 * parts]);
  });

  it("are the same to who joins in their midst, compressed or not", () => {
    const { speaker } = tracker(1000);
    for (const headers of ["", GZIP]) {
      begin(speaker, headers);
      const link = begin(speaker, headers);
      speaker.tell("drained", link);
      const { body } = speaker.get("192.0.2.1", "/scrape", headers);
      const text = latin1(headers === GZIP ? gunzipSync(body) : body);
      expect(text.match(/8:complete/g)?.length).toBe(1000);
    }
  });

  it("are of now where they are made in no time", () => {
    const { speaker, announce } = tracker(3);
    const count = () => latin1(speaker.get("192.0.2.9", "/scrape").body).match(/8:complete/g)?.length;
    expect(count()).toBe(3);
    announce(3);
    expect(count()).toBe(4);
  });

  it("are read by 32 at once, and there is room again when one has left", () => {
    const { speaker } = tracker(1000);
    const links = Array.from({ length: FULL_SCRAPES_MAX }, (_, asker) => begin(speaker, "", `198.51.100.${asker}`));
    const refused = speaker.get("192.0.2.1", "/scrape");
    expect(latin1(refused.body)).toBe("d14:failure reason29:too many full scrapes at once8:retry ini1ee");
    speaker.tell("unlinked", links[0] as number);
    expect(latin1(speaker.get("192.0.2.1", "/scrape").body)).toContain("5:files");
  });

  it("are made for four at once where they depend on who asks", () => {
    const { speaker } = tracker(1000);
    const infoHash = new Uint8Array(20).fill(0x30);
    speaker.machine.handle({ type: "command", command: { type: "set-secret", infoHash, secret: "s3cret" } }, speaker.now);
    for (let asker = 0; asker < OWN_SCRAPES_MAX; asker++) begin(speaker, "", `198.51.100.${asker}`);
    expect(latin1(speaker.get("192.0.2.1", "/scrape").body)).toContain("at once");
  });

  // One host with 32 connections that it did not read from kept everybody else from a full scrape, for five minutes a time.
  it("are read by four of one address, or one /64, so that nobody holds all places", () => {
    const { speaker } = tracker(1000, { proxies: ["10.0.0.1"] });
    const answerTo = (address: string, headers = "") => latin1(speaker.get(address, "/scrape", headers).body);
    for (const [first, neighbour, stranger] of [
      ["192.0.2.9", "192.0.2.9", "192.0.2.8"],
      ["2001:db8:0:1::1", "2001:db8:0:1::2", "2001:db8:0:2::1"],
    ] as const) {
      const links = Array.from({ length: ADDRESS_SCRAPES_MAX }, () => begin(speaker, "", first));
      expect(answerTo(neighbour)).toContain("too many full scrapes at once");
      expect(answerTo(stranger)).toContain("5:files");
      // Behind a proxy the client counts, not the proxy.
      expect(answerTo("10.0.0.1", `X-Forwarded-For: ${neighbour}\r\n`)).toContain("too many full scrapes at once");
      expect(answerTo("10.0.0.1", `X-Forwarded-For: ${stranger}\r\n`)).toContain("5:files");
      speaker.tell("unlinked", links[0] as number);
      expect(answerTo(neighbour)).toContain("5:files");
    }
  });

  it("are made for one of an address at once where they depend on who asks", () => {
    const { speaker } = tracker(1000);
    const infoHash = new Uint8Array(20).fill(0x30);
    speaker.machine.handle({ type: "command", command: { type: "set-secret", infoHash, secret: "s3cret" } }, speaker.now);
    for (let asker = 0; asker < ADDRESS_OWN_SCRAPES_MAX; asker++) begin(speaker);
    expect(latin1(speaker.get("192.0.2.9", "/scrape").body)).toContain("at once");
    expect(latin1(speaker.get("192.0.2.8", "/scrape").body)).toContain("5:files");
  });

  it("end with who has not read one after five minutes, however busily it reads", () => {
    const { speaker } = tracker(1200, { nameOf: () => "n".repeat(255) });
    const link = begin(speaker);
    const closedAt = speaker.now + READ_MILLIS;
    for (let step = 0; step < 12; step++) {
      speaker.wait(25_000);
      if (speaker.now < closedAt) expect(speaker.closed.has(link)).toBe(false);
      speaker.tell("drained", link);
    }
    expect(speaker.closed.has(link)).toBe(true);
  });

  it("are kept up to 32 MiB, and two of a form: what is read by nobody goes, what is read slowly keeps a third from being made", () => {
    const torrents = Math.floor(SHARED_LENGTH_MAX / SCRAPED_LENGTH_MAX);
    const settings = trackerSettings({ keepsPeerIds: false, nameOf: () => undefined });
    const announcer = new Announcer(settings, seededRandom(1));
    const source = { answers: new Answers(new AnswerBuffer(), settings), announcer, access: new Access(settings, seededRandom(1)) };
    const key = paired(20);
    const admit = (from: number, to: number) => {
      for (let torrent = from; torrent < to; torrent++) {
        new DataView(key.bytes.buffer, key.bytes.byteOffset).setUint32(0, torrent);
        announcer.swarms.admit(key, 0);
      }
    };
    admit(0, torrents);
    const scrapes = new FullScrapes(source, settings);
    const wish = { credential: "", isChunked: true, isPacked: false };
    let asker = 0;
    const ask = (now: number) => scrapes.begin({ ...wish, address: Uint8Array.of(192, 0, 2, asker++) }, now);
    const [first, late] = [ask(0), ask(SHARED_MILLIS - 1)];
    expect(late?.scrape).toBe(first?.scrape);
    const second = ask(SHARED_MILLIS);
    expect(second?.scrape).not.toBe(first?.scrape);
    expect(ask(10 * SHARED_MILLIS)?.scrape).toBe(second?.scrape);
    for (const reader of [first, late]) if (reader !== undefined) scrapes.end(reader);
    scrapes.tick(10 * SHARED_MILLIS);
    expect(ask(10 * SHARED_MILLIS)?.scrape).not.toBe(second?.scrape);
    admit(torrents, torrents + 1);
    expect(ask(10 * SHARED_MILLIS)?.scrape.kind).toBe("own");
  });
});
