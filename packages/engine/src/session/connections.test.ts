import { fromHex, KIB, MIB } from "@bittern/protocol/base";
import { parseMagnet } from "@bittern/protocol/magnet";
import { encodeHandshake } from "@bittern/protocol/peer";
import { expect, it } from "vitest";
import { SessionMachine } from "./session.ts";

const INFO_HASH = "00112233445566778899aabbccddeeff00112233";
/** Prefix and id of a bitfield as long as one may be, for a torrent whose pieces nobody knows yet. */
const FIELD_HEAD = [0, 4, 0, 1, 5];

it("A peer whose message has begun and does not end is let go once all of them keep more than there is memory for", () => {
  const machine = new SessionMachine({ random: { u32: () => 7 }, settings: { receivedLengthMax: MIB }, wallSeconds: () => 0 });
  const magnet = parseMagnet(`magnet:?xt=urn:btih:${INFO_HASH}`);
  const placement = { root: "/data" };
  machine.handle(
    { type: "command", command: { type: "add-torrent", torrent: 1, source: { type: "magnet", magnet }, placement, recordKey: "a" } },
    0,
  );
  machine.handle({ type: "record-loaded", torrent: 1, bytes: undefined }, 0);
  const dropped: number[] = [];
  const begin = (link: number): void => {
    const remote = { address: `10.0.0.${link}`, port: 6881 };
    machine.handle({ type: "accepted", link: -link, remote }, 0);
    const infoHash = fromHex(INFO_HASH) as Uint8Array;
    const peerId = new Uint8Array(20).fill(link);
    const features = { extended: false, fast: true, dht: false, v2: false };
    machine.handle({ type: "bytes", link: -link, bytes: encodeHandshake({ infoHash, peerId, features }) }, 0);
    const bytes = new Uint8Array(200 * KIB);
    bytes.set(FIELD_HEAD);
    for (const output of machine.handle({ type: "bytes", link: -link, bytes }, 0))
      if (output.type === "close-link") dropped.push(output.link);
  };
  for (let link = 1; link <= 5; link++) begin(link);
  expect(dropped).toEqual([]);
  begin(6);
  expect(dropped).toEqual([-6]);
  // What it kept is free again, and so is what another one leaves behind.
  machine.handle({ type: "closed", link: -1, fault: undefined }, 0);
  begin(7);
  expect(dropped).toEqual([-6]);
});
