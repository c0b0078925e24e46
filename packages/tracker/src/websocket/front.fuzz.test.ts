import { concatBytes, latin1, NO_BYTES, utf8 } from "@bittern/protocol/base";
import { fuzz, fuzzCount, seededRandom } from "@bittern/protocol/fuzz";
import { encodeWebSocketFrame, OPCODE } from "@bittern/protocol/websocket";
import { describe, expect, it } from "vitest";
import { TrackerSpeaker } from "../testing.ts";

const MASK = Uint8Array.of(1, 2, 3, 4);
const UPGRADE = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
const HASH = "\u00ff\u0001".repeat(10);
const PEER_ID = "a".repeat(20);
const OFFER_ID = "o".repeat(20);
const OFFER = { type: "offer", sdp: "v=0" };
const MESSAGES = [
  { action: "announce", info_hash: HASH, peer_id: PEER_ID, offers: [{ offer_id: OFFER_ID, offer: OFFER }], event: "completed", left: 0 },
  { action: "announce", info_hash: HASH, peer_id: PEER_ID, to_peer_id: PEER_ID, offer_id: OFFER_ID, answer: OFFER },
  { action: "scrape", info_hash: [HASH] },
].map((message) => utf8(JSON.stringify(message)));

function opened(speaker: TrackerSpeaker): number {
  const link = speaker.connect("192.0.2.1");
  speaker.send(link, `GET / HTTP/1.1\r\nHost: t\r\n${UPGRADE}\r\n`);
  expect(latin1(speaker.received(link))).toMatch(/^HTTP\/1\.1 101 /);
  return link;
}

describe("A tracker over WebSocket", () => {
  it("stays sound whatever damaged messages come, as text or as bytes", () => {
    const speaker = new TrackerSpeaker({ peersMax: 50, sharesSwarms: true }, seededRandom(1));
    let round = 0;
    let link = opened(speaker);
    const target = (bytes: Uint8Array): void => {
      if (round % 50 === 0) {
        speaker.tell("unlinked", link);
        link = opened(speaker);
      }
      const asText = encodeWebSocketFrame(OPCODE.text, bytes, MASK);
      speaker.send(link, round % 3 === 0 ? asText : concatBytes([bytes, encodeWebSocketFrame(OPCODE.ping, NO_BYTES, MASK)]));
      if (speaker.closed.delete(link)) link = opened(speaker);
      else speaker.received(link);
      // And what may come from trackers beside it.
      speaker.hearSignal(bytes);
      speaker.received(link);
      speaker.shared.length = 0;
      if (round++ % 200 === 0) speaker.machine.check();
    };
    fuzz({ seeds: MESSAGES, count: fuzzCount(process.env), seed: 1, target });
    speaker.tell("unlinked", link);
    speaker.machine.check();
    // What trackers beside it are taken to have told is void by then.
    speaker.wait(200_000);
    expect(speaker.machine.snapshot(speaker.now)).toMatchObject({ webSocketPeers: 0, links: 0 });
  });
});
