import { concatBytes, fromLatin1, latin1, NO_BYTES, utf8 } from "@bittern/protocol/base";
import { seededRandom } from "@bittern/protocol/fuzz";
import { encodeWebSocketClose, encodeWebSocketFrame, encodeWebSocketText, OPCODE, WebSocketReader } from "@bittern/protocol/websocket";
import { describe, expect, it } from "vitest";
import type { TrackerSettings } from "../settings.ts";
import { splitAnswers, TrackerSpeaker } from "../testing.ts";
import { PEERS_PER_LINK_MAX } from "./announces.ts";

const MASK = Uint8Array.of(1, 2, 3, 4);
const HASH = "\u00ff\u0001".repeat(10);
const UPGRADE =
  "Connection: keep-alive, Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
const OFFER = { type: "offer", sdp: "v=0" };

type Signal = Readonly<Record<string, unknown>>;

/** A peer with a WebSocket of its own. */
class Peer {
  readonly link: number;
  readonly peerId: string;
  readonly #speaker: TrackerSpeaker;
  readonly #reader = new WebSocketReader({ messageLengthMax: 1_000_000, isServer: false });
  kinds: string[] = [];

  constructor(speaker: TrackerSpeaker, name: string, address = "192.0.2.1", target = "/") {
    this.#speaker = speaker;
    this.peerId = name.padEnd(20, "-");
    this.link = speaker.connect(address);
    speaker.send(this.link, `GET ${target} HTTP/1.1\r\nHost: t\r\n${UPGRADE}\r\n`);
    expect(latin1(speaker.received(this.link))).toMatch(/^HTTP\/1\.1 101 [^]*Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK\+xOo=\r\n\r\n$/);
  }

  say(message: Signal): Signal[] {
    this.#speaker.send(this.link, encodeWebSocketText(JSON.stringify(message), MASK));
    return this.heard();
  }

  announce(more: Signal = {}): Signal[] {
    return this.say({ action: "announce", info_hash: HASH, peer_id: this.peerId, left: 5, ...more });
  }

  offers(count: number): { offers: Signal[] } {
    return {
      offers: Array.from({ length: count }, (_, at) => ({ offer_id: `${this.peerId.slice(0, 3)}${at}`.padEnd(20, "o"), offer: OFFER })),
    };
  }

  /** The messages since the last call. */
  heard(): Signal[] {
    const messages = this.#reader.push(this.#speaker.received(this.link));
    this.kinds = messages.map(({ type }) => type);
    return messages.flatMap((message) => (message.type === "text" ? [JSON.parse(message.text) as Signal] : []));
  }
}

function tracker(settings: Partial<TrackerSettings> = {}): TrackerSpeaker {
  return new TrackerSpeaker(settings, seededRandom(1));
}

describe("A tracker over WebSocket", () => {
  it("passes an offer to another peer, and its answer back", () => {
    const speaker = tracker();
    const [one, two] = [new Peer(speaker, "one"), new Peer(speaker, "two", "192.0.2.2")];
    expect(one.announce(one.offers(3))).toEqual([{ action: "announce", info_hash: HASH, interval: 120, complete: 0, incomplete: 1 }]);
    expect(two.announce(two.offers(3))).toEqual([{ action: "announce", info_hash: HASH, interval: 120, complete: 0, incomplete: 2 }]);
    const [offered, ...others] = one.heard();
    expect([offered, others]).toEqual([
      { action: "announce", info_hash: HASH, peer_id: two.peerId, offer_id: "two0".padEnd(20, "o"), offer: OFFER },
      [],
    ]);
    const answer = { type: "answer", sdp: "yes" };
    expect(one.announce({ answer, to_peer_id: two.peerId, offer_id: offered?.["offer_id"] })).toEqual([]);
    expect(two.heard()).toEqual([{ action: "announce", info_hash: HASH, peer_id: one.peerId, offer_id: offered?.["offer_id"], answer }]);
    speaker.machine.check();
    expect(speaker.machine.snapshot(speaker.now)).toMatchObject({
      webSocketPeers: 2,
      webSocketSeeds: 0,
      peers: { all: 2, ipv4: 0, ipv6: 0 },
      counts: { announces: { websocket: 2 } },
    });
  });

  it("gives each offer to one peer, seeds none from seeds, and nobody its own", () => {
    const speaker = tracker();
    const seeds = Array.from({ length: 4 }, (_, at) => new Peer(speaker, `seed${at}`));
    for (const seed of seeds) seed.announce({ left: 0 });
    const partial = new Peer(speaker, "partial");
    partial.announce({ event: "paused" });
    const peers = Array.from({ length: 6 }, (_, at) => new Peer(speaker, `peer${at}`));
    for (const peer of peers) expect(peer.announce()).toHaveLength(1);
    const all = [...seeds, partial, ...peers];
    seeds[0]?.announce({ left: 0, ...seeds[0].offers(10) });
    expect(all.map((peer) => peer.heard().length)).toEqual([0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1]);
    expect(peers[0]?.announce(peers[0].offers(10))).toHaveLength(1);
    expect(all.map((peer) => peer.heard().length)).toEqual([1, 1, 1, 1, 1, 0, 1, 1, 1, 1, 1]);
    peers[1]?.announce(peers[1].offers(3));
    expect(all.flatMap((peer) => peer.heard())).toHaveLength(3);
    expect(peers[0]?.announce()).toMatchObject([{ complete: 4, incomplete: 7 }]);
  });

  it("lets a peer go when it stops, and when its connection ends, in whatever way", () => {
    const speaker = tracker();
    const peers = Array.from({ length: 5 }, (_, at) => new Peer(speaker, `peer${at}`, `192.0.2.${at + 1}`));
    const [stopping, leaving, closing, damaging, staying] = peers as [Peer, Peer, Peer, Peer, Peer];
    for (const peer of peers) peer.announce();
    expect(stopping.announce({ event: "stopped" })).toMatchObject([{ incomplete: 4 }]);
    speaker.tell("unlinked", leaving.link);
    speaker.send(closing.link, encodeWebSocketClose(1001, MASK));
    closing.heard();
    expect([closing.kinds, speaker.closed.has(closing.link)]).toEqual([["close"], true]);
    speaker.send(damaging.link, encodeWebSocketText("no mask"));
    expect(speaker.closed.has(damaging.link)).toBe(true);
    speaker.machine.check();
    expect(staying.announce()).toMatchObject([{ incomplete: 1 }]);
  });

  it("counts completions once, where those of other peers are counted", () => {
    const speaker = tracker();
    const peer = new Peer(speaker, "peer");
    peer.announce();
    for (let twice = 0; twice < 2; twice++) peer.announce({ left: 0, event: "completed" });
    const other = "\u0002".repeat(20);
    expect(peer.say({ action: "scrape", info_hash: [HASH, other] })).toEqual([
      {
        action: "scrape",
        files: { [HASH]: { complete: 1, incomplete: 0, downloaded: 1 }, [other]: { complete: 0, incomplete: 0, downloaded: 0 } },
        flags: { min_request_interval: 60 },
      },
    ]);
  });

  it("tells other trackers of completions, and nothing of its peers, whom they could not reach", () => {
    const speaker = tracker({ sharesSwarms: true });
    const peer = new Peer(speaker, "peer");
    peer.announce();
    for (let twice = 0; twice < 2; twice++) peer.announce({ left: 0, event: "completed" });
    speaker.wait(1000);
    const infoHash = Uint8Array.from(HASH, (letter) => letter.charCodeAt(0));
    expect(speaker.shared.filter(({ type }) => type === "share-completed")).toEqual([
      { type: "share-completed", infoHash, known: undefined },
    ]);
  });

  it("does not let a peer id be taken over from elsewhere, and does from the same address", () => {
    const speaker = tracker();
    const peer = new Peer(speaker, "peer");
    peer.announce();
    expect(new Peer(speaker, "peer", "192.0.2.66").announce()).toMatchObject([
      { action: "announce", "failure reason": expect.stringContaining("peer_id") },
    ]);
    expect(new Peer(speaker, "peer").announce()).toMatchObject([{ incomplete: 1 }]);
    speaker.tell("unlinked", peer.link);
    expect(new Peer(speaker, "watcher").announce()).toMatchObject([{ incomplete: 2 }]);
    speaker.machine.check();
  });

  it("passes on nothing from who is not in the swarm, or under another's name", () => {
    const speaker = tracker();
    const [inside, outside] = [new Peer(speaker, "inside"), new Peer(speaker, "outside")];
    inside.announce();
    const answer = { answer: { type: "answer", sdp: "x" }, to_peer_id: inside.peerId, offer_id: "o".repeat(20) };
    outside.announce(answer);
    outside.announce();
    outside.announce({ ...answer, peer_id: inside.peerId });
    outside.announce({ ...answer, to_peer_id: "nobody".padEnd(20, "-") });
    expect(inside.heard()).toEqual([]);
  });

  it("obeys the same rules of access", () => {
    const closed = tracker({ admits: () => false, warning: "soon over" });
    expect(new Peer(closed, "a").announce()).toMatchObject([
      { action: "announce", info_hash: HASH, "failure reason": "this torrent is not allowed here" },
    ]);
    const open = tracker({ warning: "soon over", scrapes: "none" });
    const peer = new Peer(open, "a");
    expect(peer.announce()).toMatchObject([{ "warning message": "soon over" }]);
    expect(peer.say({ action: "scrape", info_hash: HASH })).toMatchObject([{ action: "scrape", "failure reason": expect.any(String) }]);
    expect(new Peer(tracker({ scrapes: "named" }), "a").say({ action: "scrape" })).toMatchObject([
      { "failure reason": expect.stringContaining("full scrape") },
    ]);
    const secret = tracker({ isPrivate: true });
    secret.machine.handle({ type: "command", command: { type: "set-user", passKey: "swordfish" } }, secret.now);
    expect(new Peer(secret, "a").announce()).toMatchObject([{ "failure reason": expect.stringContaining("pass key") }]);
    expect(new Peer(secret, "b", "192.0.2.1", "/swordfish/announce").announce()).toMatchObject([{ incomplete: 1 }]);
  });

  it("tells of all its swarms, up to what fits a message", () => {
    const speaker = tracker();
    const peer = new Peer(speaker, "peer");
    const hashes = Array.from({ length: 400 }, (_, at) => String(at).padEnd(20, "h"));
    for (const hash of hashes) peer.announce({ info_hash: hash });
    const [answer] = peer.say({ action: "scrape" });
    expect(Object.keys(answer?.["files"] as object).toSorted()).toEqual(hashes.toSorted());
    peer.announce({ info_hash: "one too many".padEnd(20, "h") });
    expect(peer.say({ action: "scrape" })).toMatchObject([{ "failure reason": expect.stringContaining("full scrape") }]);
  });

  // The totals left out the peers over WebSockets that each swarm's numbers counted: 12 downloaders, of which one swarm had 32.
  it("counts its peers in the totals, which are the sums of the swarms, and completions for all", () => {
    const speaker = tracker();
    const { machine } = speaker;
    const [seed, partial, other] = [new Peer(speaker, "seed"), new Peer(speaker, "partial"), new Peer(speaker, "other")];
    seed.announce({ left: 0 });
    partial.announce({ event: "paused" });
    other.announce();
    other.announce({ event: "completed", left: 0 });
    const query = `info_hash=${"%ff%01".repeat(10)}`;
    const overHttp = (rest: string) =>
      latin1(speaker.get("192.0.2.9", `/announce?${query}&peer_id=${"x".repeat(20)}&port=1001${rest}`).body);
    overHttp("&left=1");
    // Whoever comes over HTTP cannot reach a browser: he is told of those alone that he can.
    expect(overHttp("&left=0&event=completed")).toMatch(/8:completei1e10:downloadedi2e.*10:incompletei0e/s);
    expect(latin1(speaker.get("192.0.2.9", `/scrape?${query}`).body)).toMatch(/8:completei1e10:downloadedi2e.*10:incompletei0e/s);
    expect(seed.say({ action: "scrape", info_hash: HASH })).toMatchObject([
      { files: { [HASH]: { complete: 2, incomplete: 1, downloaded: 2 } } },
    ]);
    const { peers, seeds, partialSeeds, downloaders, webSocketPeers, webSocketSeeds, completed } = machine.snapshot(speaker.now);
    expect({ seeds, partialSeeds, downloaders, completed }).toEqual({ seeds: 3, partialSeeds: 1, downloaders: 0, completed: 2 });
    expect({ peers, webSocketPeers, webSocketSeeds }).toEqual({
      peers: { all: 4, ipv4: 1, ipv6: 0 },
      webSocketPeers: 3,
      webSocketSeeds: 2,
    });
    expect(machine.torrents(0, 10).torrents).toMatchObject([{ seeds, partialSeeds, downloaders, completed }]);
    machine.check();
  });

  // A torrent that was taken off the list went, and its peers over WebSockets went on meeting in it.
  it("lets everybody go whose torrent is forgotten, and takes back who announces again", () => {
    const speaker = tracker();
    const { machine } = speaker;
    const [one, other] = [new Peer(speaker, "one"), new Peer(speaker, "other")];
    one.announce();
    other.announce({ left: 0 });
    machine.handle({ type: "command", command: { type: "forget-torrent", infoHash: fromLatin1(HASH) } }, speaker.now);
    expect(machine.snapshot(speaker.now)).toMatchObject({ torrents: 0, peers: { all: 0 }, seeds: 0, links: 2 });
    machine.check();
    expect(one.announce(one.offers(2))).toMatchObject([{ complete: 0, incomplete: 1 }]);
    expect(other.heard()).toEqual([]);
    machine.check();
  });

  it("has its peers in the lists, and its torrents as long as they have any", () => {
    const speaker = tracker();
    const { machine } = speaker;
    const [seed, other] = [new Peer(speaker, "seed"), new Peer(speaker, "other")];
    seed.announce({ left: 0 });
    other.announce();
    const counts = { seeds: 1, downloaders: 1, partialSeeds: 0, completed: 0 };
    expect(machine.torrents(0, 10).torrents).toMatchObject([counts]);
    const ranking = machine.ranking({ by: "peers", count: 10 });
    ranking.step(1000);
    expect(ranking.summaries()).toMatchObject([counts]);
    speaker.wait(70_000);
    other.announce({ event: "completed", left: 0 });
    expect(machine.torrents(0, 10).torrents).toMatchObject([{ ...counts, seeds: 2, downloaders: 0, completed: 1 }]);
    expect(machine.snapshot(speaker.now)).toMatchObject({ torrents: 1, peers: { all: 2 }, webSocketPeers: 2, completed: 1 });
    machine.check();
  });

  it("scrapes all of 400 swarms, and is asked by name where there are more", () => {
    const speaker = tracker();
    const peer = new Peer(speaker, "peer");
    const all = () => peer.say({ action: "scrape" })[0] as { files?: Signal };
    for (let at = 0; at < 400; at++) peer.announce({ info_hash: String(at).padStart(20, "0") });
    expect(Object.keys(all().files ?? {}).length).toBe(400);
    peer.announce({ info_hash: "one more".padEnd(20) });
    expect(all()).toMatchObject({ "failure reason": expect.any(String) });
  });

  it("hears a message of 64 KiB, and ends with who says a byte more", () => {
    const speaker = tracker();
    const said = (length: number): string => JSON.stringify({ action: "x" }).padEnd(length, " ");
    const peer = new Peer(speaker, "peer");
    speaker.send(peer.link, encodeWebSocketText(said(65_536), MASK));
    peer.heard();
    expect([peer.kinds, speaker.closed.has(peer.link)]).toEqual([["text"], false]);
    speaker.send(peer.link, encodeWebSocketText(said(65_537), MASK));
    peer.heard();
    expect([peer.kinds, speaker.closed.has(peer.link)]).toEqual([["close"], true]);
  });

  it("says what is wrong with a message and goes on", () => {
    const speaker = tracker();
    const peer = new Peer(speaker, "peer");
    expect(peer.say({ action: "announce", info_hash: "short" })).toEqual([
      { "failure reason": "info_hash must be 20 characters, one for each byte" },
    ]);
    expect(peer.announce()).toHaveLength(1);
    speaker.send(peer.link, encodeWebSocketFrame(OPCODE.ping, utf8("?"), MASK));
    peer.heard();
    expect(peer.kinds).toEqual(["pong"]);
    speaker.send(peer.link, encodeWebSocketFrame(OPCODE.binary, utf8("?"), MASK));
    peer.heard();
    expect([peer.kinds, speaker.closed.has(peer.link)]).toEqual([["close"], true]);
  });

  it("asks who is silent whether it is there, and lets go of who is not", () => {
    const speaker = tracker();
    const [here, gone] = [new Peer(speaker, "here"), new Peer(speaker, "gone")];
    for (const peer of [here, gone]) peer.announce();
    speaker.wait(61_000);
    for (const peer of [here, gone]) {
      peer.heard();
      expect(peer.kinds).toEqual(["ping"]);
    }
    speaker.send(here.link, encodeWebSocketFrame(OPCODE.pong, NO_BYTES, MASK));
    speaker.wait(61_000);
    expect(speaker.closed).toEqual(new Set([gone.link]));
    expect(here.announce()).toMatchObject([{ incomplete: 1 }]);
  });

  it("lets go of who does not read, and of who is silent longest where there are too many", () => {
    const speaker = tracker({ linksMax: 2 });
    const [deaf, second] = [new Peer(speaker, "deaf"), new Peer(speaker, "second")];
    deaf.announce();
    speaker.tell("stalled", deaf.link);
    expect(speaker.closed).toEqual(new Set([deaf.link]));
    const third = new Peer(speaker, "third");
    third.announce();
    const fourth = new Peer(speaker, "fourth");
    expect(speaker.closed).toEqual(new Set([deaf.link, second.link]));
    expect(fourth.announce()).toMatchObject([{ incomplete: 2 }]);
  });

  it("may be several peers on one connection, as where two programs share it, in a bounded number", () => {
    const speaker = tracker();
    const peer = new Peer(speaker, "peer");
    peer.announce();
    const renamed = peer.announce({ peer_id: "renamed".padEnd(20, "-"), ...peer.offers(3) });
    expect([renamed.length, renamed[0]?.["incomplete"], renamed[1]?.["peer_id"]]).toEqual([2, 2, "renamed".padEnd(20, "-")]);
    for (let at = 2; at < PEERS_PER_LINK_MAX; at++) peer.announce({ info_hash: String(at).padStart(20, "0") });
    expect(peer.announce({ info_hash: "x".repeat(20) })).toMatchObject([{ "failure reason": "the tracker is full" }]);
    expect(speaker.machine.snapshot(speaker.now).webSocketPeers).toBe(PEERS_PER_LINK_MAX);
    speaker.tell("unlinked", peer.link);
    speaker.machine.check();
    expect(speaker.machine.snapshot(speaker.now)).toMatchObject({ webSocketPeers: 0, links: 0 });
  });

  it("takes what comes behind the request, and bytes however they are cut", () => {
    const speaker = tracker();
    const link = speaker.connect("192.0.2.1");
    const message = encodeWebSocketText(JSON.stringify({ action: "announce", info_hash: HASH, peer_id: "x".repeat(20) }), MASK);
    const all = concatBytes([utf8(`GET /announce HTTP/1.1\r\n${UPGRADE}\r\n`), message, message]);
    for (let at = 0; at < all.length; at += 7) speaker.send(link, all.subarray(at, at + 7));
    expect(latin1(speaker.received(link)).split('"interval":120')).toHaveLength(3);
  });

  it.each([
    ["another version", UPGRADE.replace("13", "8"), 426],
    ["no key", UPGRADE.replace("Key", "Quay"), 400],
    ["a short key", UPGRADE.replace("dGhl", ""), 400],
    ["no word of it in Connection", UPGRADE.replace("Upgrade\r\n", "close\r\n"), 400],
    ["a body", `${UPGRADE}Content-Length: 3\r\n`, 400],
  ])("refuses a handshake with %s", (_, headers, status) => {
    const speaker = tracker();
    const link = speaker.connect("192.0.2.1");
    speaker.send(link, `GET / HTTP/1.1\r\n${headers}\r\nabc`);
    expect([splitAnswers(speaker.received(link))[0]?.status, speaker.closed.has(link)]).toEqual([status, true]);
  });

  it("knows whom a configured proxy names", () => {
    const speaker = tracker({ proxies: ["10.0.0.1"] });
    const link = speaker.connect("10.0.0.1");
    speaker.send(link, `GET / HTTP/1.1\r\nX-Forwarded-For: 2001:db8::7\r\n${UPGRADE}\r\n`);
    speaker.received(link);
    speaker.send(link, encodeWebSocketText(JSON.stringify({ action: "announce", info_hash: HASH, peer_id: "x".repeat(20) }), MASK));
    expect(speaker.machine.snapshot(speaker.now).counts.announcesByFamily).toEqual({ ipv4: 0, ipv6: 1 });
  });

  it("passes offers that find nobody here to peers of the trackers beside it, and their answers back", () => {
    const [first, second] = [tracker({ sharesSwarms: true }), new TrackerSpeaker({ sharesSwarms: true }, seededRandom(2))];
    const carry = (from: TrackerSpeaker, to: TrackerSpeaker): void => {
      for (const said of from.shared.splice(0)) if (said.type === "share-signal") to.hearSignal(said.bytes);
    };
    const [one, near, far] = [new Peer(first, "one"), new Peer(first, "near"), new Peer(second, "far")];
    for (const peer of [near, far]) peer.announce();
    carry(first, second);
    expect(one.announce(one.offers(3))).toMatchObject([{ incomplete: 2 }]);
    expect(near.heard()).toMatchObject([{ offer_id: "one0".padEnd(20, "o"), offer: OFFER }]);
    carry(first, second);
    const [offered, ...others] = far.heard();
    expect([offered, others]).toEqual([
      { action: "announce", info_hash: HASH, peer_id: one.peerId, offer_id: "one1".padEnd(20, "o"), offer: OFFER },
      [],
    ]);
    const answer = { type: "answer", sdp: "yes" };
    expect(far.announce({ answer, to_peer_id: one.peerId, offer_id: offered?.["offer_id"] })).toEqual([]);
    carry(second, first);
    expect(one.heard()).toEqual([{ action: "announce", info_hash: HASH, peer_id: far.peerId, offer_id: offered?.["offer_id"], answer }]);
    // Enough peers here, or a farewell, is nobody else's business; nor is an answer in a name that is not its own.
    one.announce(one.offers(1));
    one.announce({ event: "stopped" });
    one.announce({ answer, to_peer_id: far.peerId, offer_id: "o".repeat(20) });
    expect(first.shared).toEqual([]);
    expect(tracker().shared).toEqual([]);
  });

  // With a store, each tracker told a browser of its own peers alone: a swarm of a hundred seemed to have thirty.
  it("counts the peers of all trackers that share its swarms, until they go or their tracker does", () => {
    const trackers = [
      tracker({ sharesSwarms: true }),
      ...[2, 3].map((seed) => new TrackerSpeaker({ sharesSwarms: true }, seededRandom(seed))),
    ];
    const [first, second, late] = trackers as [TrackerSpeaker, TrackerSpeaker, TrackerSpeaker];
    const carry = (among: readonly TrackerSpeaker[]): void => {
      for (const from of among) {
        for (const said of from.shared.splice(0)) {
          if (said.type === "share-signal") for (const to of among) if (to !== from) to.hearSignal(said.bytes);
        }
      }
    };
    const pass = (millis: number, among: readonly TrackerSpeaker[]): void => {
      for (let passed = 0; passed < millis; passed += 1000) {
        for (const speaker of among) speaker.wait(1000);
        carry(among);
      }
    };
    const both = [first, second];
    const [one, far, farSeed] = [new Peer(first, "one"), new Peer(second, "far"), new Peer(second, "seed")];
    one.announce();
    far.announce();
    farSeed.announce({ left: 0 });
    pass(2000, both);
    expect(one.announce()).toMatchObject([{ complete: 1, incomplete: 2 }]);
    expect(far.announce()).toMatchObject([{ complete: 1, incomplete: 2 }]);
    expect(one.say({ action: "scrape", info_hash: HASH })).toMatchObject([{ files: { [HASH]: { complete: 1, incomplete: 2 } } }]);
    expect(first.machine.snapshot(first.now)).toMatchObject({ webSocketPeers: 3, webSocketSeeds: 1 });
    expect(first.machine.torrents(0, 9).torrents).toMatchObject([{ seeds: 1, downloaders: 2 }]);

    const newcomer = new Peer(late, "newcomer");
    pass(3000, trackers);
    expect(late.machine.snapshot(late.now)).toMatchObject({ torrents: 1, webSocketPeers: 3, webSocketSeeds: 1 });
    expect(newcomer.say({ action: "scrape" })).toMatchObject([{ files: { [HASH]: { complete: 1, incomplete: 2 } } }]);

    second.tell("unlinked", far.link);
    pass(2000, trackers);
    expect(one.announce()).toMatchObject([{ complete: 1, incomplete: 1 }]);
    second.end();
    carry(trackers);
    expect(first.machine.snapshot(first.now)).toMatchObject({ webSocketPeers: 1, webSocketSeeds: 0 });
    // The third goes without a word.
    pass(1000, [first]);
    expect(late.machine.snapshot(late.now).webSocketPeers).toBe(1);
    late.wait(200_000);
    expect(late.machine.snapshot(late.now).webSocketPeers).toBe(0);
    for (const speaker of trackers) speaker.machine.check();
  });

  it("gives no offer of a seed elsewhere to a seed, nor anybody's to itself, and minds no nonsense from beside it", () => {
    const speaker = tracker({ sharesSwarms: true });
    const [seed, peer] = [new Peer(speaker, "seed"), new Peer(speaker, "peer")];
    seed.announce({ left: 0 });
    const hear = (given: number, message: unknown): number[] => {
      speaker.hearSignal(Uint8Array.of(given, ...utf8(JSON.stringify(message))));
      return [seed.heard().length, peer.heard().length];
    };
    const said = (from: Peer, more: Signal) => ({ action: "announce", info_hash: HASH, peer_id: from.peerId, ...from.offers(2), ...more });
    const abroad = new Peer(speaker, "abroad");
    expect(hear(0, said(abroad, { left: 0 }))).toEqual([0, 0]);
    expect(hear(0, said(abroad, { left: 5 }))).toEqual([1, 0]);
    peer.announce();
    expect(hear(0, said(abroad, { left: 0 }))).toEqual([0, 1]);
    expect(hear(0, said(abroad, { left: 5 }))).toEqual([1, 1]);
    expect(hear(1, said(abroad, { left: 5 })).toSorted((left, right) => left - right)).toEqual([0, 1]);
    expect(hear(0, said(peer, { left: 5 }))).toEqual([1, 0]);
    expect(hear(0, { ...said(abroad, { left: 5 }), note: "a blank, and what nobody knows" })).toEqual([1, 1]);
    for (const [given, message] of [
      [2, said(abroad, { left: 5 })],
      [255, said(abroad, { left: 5 })],
      [0, said(abroad, { left: 5, event: "stopped" })],
      [0, said(abroad, { info_hash: "b".repeat(20) })],
      [0, { action: "scrape" }],
      [
        0,
        {
          action: "announce",
          info_hash: HASH,
          peer_id: abroad.peerId,
          answer: OFFER,
          to_peer_id: "nobody".padEnd(20),
          offer_id: "o".repeat(20),
        },
      ],
      [0, "what is this"],
    ] as const) {
      expect(hear(given, message), JSON.stringify(message)).toEqual([0, 0]);
    }
    speaker.hearSignal(NO_BYTES);
    expect(speaker.machine.snapshot(speaker.now).counts.malformed).toBe(0);
    speaker.machine.check();
  });
});
