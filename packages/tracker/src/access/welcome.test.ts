/** @module */
import { latin1 } from "@bittern/protocol/base";
import { seededRandom } from "@bittern/protocol/fuzz";
import { decodeUdpAnswer, encodeUdpAnnounce, encodeUdpConnect } from "@bittern/protocol/tracker";
import { describe, expect, it } from "vitest";
import { splitAnswers, TrackerSpeaker } from "../testing.ts";

const ANNOUNCE = `/announce?info_hash=${"%07".repeat(20)}&peer_id=${"x".repeat(20)}&port=1001&uploaded=1&downloaded=2&left=3&event=started`;
const request = (target: string) => `GET ${target} HTTP/1.1\r\nHost: t\r\n\r\n`;
const speaker = (settings = {}) => new TrackerSpeaker({ asksWelcome: true, ...settings }, seededRandom(1));

describe("Announces that somebody decides on", () => {
  it("wait for their verdict over HTTP, and those behind them in the order they came", () => {
    const tracker = speaker();
    const link = tracker.connect("192.0.2.1");
    tracker.send(
      link,
      request(`/scrape?info_hash=${"%07".repeat(20)}`) + request(ANNOUNCE.replace("/announce", "/word/announce")) + request(ANNOUNCE),
    );
    expect(splitAnswers(tracker.received(link))).toHaveLength(1);
    expect(tracker.paused.has(link)).toBe(true);
    expect(tracker.asked.map(({ about }) => about)).toEqual([
      {
        infoHash: new Uint8Array(20).fill(7),
        peerId: new Uint8Array(20).fill(120),
        address: "192.0.2.1",
        port: 1001,
        uploaded: 1,
        downloaded: 2,
        left: 3,
        credential: "word",
        event: "started",
      },
    ]);
    tracker.tellWelcome(1, undefined);
    const [first] = splitAnswers(tracker.received(link));
    expect(latin1(first?.body ?? new Uint8Array(0))).toContain("8:completei0e");
    expect(tracker.asked).toHaveLength(2);
    tracker.tellWelcome(2, "your ratio is too low");
    const [second] = splitAnswers(tracker.received(link));
    expect(latin1(second?.body ?? new Uint8Array(0))).toBe("d14:failure reason21:your ratio is too lowe");
    expect(tracker.paused.has(link)).toBe(false);
    tracker.tellWelcome(2, undefined);
    expect(tracker.received(link)).toHaveLength(0);
  });

  it("wait, ten thousand of them, and one more is told that there are too many", () => {
    const tracker = speaker({ linksMax: 20_000 });
    const ask = (): ReturnType<typeof tracker.connect> => {
      const link = tracker.connect("192.0.2.1");
      tracker.send(link, request(ANNOUNCE));
      return link;
    };
    for (let count = 0; count < 10_000; count++) ask();
    expect(tracker.asked).toHaveLength(10_000);
    const [refused] = splitAnswers(tracker.received(ask()));
    expect([tracker.asked.length, latin1(refused?.body ?? new Uint8Array(0))]).toEqual([10_000, expect.stringContaining("failure reason")]);
  });

  it("wait over UDP too, and nobody else does", () => {
    const tracker = speaker();
    const from = { address: "192.0.2.1", port: 4000 };
    const connectionId = (tracker.datagram(encodeUdpConnect(1), from) as Uint8Array).slice(8);
    const announce = encodeUdpAnnounce({
      connectionId,
      transactionId: 5,
      request: { infoHash: new Uint8Array(20), peerId: new Uint8Array(20), port: 1, uploaded: 0, downloaded: 0, left: 1, numwant: 0 },
    });
    expect(tracker.datagram(announce, from)).toBeUndefined();
    announce.fill(0);
    expect(tracker.datagram(encodeUdpConnect(2), from)).toBeDefined();
    tracker.tellWelcome(1, undefined);
    expect(decodeUdpAnswer(tracker.lastDatagram as Uint8Array, "ipv4")).toMatchObject({ type: "announced", transactionId: 5 });
    expect(tracker.machine.snapshot(tracker.now).peers.all).toBe(1);
  });

  it("are forgotten with a client that went, and with one that waited too long", () => {
    const tracker = speaker();
    const [gone, late] = [tracker.connect("192.0.2.1"), tracker.connect("192.0.2.2")];
    tracker.send(gone, request(ANNOUNCE));
    tracker.tell("unlinked", gone);
    tracker.tellWelcome(1, undefined);
    tracker.send(late, request(ANNOUNCE));
    tracker.wait(25_000);
    expect(tracker.closed.has(late)).toBe(true);
    tracker.tellWelcome(2, undefined);
    expect(tracker.machine.snapshot(tracker.now).peers.all).toBe(0);
    tracker.machine.check();
  });

  it("are asked about after everything else has let them in", () => {
    const tracker = speaker({ torrentPolicy: "allow-list" });
    expect(latin1(tracker.get("192.0.2.1", ANNOUNCE).body)).toContain("not allowed");
    expect(tracker.asked).toHaveLength(0);
  });
});
