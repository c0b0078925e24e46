import type { StoreStamps } from "@bittern/host";
import { type Endpoint, encodeCompact4 } from "@bittern/protocol/address";
import { fromHex, HostError, type Millis, utf8 } from "@bittern/protocol/base";
import { type BencodeDictionary, decode, encode, LIMITS_KRPC } from "@bittern/protocol/bencode";
import { seededRandom } from "@bittern/protocol/fuzz";
import { parseMagnet } from "@bittern/protocol/magnet";
import { parseTorrent } from "@bittern/protocol/metainfo";
import { encodeHandshake, encodeMessage, PeerWire } from "@bittern/protocol/peer";
import { describe, expect, it } from "vitest";
import type { AddTorrent } from "./command.ts";
import type { SessionInput } from "./input.ts";
import type { SessionOutput } from "./output.ts";
import { SessionMachine } from "./session.ts";
import type { Settings } from "./settings.ts";

const NODE: Endpoint = { address: "10.0.0.9", port: 7000 };
const PLACES: readonly Endpoint[] = [
  { address: "0.0.0.0", port: 6881 },
  { address: "::", port: 6881 },
];
const HASH = "ab".repeat(20);
const INFO = { length: 16_384, name: "file", "piece length": 16_384, pieces: new Uint8Array(20) };
const STAMPS: StoreStamps = { rootIdentity: "", files: [{ length: 16_384, modifiedMillis: 1, inode: 1 }] };
const MAGNET: AddTorrent["source"] = { type: "magnet", magnet: parseMagnet(`magnet:?xt=urn:btih:${HASH}`) };

class Stage {
  readonly machine: SessionMachine;
  now: Millis = 0;
  constructor(dht: Settings["dht"] = { routers: [{ host: "router.example", port: 6881 }], nodes: [] }) {
    this.machine = new SessionMachine({ random: seededRandom(1), wallSeconds: () => 0, settings: { dht } });
  }
  give(input: SessionInput): readonly SessionOutput[] {
    return this.machine.handle(input, this.now);
  }
  /** Listening, its sockets bound, its record read. */
  begin(bytes?: Uint8Array): readonly SessionOutput[] {
    const out = [...this.give({ type: "listening", endpoints: PLACES }), ...this.give({ type: "nodes-loaded", bytes })];
    for (const { family, at } of ofType(out, "bind-datagrams")) out.push(...this.give({ type: "datagrams-bound", family, outcome: at }));
    return out;
  }
  add(source: AddTorrent["source"]): readonly SessionOutput[] {
    const command = { type: "add-torrent", torrent: 1, source, placement: { root: "/data" }, recordKey: "k", trustData: true } as const;
    return [...this.give({ type: "command", command }), ...this.give({ type: "record-loaded", torrent: 1, bytes: undefined })];
  }
  /** Lets time pass until the deadline. */
  tick(millis: Millis): readonly SessionOutput[] {
    this.now += millis;
    return this.give({ type: "tick" });
  }
  /** A peer comes in and says hello; returns the types of what it is told. */
  join(infoHash: string, says: readonly Uint8Array[] = []): { types: string[]; dht: boolean; out: readonly SessionOutput[] } {
    this.give({ type: "accepted", link: -1, remote: { address: "10.0.0.7", port: 50_000 }, transport: "tcp" });
    const features = { extended: false, fast: false, dht: true, v2: false };
    const hello = encodeHandshake({ infoHash: fromHex(infoHash) as Uint8Array, peerId: new Uint8Array(20).fill(9), features });
    const out = [...this.give({ type: "bytes", link: -1, bytes: hello })];
    for (const bytes of says) out.push(...this.give({ type: "bytes", link: -1, bytes }));
    const wire = new PeerWire();
    const events = ofType(out, "send").flatMap(({ bytes }) => [...wire.receive(bytes)]);
    const handshake = events.find((event) => event.type === "handshake");
    return { types: events.map(({ type }) => type), dht: handshake?.type === "handshake" && handshake.features.dht, out };
  }
}

function ofType<Type extends SessionOutput["type"]>(out: readonly SessionOutput[], type: Type): Extract<SessionOutput, { type: Type }>[] {
  return out.filter((output): output is Extract<SessionOutput, { type: Type }> => output.type === type);
}

describe("a session's node of the DHT", () => {
  it("reads its record when the session listens, binds the same port in both families, and looks for the routers", () => {
    const stage = new Stage();
    expect(ofType(stage.give({ type: "listening", endpoints: PLACES }), "load-nodes")).toHaveLength(1);
    const out = stage.give({ type: "nodes-loaded", bytes: utf8("damaged") });
    expect(ofType(out, "bind-datagrams")).toEqual([
      { type: "bind-datagrams", family: 4, at: PLACES[0], carriesUtp: false },
      { type: "bind-datagrams", family: 6, at: PLACES[1], carriesUtp: false },
    ]);
    const [question] = ofType(stage.give({ type: "datagrams-bound", family: 4, outcome: PLACES[0] as Endpoint }), "resolve");
    expect(question).toMatchObject({ name: "router.example" });
    const asked = stage.give({ type: "resolved", query: question?.query ?? 0, outcome: ["10.0.0.9", "169.254.169.254"] });
    expect(ofType(asked, "send-datagram")).toMatchObject([{ to: { address: "10.0.0.9", port: 6881 }, fromPort: true }]);
  });

  it("is not there unless the settings name it", () => {
    const stage = new Stage(undefined);
    stage.machine.handle({ type: "listening", endpoints: PLACES }, 0);
    const off = new SessionMachine({ random: seededRandom(1), wallSeconds: () => 0 });
    expect(ofType(off.handle({ type: "listening", endpoints: PLACES }, 0), "load-nodes")).toEqual([]);
    expect(off.view.dht(0)).toBeUndefined();
  });

  it("takes another port where its own is taken", () => {
    const stage = new Stage();
    stage.give({ type: "listening", endpoints: [PLACES[0] as Endpoint] });
    stage.give({ type: "nodes-loaded", bytes: undefined });
    const taken = new HostError("ADDRESS_IN_USE", "taken");
    const again = stage.give({ type: "datagrams-bound", family: 4, outcome: taken });
    expect(ofType(again, "bind-datagrams")).toMatchObject([{ at: { address: "0.0.0.0", port: 0 } }]);
    expect(ofType(stage.give({ type: "datagrams-bound", family: 4, outcome: taken }), "bind-datagrams")).toEqual([]);
  });

  it("has its sockets before anybody hears that the session listens, or none at all", () => {
    const stage = new Stage();
    const told = (input: SessionInput): number =>
      ofType(stage.give(input), "event").filter(({ event }) => event.type === "listening").length;
    expect(told({ type: "listening", endpoints: PLACES })).toBe(0);
    expect(told({ type: "nodes-loaded", bytes: undefined })).toBe(0);
    expect(told({ type: "datagrams-bound", family: 4, outcome: PLACES[0] as Endpoint })).toBe(0);
    expect(told({ type: "datagrams-bound", family: 6, outcome: new HostError("ADDRESS_UNAVAILABLE", "no IPv6") })).toBe(1);
    expect(stage.machine.view.datagramPlaces).toEqual([PLACES[0]]);
  });

  it("follows the session to another port", () => {
    const stage = new Stage();
    stage.begin();
    const moved = { address: "0.0.0.0", port: 7777 };
    expect(ofType(stage.give({ type: "listening", endpoints: [moved] }), "bind-datagrams")).toEqual([]);
    const out = stage.give({ type: "command", command: { type: "stop-listening", endpoints: PLACES } });
    expect(ofType(out, "unbind-datagrams").map(({ family }) => family)).toEqual([4, 6]);
    expect(ofType(out, "bind-datagrams")).toEqual([{ type: "bind-datagrams", family: 4, at: moved, carriesUtp: false }]);
  });

  it("asks for the peers of a torrent, announces us, and dials whom it hears of", () => {
    const stage = new Stage({ routers: [], nodes: [{ host: NODE.address, port: NODE.port }] });
    let out = [...stage.begin(), ...stage.add(MAGNET), ...stage.tick(0)];
    const asked: string[] = [];
    const dialled: Endpoint[] = [];
    for (let round = 0; round < 10 && out.length > 0; round++) {
      const answers: Uint8Array[] = [];
      for (const output of out) {
        if (output.type === "connect") dialled.push(output.to);
        if (output.type !== "send-datagram") continue;
        expect(output.to).toEqual(NODE);
        const query = decode(output.bytes, LIMITS_KRPC) as BencodeDictionary;
        asked.push(query.text("q") ?? "");
        if (query.text("q") === "announce_peer") expect(query.dictionary("a")?.integer("port")).toBe(6881);
        const values = query.text("q") === "get_peers" ? [encodeCompact4([{ address: "10.0.0.3", port: 99 }])] : undefined;
        answers.push(encode({ r: { id: new Uint8Array(20).fill(3), token: "token", values }, t: query.bytes("t"), y: "r" }));
      }
      out = answers.flatMap((bytes) => stage.give({ type: "datagram", bytes, from: NODE }));
    }
    expect(asked).toEqual(["find_node", "get_peers", "announce_peer"]);
    expect(dialled).toEqual([{ address: "10.0.0.3", port: 99 }]);
  });

  it("tells peers of itself that speak of nodes, and hears of theirs", () => {
    const stage = new Stage();
    stage.begin();
    stage.add(MAGNET);
    const { types, dht, out } = stage.join(HASH, [encodeMessage({ type: "port", port: 4444 })]);
    expect(dht).toBe(true);
    expect(types).toContain("port");
    expect(ofType(out, "send-datagram")).toMatchObject([{ to: { address: "10.0.0.7", port: 4444 }, fromPort: true }]);
  });

  it("says nothing of itself to the peers of a private torrent, and asks nobody about it (BEP 27)", () => {
    const stage = new Stage();
    stage.begin();
    const metainfo = parseTorrent(encode({ info: { ...INFO, private: 1 }, nodes: [["10.0.0.5", 1234]] }));
    stage.add({ type: "metainfo", metainfo });
    stage.give({ type: "store-opened", torrent: 1, outcome: STAMPS });
    const { types, dht, out } = stage.join(metainfo.infoHashes.wire[0] as string, [encodeMessage({ type: "port", port: 4444 })]);
    expect(types).toContain("handshake");
    expect(dht).toBe(false);
    expect(types).not.toContain("port");
    expect(ofType(out, "send-datagram")).toEqual([]);
    expect(stage.machine.view.dht(0)?.waitingCount).toBe(0);
  });

  it("asks the nodes that a torrent names (BEP 5)", () => {
    const stage = new Stage({ routers: [], nodes: [] });
    stage.begin();
    const metainfo = parseTorrent(encode({ info: INFO, nodes: [["10.0.0.5", 1234]] }));
    const out = [...stage.add({ type: "metainfo", metainfo }), ...stage.give({ type: "store-opened", torrent: 1, outcome: STAMPS })];
    out.push(...stage.tick(0));
    expect(ofType(out, "send-datagram")).toMatchObject([{ to: { address: "10.0.0.5", port: 1234 } }]);
  });

  it("asks the nodes that a magnet link names", () => {
    const stage = new Stage({ routers: [], nodes: [] });
    stage.begin();
    const out = [...stage.add({ type: "magnet", magnet: parseMagnet(`magnet:?xt=urn:btih:${HASH}&dht=10.0.0.6:1234`) }), ...stage.tick(0)];
    expect(ofType(out, "send-datagram")).toMatchObject([{ to: { address: "10.0.0.6", port: 1234 } }]);
  });

  it("asks sixteen of the nodes that a torrent names", () => {
    const stage = new Stage({ routers: [], nodes: [] });
    stage.begin();
    const nodes = Array.from({ length: 17 }, (_, at) => [`10.0.${at}.5`, 1234]);
    const metainfo = parseTorrent(encode({ info: INFO, nodes }));
    const out = [...stage.add({ type: "metainfo", metainfo }), ...stage.give({ type: "store-opened", torrent: 1, outcome: STAMPS })];
    for (let now = 0; now <= 30_000; now += 1000) out.push(...stage.tick(now));
    const asked = new Set(ofType(out, "send-datagram").map(({ to }) => to.address));
    expect([...asked]).toEqual(nodes.slice(0, 16).map(([address]) => address));
  });

  it("is silent once the session closes", () => {
    const stage = new Stage();
    stage.begin();
    const out = stage.give({ type: "command", command: { type: "close", graceMillis: 1000 } });
    expect(out).toEqual([{ type: "event", event: { type: "closed" } }]);
  });
});
