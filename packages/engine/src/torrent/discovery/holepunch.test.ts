import type { Endpoint } from "@bittern/protocol/address";
import { decodeHolepunch, encodeHolepunch, type HolepunchMessage } from "@bittern/protocol/extension";
import { beforeEach, describe, expect, it } from "vitest";
import { Peer } from "../../peers/peer.ts";
import type { LinkId } from "../../session/ids.ts";
import type { SessionOutput } from "../../session/output.ts";
import { Holepunch } from "./holepunch.ts";

const HIDDEN: Endpoint = { address: "198.51.100.9", port: 6881 };

/** What was said to whom, read as that peer reads it. */
function said(out: readonly SessionOutput[]): { to: LinkId; id: number; message: HolepunchMessage | undefined }[] {
  return out.flatMap((output) => {
    if (output.type !== "send") return [];
    const id = output.bytes[5] as number;
    return [{ to: output.link, id, message: decodeHolepunch(output.bytes.subarray(6)) }];
  });
}

describe("Holepunch", () => {
  const peers = new Map<LinkId, Peer>();
  let dialled: { to: Endpoint; from: Endpoint }[];
  let isEnabled: boolean;
  let punch: Holepunch;

  beforeEach(() => {
    peers.clear();
    dialled = [];
    isEnabled = true;
    punch = new Holepunch({
      isEnabled: () => isEnabled,
      peers,
      dial: (to, from) => dialled.push({ to, from }),
    });
  });

  function peerAt(link: LinkId, holepunch = 7, remote: Endpoint = { address: `203.0.113.${link}`, port: 1000 }): Peer {
    const peer = new Peer({ link, remote, dialledByUs: true, source: "tracker", now: 0 });
    peer.extensions.holepunch = holepunch;
    peers.set(link, peer);
    return peer;
  }

  function hear(peer: Peer, message: HolepunchMessage, now = 0): SessionOutput[] {
    const out: SessionOutput[] = [];
    punch.heard(peer, encodeHolepunch(message), now, out);
    return out;
  }

  it("asks the peer that named a hidden one", () => {
    peerAt(1);
    peerAt(2, 9);
    const out: SessionOutput[] = [];
    punch.seek([{ endpoint: HIDDEN, namedBy: "203.0.113.2:1000" }], out);
    expect(said(out)).toEqual([{ to: 2, id: 9, message: { type: "rendezvous", endpoint: HIDDEN } }]);
  });

  it("asks nobody who does not take part or is gone", () => {
    peerAt(1, 0);
    const out: SessionOutput[] = [];
    punch.seek([{ endpoint: HIDDEN, namedBy: "203.0.113.1:1000" }], out);
    punch.seek([{ endpoint: HIDDEN, namedBy: "203.0.113.8:1000" }], out);
    expect(out).toEqual([]);
  });

  it("tells both sides of each other", () => {
    const asking = peerAt(1);
    const target = peerAt(2, 9);
    target.endpoint = { ...target.remote, port: 6881 };
    expect(said(hear(asking, { type: "rendezvous", endpoint: target.endpoint }))).toEqual([
      { to: 1, id: 7, message: { type: "connect", endpoint: target.endpoint } },
      { to: 2, id: 9, message: { type: "connect", endpoint: asking.endpoint } },
    ]);
  });

  it("says why it cannot", () => {
    const asking = peerAt(1);
    const mute = peerAt(2, 0);
    const errors = [HIDDEN, mute.remote, asking.remote].map((endpoint) => said(hear(asking, { type: "rendezvous", endpoint }))[0]?.message);
    expect(errors).toEqual([
      { type: "error", endpoint: HIDDEN, error: "not-connected" },
      { type: "error", endpoint: mute.remote, error: "no-support" },
      { type: "error", endpoint: asking.remote, error: "no-such-peer" },
    ]);
  });

  it("does not answer who does not take part, nor while it is turned off", () => {
    const mute = peerAt(1, 0);
    peerAt(2);
    expect(hear(mute, { type: "rendezvous", endpoint: HIDDEN })).toEqual([]);
    isEnabled = false;
    expect(hear(peerAt(3), { type: "rendezvous", endpoint: HIDDEN })).toEqual([]);
  });

  it("dials when it is told to, unless the peer is here", () => {
    const relay = peerAt(1);
    const other = peerAt(2);
    hear(relay, { type: "connect", endpoint: HIDDEN });
    hear(relay, { type: "connect", endpoint: other.remote });
    expect(dialled).toEqual([{ to: HIDDEN, from: relay.remote }]);
  });

  it("is not made to dial without end", () => {
    const relay = peerAt(1);
    for (let port = 1; port <= 1000; port++) hear(relay, { type: "connect", endpoint: { ...HIDDEN, port } });
    expect(dialled).toHaveLength(20);
    hear(relay, { type: "connect", endpoint: HIDDEN }, 60_000);
    expect(dialled).toHaveLength(21);
  });
});
