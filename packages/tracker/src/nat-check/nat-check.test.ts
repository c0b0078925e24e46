import { concatBytes, utf8 } from "@bittern/protocol/base";
import { seededRandom } from "@bittern/protocol/fuzz";
import { type AnnounceRequest, type AnnounceSuccess, announceUrl, decodeAnnounceAnswer } from "@bittern/protocol/tracker";
import { describe, expect, it } from "vitest";
import type { TrackerSettings } from "../settings.ts";
import { TrackerSpeaker } from "../testing.ts";

const HASH = new Uint8Array(20).fill(1);
const ID = utf8("-BY0100-abcdefghijkl");
const REQUEST: AnnounceRequest = { infoHash: HASH, peerId: ID, port: 6881, uploaded: 0, downloaded: 0, left: 100 };

function tracker(settings: Partial<TrackerSettings> = {}): TrackerSpeaker {
  return new TrackerSpeaker({ natCheckTries: 3, ...settings }, seededRandom(1));
}

function announce(speaker: TrackerSpeaker, address: string, request: Partial<AnnounceRequest> = {}): AnnounceSuccess {
  const answer = decodeAnnounceAnswer(speaker.get(address, announceUrl("/announce", { ...REQUEST, ...request })).body);
  if ("failure" in answer) throw new Error(answer.failure);
  speaker.machine.check();
  return answer;
}

function handshake(infoHash = HASH, peerId = ID): Uint8Array {
  return concatBytes([utf8("\u0013BitTorrent protocol"), new Uint8Array(8), infoHash, peerId]);
}

/** A peer that announces and answers its dial as it should. */
function reach(speaker: TrackerSpeaker, address: string, port: number): void {
  announce(speaker, address, { port });
  const [dial] = [...speaker.dials].at(-1) as [number, unknown];
  speaker.tellDial(dial, "dialled");
  speaker.sendDial(dial, handshake());
}

describe("A NAT check", () => {
  it("dials the peer where it announced from, says the start of a handshake, and expects the right id", () => {
    const speaker = tracker();
    announce(speaker, "192.0.2.1");
    expect([...speaker.dials.values()]).toMatchObject([{ to: { address: "192.0.2.1", port: 6881 } }]);
    speaker.tellDial(1, "dialled");
    expect(speaker.dials.get(1)?.sent).toEqual(handshake().subarray(0, 48));
    const answer = handshake();
    speaker.sendDial(1, answer.subarray(0, 30));
    speaker.sendDial(1, concatBytes([answer.subarray(30), utf8("and a bitfield")]));
    expect(speaker.dials.get(1)?.isOpen).toBe(false);
    expect(speaker.machine.snapshot(0).natCheck).toEqual({ dials: 1, reached: 1 });
    announce(speaker, "192.0.2.1");
    expect(speaker.dials.size).toBe(1);
  });

  it("gives out first who was reached, and in the classic way nobody else", () => {
    for (const givesUnreached of [true, false]) {
      const speaker = tracker({ givesUnreached });
      for (let peer = 1; peer <= 20; peer++) announce(speaker, `192.0.2.${peer}`, { port: 1000 + peer });
      for (let peer = 21; peer <= 24; peer++) reach(speaker, `192.0.2.${peer}`, 2000 + peer);
      const ports = announce(speaker, "192.0.2.99", { numwant: 8 }).peers.map(({ port }) => port);
      expect(ports.slice(0, 4).toSorted((left, right) => left - right)).toEqual([2021, 2022, 2023, 2024]);
      expect(ports.length).toBe(givesUnreached ? 8 : 4);
    }
  });

  it("tries three times, one an announce, and again when the peer begins anew", () => {
    const speaker = tracker();
    for (let round = 1; round <= 5; round++) {
      announce(speaker, "192.0.2.1");
      expect(speaker.dials.size).toBe(Math.min(round, 3));
      speaker.tellDial(speaker.dials.size, "dial-ended");
      speaker.now += 20_000;
    }
    announce(speaker, "192.0.2.1", { event: "started" });
    expect(speaker.dials.size).toBe(4);
  });

  it.each([
    ["somebody else's id", handshake(HASH, utf8("-BY0100-000000000000"))],
    ["another torrent", handshake(new Uint8Array(20), ID)],
    ["no BitTorrent", utf8("HTTP/1.1 400 Bad Request\r\n".repeat(5))],
  ])("does not take %s for an answer", (_, bytes) => {
    const speaker = tracker();
    announce(speaker, "192.0.2.1");
    speaker.tellDial(1, "dialled");
    speaker.sendDial(1, bytes);
    expect(speaker.dials.get(1)?.isOpen).toBe(false);
    expect(speaker.machine.snapshot(0).natCheck.reached).toBe(0);
  });

  it("gives up on a peer that says nothing", () => {
    const speaker = tracker();
    announce(speaker, "192.0.2.1");
    speaker.tellDial(1, "dialled");
    speaker.wait(14_000);
    expect(speaker.dials.get(1)?.isOpen).toBe(true);
    speaker.wait(2000);
    expect(speaker.dials.get(1)?.isOpen).toBe(false);
    speaker.sendDial(1, handshake());
    expect(speaker.machine.snapshot(0).natCheck.reached).toBe(0);
  });

  it("cannot be aimed at others: no named address, no port below 1024, few dials to an address, few at once", () => {
    const speaker = tracker();
    announce(speaker, "192.168.0.1", { ip: "8.8.8.8" });
    announce(speaker, "192.0.2.1", { port: 80 });
    announce(speaker, "192.0.2.1", { event: "stopped" });
    expect(speaker.dials.size).toBe(0);
    for (let port = 2000; port < 2050; port++) announce(speaker, "192.0.2.1", { port });
    expect(speaker.dials.size).toBe(6);
    for (let peer = 0; peer < 100; peer++) announce(speaker, `198.51.100.${peer}`);
    expect([...speaker.dials.values()].filter(({ isOpen }) => isOpen).length).toBe(64);
  });

  it("keeps what it knows while peers move about", () => {
    const speaker = tracker({ givesUnreached: false });
    for (let peer = 0; peer < 120; peer++) {
      if (peer % 10 === 0) reach(speaker, `192.0.${peer}.1`, 3000 + peer);
      else announce(speaker, `192.0.${peer}.1`, { port: 1100 + peer, left: peer % 3 });
      speaker.wait(1000);
    }
    for (let peer = 0; peer < 120; peer += 3)
      announce(speaker, `192.0.${peer}.1`, { port: (peer % 10 === 0 ? 3000 : 1100) + peer, left: 0 });
    for (let peer = 1; peer < 60; peer += 2) announce(speaker, `192.0.${peer}.1`, { port: 1100 + peer, event: "stopped" });
    const ports = announce(speaker, "203.0.113.9", { numwant: 100 }).peers.map(({ port }) => port);
    expect(ports.toSorted((left, right) => left - right)).toEqual(Array.from({ length: 12 }, (_, at) => 3000 + 10 * at));
  });
});
