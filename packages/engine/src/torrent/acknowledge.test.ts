import { beforeEach, describe, expect, it } from "vitest";
import { Peer } from "../peers/peer.ts";
import type { SessionOutput } from "../session/output.ts";
import { acknowledge } from "./acknowledge.ts";

const KEEP_ALIVE: SessionOutput = { type: "send", link: 1, bytes: new Uint8Array(4) };

describe("a word back", () => {
  let out: SessionOutput[];
  let peer: Peer;

  beforeEach(() => {
    out = [];
    peer = new Peer({ link: 1, remote: { address: "10.0.0.1", port: 1 }, dialledByUs: false, source: "incoming", now: 0 });
    peer.isChokedByUs = false;
    peer.uploads.servedAt = 1000;
    peer.uploads.hasAnnounced = true;
  });

  it("goes to a downloader that announces a piece when all it asked for has left", () => {
    acknowledge(peer, 1040, out);
    expect(out).toEqual([KEEP_ALIVE]);
  });

  it("goes once, and not for what is no announcement: two clients would go on for ever", () => {
    acknowledge(peer, 1040, out);
    acknowledge(peer, 1041, out);
    expect(out).toEqual([KEEP_ALIVE]);
  });

  it("is not needed by who is told something else in the same turn", () => {
    out.push({ type: "send-blocks", link: 1, torrent: 1, blocks: [] });
    acknowledge(peer, 1040, out);
    expect(out).toHaveLength(1);
  });

  it("is not needed while blocks leave or wait", () => {
    peer.uploads.inFlight = 16_384;
    acknowledge(peer, 1040, out);
    expect(out).toEqual([]);
  });

  it("is not needed by who downloads nothing from us", () => {
    acknowledge(peer, 60_000, out);
    expect(out).toEqual([]);
  });
});
