import { fromHex, KIB, MIB, type Millis } from "@bittern/protocol/base";
import { encodeExtensionHandshake } from "@bittern/protocol/extension";
import { parseMagnet } from "@bittern/protocol/magnet";
import { encodeHandshake, encodeMessage, PeerWire } from "@bittern/protocol/peer";
import { describe, expect, it } from "vitest";
import type { Command } from "./command.ts";
import type { SessionInput } from "./input.ts";
import type { SessionOutput } from "./output.ts";
import { SessionMachine } from "./session.ts";
import type { Settings } from "./settings.ts";

const INFO_HASH = "00112233445566778899aabbccddeeff00112233";
/** Prefix and id of a bitfield as long as one may be, for a torrent whose pieces nobody knows yet. */
const FIELD_HEAD = [0, 4, 0, 1, 5];

/** A session with one magnet link, and strangers who come to it. */
class Stage {
  readonly machine: SessionMachine;

  constructor(settings: Partial<Settings> = {}) {
    this.machine = new SessionMachine({ random: { u32: () => 7 }, settings, wallSeconds: () => 0 });
    const magnet = parseMagnet(`magnet:?xt=urn:btih:${INFO_HASH}`);
    this.command({ type: "add-torrent", torrent: 1, source: { type: "magnet", magnet }, placement: { root: "/data" }, recordKey: "a" });
    this.give({ type: "record-loaded", torrent: 1, bytes: undefined });
  }

  give(input: SessionInput, now: Millis = 0): readonly SessionOutput[] {
    return this.machine.handle(input, now);
  }

  command(command: Command, now: Millis = 0): readonly SessionOutput[] {
    return this.give({ type: "command", command }, now);
  }

  come(link: number, now: Millis = 0): readonly SessionOutput[] {
    return this.give({ type: "accepted", link: -link, remote: { address: `10.0.0.${link}`, port: 50_000 }, transport: "tcp" }, now);
  }

  /** Comes and tells which torrent it wants. */
  join(link: number): readonly SessionOutput[] {
    this.come(link);
    const infoHash = fromHex(INFO_HASH) as Uint8Array;
    const features = { extended: true, fast: true, dht: false, v2: false };
    return this.say(link, encodeHandshake({ infoHash, peerId: new Uint8Array(20).fill(link), features }));
  }

  say(link: number, bytes: Uint8Array): readonly SessionOutput[] {
    return this.give({ type: "bytes", link: -link, bytes });
  }
}

const closedBy = (outputs: readonly SessionOutput[]): readonly number[] =>
  outputs.flatMap((output) => (output.type === "close-link" ? [Math.abs(output.link)] : []));

describe("Connections", () => {
  it("let go of a peer whose message has begun and does not end once all keep more than there is memory for", () => {
    const stage = new Stage({ receivedLengthMax: MIB });
    const begin = (link: number): readonly number[] => {
      stage.join(link);
      const bytes = new Uint8Array(200 * KIB);
      bytes.set(FIELD_HEAD);
      return closedBy(stage.say(link, bytes));
    };
    expect([1, 2, 3, 4, 5].flatMap(begin)).toEqual([]);
    expect(begin(6)).toEqual([6]);
    // What it kept is free again, and so is what another one leaves behind.
    stage.give({ type: "closed", link: -1, fault: undefined });
    expect(begin(7)).toEqual([]);
  });

  it("are 500 in all, whatever a torrent may have, and a place that is left is free", () => {
    const stage = new Stage({ peersPerTorrentMax: 1000 });
    const join = (link: number): readonly number[] => {
      const remote = { address: `10.${link >> 8}.${link & 255}.1`, port: 50_000 };
      const accepted = stage.give({ type: "accepted", link: -link, remote, transport: "tcp" });
      const features = { extended: true, fast: true, dht: false, v2: false };
      const peerId = new Uint8Array(20);
      peerId.set([link >> 8, link & 255]);
      return closedBy([...accepted, ...stage.say(link, encodeHandshake({ infoHash: fromHex(INFO_HASH) as Uint8Array, peerId, features }))]);
    };
    expect(Array.from({ length: 500 }, (_, at) => join(at + 1)).flat()).toEqual([]);
    expect(join(501)).toEqual([501]);
    stage.give({ type: "closed", link: -7, fault: undefined });
    expect(join(502)).toEqual([]);
  });

  it("let go of a peer that is silent for 130 seconds", () => {
    const stage = new Stage();
    stage.join(1);
    const goneBy = (now: Millis): readonly number[] => {
      const gone: number[] = [];
      for (let due = stage.machine.deadline ?? now; due <= now; due = stage.machine.deadline ?? now + 1) {
        gone.push(...closedBy(stage.give({ type: "tick" }, due)));
      }
      return gone;
    };
    expect(goneBy(130_000)).toEqual([]);
    expect(goneBy(132_000)).toEqual([1]);
  });

  it("let go of whoever names no torrent in ten seconds, also while others keep coming", () => {
    const stage = new Stage();
    const gone: string[] = [];
    for (let second = 0; second <= 28; second++) {
      const now = second * 1000;
      if (second % 9 === 0) stage.come(1 + second / 9, now);
      if ((stage.machine.deadline ?? Number.POSITIVE_INFINITY) > now) continue;
      for (const link of closedBy(stage.give({ type: "tick" }, now))) gone.push(`${link} after ${second} s`);
    }
    expect(gone).toEqual(["1 after 10 s", "2 after 19 s", "3 after 28 s"]);
  });

  it("give one global address a share of their places, and a private one all of them", () => {
    const comeFrom = (address: string, count: number): number => {
      const stage = new Stage();
      let refused = 0;
      for (let link = 1; link <= count; link++)
        refused += closedBy(
          stage.give({ type: "accepted", link: -link, remote: { address, port: 1000 + link }, transport: "tcp" }, 0),
        ).length;
      return refused;
    };
    expect(comeFrom("45.0.0.1", 20)).toBe(4);
    expect(comeFrom("10.0.0.1", 20)).toBe(0);
  });

  it("have 256 places for those who name no torrent, wherever they come from, and a place that is left is free", () => {
    const stage = new Stage();
    const come = (link: number): readonly number[] => {
      const remote = { address: `45.0.${link >> 8}.${link & 255}`, port: 50_000 };
      return closedBy(stage.give({ type: "accepted", link: -link, remote, transport: "tcp" }));
    };
    const first = Array.from({ length: 256 }, (_, at) => at + 1);
    expect(first.flatMap(come)).toEqual([]);
    expect(come(257)).toEqual([257]);
    stage.give({ type: "closed", link: -1, fault: undefined });
    expect(come(258)).toEqual([]);
    expect(come(259)).toEqual([259]);
  });

  it("answer a handshake that ends before its peer id, as the NAT check of classic trackers does", () => {
    const stage = new Stage();
    const infoHash = fromHex(INFO_HASH) as Uint8Array;
    const features = { extended: true, fast: true, dht: false, v2: false };
    const bytes = encodeHandshake({ infoHash, peerId: new Uint8Array(20).fill(1), features });
    const sent = (outputs: readonly SessionOutput[]): number => outputs.filter(({ type }) => type === "send").length;
    stage.come(1);
    expect(sent(stage.say(1, bytes.subarray(0, 47)))).toBe(0);
    const [answer] = stage.say(1, bytes.subarray(47, 48));
    if (answer?.type !== "send") expect.fail("nothing was sent");
    const [shaken] = new PeerWire().receive(answer.bytes);
    expect(shaken).toMatchObject({ type: "handshake", infoHash });
    expect(sent(stage.say(1, bytes.subarray(48, 60)))).toBe(0);
    // Whoever goes on is a peer like any other, and hears no second handshake.
    const greeting = stage.say(1, bytes.subarray(60)).flatMap((output) => (output.type === "send" ? [output.bytes] : []));
    expect(greeting.map(([first]) => first)).not.toContain(19);
    expect(greeting.length).toBeGreaterThan(0);
  });

  it("do not answer one for a torrent that is not here", () => {
    const stage = new Stage();
    const features = { extended: true, fast: true, dht: false, v2: false };
    const bytes = encodeHandshake({ infoHash: new Uint8Array(20), peerId: new Uint8Array(20), features });
    stage.come(1);
    expect(stage.say(1, bytes.subarray(0, 48))).toEqual([]);
    expect(closedBy(stage.say(1, bytes.subarray(48)))).toEqual([1]);
  });

  it("take the first port that a peer says it listens at, and forget it when the peer is gone", () => {
    const stage = new Stage();
    stage.join(1);
    for (let port = 1000; port < 1100; port++) {
      const payload = encodeExtensionHandshake({ messages: new Map(), port });
      stage.say(1, encodeMessage({ type: "extended", id: 0, payload }));
    }
    stage.give({ type: "closed", link: -1, fault: undefined });
    const peers = [1000, 1001, 1099].map((port) => ({ address: "10.0.0.1", port }));
    const dials = stage.command({ type: "add-peers", torrent: 1, peers });
    expect(dials.filter(({ type }) => type === "connect")).toHaveLength(3);
  });
});
