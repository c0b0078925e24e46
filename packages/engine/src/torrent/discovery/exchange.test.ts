import { formatEndpoint } from "@bittern/protocol/address";
import { Bitfield, ProtocolError } from "@bittern/protocol/base";
import { decodePex, type ExchangedPeer, encodePex, type ReceivedPexMessage } from "@bittern/protocol/extension";
import { beforeEach, describe, expect, it } from "vitest";
import { Peer } from "../../peers/peer.ts";
import type { SessionOutput } from "../../session/output.ts";
import { PeerExchange } from "./exchange.ts";

/** Length prefix, id of BEP 10, id of the extension. */
const HEADER_LENGTH = 6;
const MINUTE = 60_000;

describe("Peer exchange", () => {
  let exchange: PeerExchange;
  let isPrivate: boolean;
  let isEnabled: boolean;
  let isUploadOnly: boolean;
  let linkCount: number;

  beforeEach(() => {
    isPrivate = false;
    isEnabled = true;
    isUploadOnly = false;
    linkCount = 0;
    exchange = new PeerExchange({ isPrivate: () => isPrivate, isUploadOnly: () => isUploadOnly, isEnabled: () => isEnabled });
  });

  /** A peer that we dialled, and that speaks of peers. */
  function join(address = `45.0.${linkCount >> 8}.${linkCount & 255}`, dialledByUs = true): Peer {
    linkCount++;
    const remote = { address, port: dialledByUs ? 6881 : 50_000 };
    const peer = new Peer({ link: linkCount, remote, dialledByUs, source: "tracker", now: 0 });
    peer.extensions.exchange = 7;
    exchange.learn(peer, 0);
    return peer;
  }

  /** What each peer is told now. */
  function tell(now: number): Map<Peer["link"], ReceivedPexMessage> {
    const out: SessionOutput[] = [];
    exchange.tick(now, out);
    const told = new Map<Peer["link"], ReceivedPexMessage>();
    for (const output of out) if (output.type === "send") told.set(output.link, decodePex(output.bytes.subarray(HEADER_LENGTH)));
    return told;
  }
  const added = (message: ReceivedPexMessage | undefined): string[] => (message?.added ?? []).map(formatEndpoint);
  const dropped = (message: ReceivedPexMessage | undefined): string[] => (message?.dropped ?? []).map(formatEndpoint);

  it("tells a newcomer of the others, and the others of the newcomer, but nobody of itself", () => {
    const [one, two] = [join(), join()];
    const told = tell(1000);
    expect(added(told.get(one.link))).toEqual(["45.0.0.1:6881"]);
    expect(added(told.get(two.link))).toEqual(["45.0.0.0:6881"]);
    const [known] = told.get(one.link)?.added ?? [];
    expect(known).toMatchObject({ reachable: true, uploadOnly: false });
  });

  it("speaks once a minute, of news only, and also of who is gone", () => {
    const [one, two] = [join(), join()];
    tell(1000);
    const three = join();
    expect(tell(30_000).has(one.link)).toBe(false);
    exchange.left(two);
    const told = tell(1000 + MINUTE);
    expect(added(told.get(one.link))).toEqual([formatEndpoint(three.remote)]);
    expect(dropped(told.get(one.link))).toEqual([formatEndpoint(two.remote)]);
    expect(tell(1000 + 2 * MINUTE).has(one.link)).toBe(false);
  });

  it("says nothing of who came and went between two messages", () => {
    const one = join();
    join();
    tell(1000);
    exchange.left(join());
    expect(tell(1000 + MINUTE).has(one.link)).toBe(false);
  });

  it("names who came to us only once it said where it listens", () => {
    const one = join();
    const two = join("45.0.9.9", false);
    expect(tell(1000).has(one.link)).toBe(false);
    two.endpoint = { address: "45.0.9.9", port: 6999 };
    exchange.learn(two, 2000);
    const [known] = tell(10_000).get(one.link)?.added ?? [];
    expect(known).toMatchObject({ address: "45.0.9.9", port: 6999, reachable: false });
  });

  it("tells nobody on the internet of our own network, and our own network of both", () => {
    const abroad = join("45.0.0.1");
    const home = join("192.168.1.2");
    join("192.168.1.3");
    const told = tell(1000);
    expect(told.has(abroad.link)).toBe(false);
    expect(added(told.get(home.link))).toEqual(["45.0.0.1:6881", "192.168.1.3:6881"]);
  });

  it("does not tell seeds of seeds", () => {
    const [one, two, three] = [join(), join(), join()];
    one.pieces = Bitfield.full(4);
    two.isUploadOnly = true;
    const told = tell(1000);
    expect(added(told.get(one.link))).toEqual([formatEndpoint(three.remote)]);
    expect(told.get(three.link)?.added.map(({ uploadOnly }) => uploadOnly)).toEqual([true, true]);
  });

  it("names fifty at a time, a hundred in all, and in a crowd not the same to everybody", () => {
    const peers = Array.from({ length: 400 }, () => join());
    const first = tell(1000);
    for (const message of first.values()) expect(message.added).toHaveLength(50);
    const named = new Set([...first.values()].flatMap(added));
    expect(named.size).toBe(peers.length);
    for (let minute = 1; minute < 10; minute++) {
      const later = tell(1000 + minute * MINUTE);
      expect(later.size).toBe(minute === 1 ? peers.length : 0);
    }
  });

  it("takes fifty of a message, and no seeds when it has no use for them", () => {
    const peer = join();
    const many = Array.from({ length: 120 }, (_, index): ExchangedPeer => {
      const flags = { prefersEncryption: false, utp: false, holepunch: false, reachable: true };
      return { address: `46.0.0.${index}`, port: 6881, uploadOnly: index % 2 === 0, ...flags };
    });
    const payload = encodePex({ added: many, dropped: [] });
    expect(exchange.heard(peer, payload, 0)).toHaveLength(50);
    isUploadOnly = true;
    expect(exchange.heard(peer, encodePex({ added: many.slice(0, 50), dropped: [] }), MINUTE)).toHaveLength(25);
  });

  it("ignores who speaks too soon, and lets it go the third time", () => {
    const peer = join();
    const payload = encodePex({ added: [], dropped: [] });
    exchange.heard(peer, payload, 0);
    exchange.heard(peer, payload, 46_000);
    exchange.heard(peer, payload, 47_000);
    exchange.heard(peer, payload, 48_000);
    expect(() => exchange.heard(peer, payload, 49_000)).toThrow(ProtocolError);
  });

  it("is silent and deaf where a torrent is private, or the user wants none", () => {
    const peer = join();
    join();
    const flags = { prefersEncryption: false, uploadOnly: false, utp: false, holepunch: false, reachable: true };
    const payload = encodePex({ added: [{ address: "46.0.0.1", port: 1, ...flags }], dropped: [] });
    for (const [privately, enabled] of [
      [true, true],
      [false, false],
    ] as const) {
      isPrivate = privately;
      isEnabled = enabled;
      expect(exchange.isAllowed).toBe(false);
      expect(tell(1000).size).toBe(0);
      expect(exchange.heard(peer, payload, 0)).toEqual([]);
    }
  });
});
