import { describe, expect, it } from "vitest";
import { Bans } from "../peers/ban.ts";
import { Peer } from "../peers/peer.ts";
import type { SessionEvent } from "../session/event.ts";
import { TorrentCore } from "./core.ts";

describe("A proven liar", () => {
  it("is told of once, although each of its false pieces convicts it; another of its address loses its connection as well", () => {
    const events: SessionEvent[] = [];
    const dropped: number[] = [];
    const peers = [1, 2].map(
      (link) => new Peer({ link, remote: { address: "45.0.0.1", port: link }, dialledByUs: true, source: "user", now: 0 }),
    );
    const core = {
      id: 1,
      peers: new Map(peers.map((peer) => [peer.link, peer])),
      context: { bans: new Bans(), drop: ({ link }: Peer) => dropped.push(link) },
      tell: (event: SessionEvent) => events.push(event),
    };
    const punish = (endpoint: string, reason: string): void =>
      TorrentCore.prototype.punish.call(core as unknown as TorrentCore, { endpoint, reason }, 0, []);
    punish("45.0.0.1:1", "sent a false block 0 of piece 3");
    punish("45.0.0.1:1", "sent a false block 0 of piece 7");
    expect(events).toEqual([
      { type: "peer-banned", torrent: 1, peer: { address: "45.0.0.1", port: 1 }, reason: "sent a false block 0 of piece 3" },
    ]);
    expect(new Set(dropped)).toEqual(new Set([1]));
    punish("45.0.0.1:2", "sent a false block 2 of piece 9");
    expect([events.length, dropped.includes(2)]).toEqual([1, true]);
  });
});
