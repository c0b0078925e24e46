/** @module */
import { parseMagnet } from "@bittern/protocol/magnet";
import { describe, expect, it } from "vitest";
import { SessionMachine } from "../session/session.ts";
import type { Settings } from "../session/settings.ts";

const PEERS = [1, 2, 3, 4, 5].map((number) => ({ address: `10.0.0.${number}`, port: 6881 }));

function dialsWith(settings: Partial<Settings>): number {
  const machine = new SessionMachine({ random: { u32: () => 7 }, settings, wallSeconds: () => 0 });
  const source = { type: "magnet", magnet: parseMagnet(`magnet:?xt=urn:btih:${"a".repeat(40)}`) } as const;
  const torrent = 1;
  machine.handle(
    { type: "command", command: { type: "add-torrent", torrent, source, placement: { root: "/r" }, recordKey: "k", peers: PEERS } },
    0,
  );
  return machine.handle({ type: "record-loaded", torrent, bytes: undefined }, 0).filter(({ type }) => type === "connect").length;
}

describe("A torrent that looks for peers", () => {
  it("dials as many as it may have, and no more than it may dial", () => {
    expect(dialsWith({})).toBe(5);
    expect(dialsWith({ peersPerTorrentMax: 3 })).toBe(3);
    expect(dialsWith({ dialPeersMax: 2 })).toBe(2);
  });
});
