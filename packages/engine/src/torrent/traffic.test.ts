import { BLOCK_LENGTH, ProtocolError } from "@bittern/protocol/base";
import { describe, expect, it } from "vitest";
import { Peer } from "../peers/peer.ts";
import { Meter } from "../rate/meter.ts";
import type { TorrentCore } from "./core.ts";
import type { BlockArrival } from "./download/requests.ts";
import { Traffic } from "./traffic.ts";

/** What is counted of a block that is taken so. */
function countedOf(type: BlockArrival["type"]): readonly [torrent: number, peer: number, wasted: number] {
  const peer = new Peer({ link: 1, remote: { address: "10.0.0.1", port: 1 }, dialledByUs: false, source: "incoming", now: 0 });
  const core = {
    down: new Meter(),
    wasted: 0,
    body: { requests: { contentLength: (_piece: number, _begin: number, length: number) => length, receive: () => ({ type }) } },
  };
  const traffic = new Traffic(core as unknown as TorrentCore);
  traffic.blockArrived(peer, { type: "piece", piece: 0, begin: 0, block: new Uint8Array(BLOCK_LENGTH) }, 0, []);
  return [core.down.total, peer.down.total, core.wasted];
}

describe("A block that arrives", () => {
  it("counts as downloaded when it was asked for, and as wasted too when that was taken back", () => {
    expect(countedOf("taken")).toEqual([BLOCK_LENGTH, BLOCK_LENGTH, 0]);
    expect(countedOf("wasted")).toEqual([BLOCK_LENGTH, BLOCK_LENGTH, BLOCK_LENGTH]);
  });

  it("is no download when nobody asked: a stranger sent one to a seed, whose ratio was then over that block", () => {
    expect(countedOf("unasked")).toEqual([0, 0, BLOCK_LENGTH]);
    expect(() => countedOf("flood")).toThrow(ProtocolError);
  });
});
