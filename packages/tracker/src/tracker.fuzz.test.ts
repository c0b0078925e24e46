import { ProtocolError, utf8 } from "@bittern/protocol/base";
import { fuzz, fuzzCount, seededRandom } from "@bittern/protocol/fuzz";
import { decodeUdpRequest, encodeUdpAnnounce, encodeUdpConnect, encodeUdpScrape, parseAnnounceQuery } from "@bittern/protocol/tracker";
import { describe, expect, it } from "vitest";
import { Announce } from "./announce.ts";
import { AnnounceQuery } from "./http/announce-query.ts";
import { splitAnswers, TrackerSpeaker } from "./testing.ts";

const QUERY = `info_hash=${"%aB1".repeat(10)}&peer_id=-BY0100-abcdefghijkl&port=6881&uploaded=1&downloaded=2&left=3&event=started&key=abc&numwant=5`;
const HASHES = Array.from({ length: 3 }, (_, at) => `info_hash=${`%0${at}`.repeat(20)}`).join("&");
const REQUESTS = [
  `GET /announce?${QUERY} HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n`,
  `GET /announce?${QUERY.replace("started", "stopped")}&ip=1.2.3.4&ipv6=::1 HTTP/1.0\r\nX-Forwarded-For: 1.2.3.4, ::1\r\n\r\n`,
  `HEAD /scrape?${HASHES} HTTP/1.1\r\n\r\nGET /announce?${QUERY}&compact=0 HTTP/1.1\r\n\r\n`,
  `POST /x HTTP/1.1\r\nContent-Length: 3\r\n\r\nabcGET / HTTP/1.1\r\n\r\n`,
].map(utf8);

describe("The tracker, fed with damaged bytes,", () => {
  it("answers every HTTP request with whole answers and stays sound", () => {
    const speaker = new TrackerSpeaker({ proxies: ["192.0.2.1"], torrentsMax: 50, peersMax: 200 }, seededRandom(1));
    let round = 0;
    const tally = fuzz({
      seeds: REQUESTS,
      count: fuzzCount(process.env),
      seed: 1,
      target: (bytes) => {
        const link = speaker.connect(round % 2 === 0 ? "192.0.2.1" : "10.0.0.1");
        // Cut in two somewhere: a parser must not care.
        const cut = bytes.length === 0 ? 0 : (round * 7) % bytes.length;
        speaker.send(link, bytes.subarray(0, cut));
        speaker.send(link, bytes.subarray(cut));
        for (const other of speaker.others.splice(0)) speaker.answer(other.link, 404, {}, utf8("no"));
        speaker.tell("drained", link);
        const sent = speaker.received(link);
        if (!bytes.subarray(0, 4).includes(72)) splitAnswers(sent);
        speaker.tell("unlinked", link);
        if (round++ % 1000 === 0) speaker.machine.check();
        if (sent.length === 0) throw new ProtocolError("SILENT", "no whole request");
      },
    });
    expect(tally.accepted).toBeGreaterThan(1000);
    expect(tally.refused).toBeGreaterThan(100);
    speaker.machine.check();
    expect(speaker.machine.snapshot(speaker.now).links).toBe(0);
  });

  it("reads a query as the protocol room does, or refuses it", () => {
    const reader = new AnnounceQuery("");
    const announce = new Announce();
    fuzz({
      seeds: [utf8(QUERY)],
      count: fuzzCount(process.env),
      seed: 2,
      target: (bytes) => {
        const failure = reader.read(bytes, 0, bytes.length, announce);
        if (failure !== undefined) throw new ProtocolError(failure, "refused");
        let request: ReturnType<typeof parseAnnounceQuery>;
        try {
          request = parseAnnounceQuery(String.fromCharCode(...bytes));
        } catch {
          // It minds what it would pass over: a broken escape in a parameter nobody reads, more pairs than an honest query has.
          return;
        }
        expect([announce.infoHash.bytes, announce.peerId, announce.port]).toEqual([
          Uint8Array.from(request.infoHash),
          Uint8Array.from(request.peerId),
          request.port,
        ]);
      },
    });
  });

  it("answers datagrams with datagrams that are sound, and strangers with no more than came", () => {
    const speaker = new TrackerSpeaker({ torrentsMax: 50, peersMax: 200 }, seededRandom(1));
    const from = { address: "192.0.2.1", port: 4000 };
    const connectionId = speaker.datagram(encodeUdpConnect(1), from)?.slice(8) as Uint8Array;
    const request = { infoHash: new Uint8Array(20), peerId: utf8("-BY0100-abcdefghijkl"), port: 1, uploaded: 0, downloaded: 0, left: 0 };
    fuzz({
      seeds: [
        encodeUdpConnect(1),
        encodeUdpAnnounce({ connectionId, transactionId: 1, request, urlData: "/a?b=c" }),
        encodeUdpScrape({ connectionId, transactionId: 1, infoHashes: [request.infoHash, request.peerId] }),
      ],
      count: fuzzCount(process.env),
      seed: 3,
      target: (bytes) => {
        const answer = speaker.datagram(bytes, from);
        if (answer === undefined) throw new ProtocolError("SILENT", "no answer");
        expect(decodeUdpRequest(bytes).type).not.toBe("malformed");
        const action = answer[3];
        if (action === 0) expect(answer.length).toBeLessThanOrEqual(bytes.length);
        else expect(bytes.subarray(0, 8)).toEqual(connectionId);
      },
    });
    speaker.machine.check();
  });
});
