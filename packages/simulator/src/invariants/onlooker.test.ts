import type { TcpHandler, TcpLink } from "@bittern/host";
import { concatBytes, fromLatin1 } from "@bittern/protocol/base";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { SimulatedHost } from "../host.ts";
import { World } from "../world.ts";
import { Onlooker } from "./onlooker.ts";
import { Violations } from "./violations.ts";
import { ID, WireReader } from "./wire.ts";

const SILENT: TcpHandler = { connected() {}, bytes() {}, drained() {}, closed() {} };
const HANDSHAKE = concatBytes([
  Uint8Array.of(19),
  fromLatin1("BitTorrent protocol"),
  Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 4),
  new Uint8Array(40).fill(1),
]);

function message(id: number, ...numbers: number[]): Uint8Array {
  const bytes = new Uint8Array(5 + numbers.length * 4);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 1 + numbers.length * 4);
  bytes[4] = id;
  numbers.forEach((number, at) => view.setUint32(5 + at * 4, number));
  return bytes;
}

function framed(piece: number, begin: number, length: number): Uint8Array {
  const bytes = new Uint8Array(13 + length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 9 + length);
  bytes[4] = ID.piece;
  view.setUint32(5, piece);
  view.setUint32(9, begin);
  return bytes;
}

interface Scene {
  readonly violations: Violations;
  readonly one: SimulatedHost;
  readonly other: SimulatedHost;
  /** What each side says, in turn. */
  say(who: "one" | "other", ...messages: Uint8Array[]): void;
}

function scene(verifiedByOther: number[], options: { linksMax?: number; isHonest?: boolean } = {}): Scene {
  const world = new World({ seed: 1 });
  const violations = new Violations();
  const onlooker = new Onlooker(world, {
    violations,
    pieceCount: 10,
    isHonest: () => options.isHonest ?? true,
    bounds: { requestsMax: 2, linksMax: options.linksMax ?? 10 },
  });
  const one = world.addNode({ name: "one", address: "45.0.0.1" });
  const other = world.addNode({ name: "other", address: "45.0.0.2" });
  onlooker.follow(one);
  onlooker.follow(other, verifiedByOther);
  const links: { one?: TcpLink; other?: TcpLink } = {};
  other.tcp.listen(
    { ports: [1, 1] },
    (link) => {
      links.other = link;
      return SILENT;
    },
    () => {},
  );
  links.one = one.tcp.connect({ address: "45.0.0.2", port: 1 }, { timeoutMillis: 5000 }, SILENT);
  world.run({ untilMillis: 1000 });
  const say: Scene["say"] = (who, ...messages) => {
    for (const each of messages) links[who]?.write(each);
    world.run({ untilMillis: world.now + 1000 });
  };
  say("one", HANDSHAKE);
  say("other", HANDSHAKE);
  return { violations, one, other, say };
}

const broken = ({ violations }: Scene): string[] => violations.kept.map(({ invariant, node }) => `${invariant} ${node}`);

describe("an onlooker", () => {
  it("has nothing to say about an honest exchange", () => {
    const stage = scene([0, 1, 2]);
    stage.say("other", Uint8Array.of(0, 0, 0, 3, ID.bitfield, 0xe0, 0));
    stage.say("one", message(ID.interested));
    stage.say("other", message(ID.unchoke));
    stage.say("one", message(ID.request, 2, 0, 16_384), message(ID.request, 1, 0, 100));
    stage.say("other", framed(2, 0, 16_384), message(ID.choke), message(ID.reject, 1, 0, 100));
    expect(stage.violations.kept).toEqual([]);
  });

  it("sees pieces announced that were not verified", () => {
    const stage = scene([0, 1]);
    stage.say("other", message(ID.haveAll), message(ID.have, 5));
    expect(broken(stage)).toEqual(["S6 other", "S6 other"]);
  });

  it("sees blocks sent to a choked peer, unasked, or unverified", () => {
    const stage = scene([0]);
    stage.say("other", message(ID.have, 0));
    stage.say("one", message(ID.request, 0, 0, 100));
    stage.say("other", framed(0, 0, 100), message(ID.unchoke), framed(0, 100, 100), framed(3, 0, 100));
    expect(broken(stage)).toEqual(["S6 other", "S15 other", "S6 other"]);
  });

  it("lets allowed-fast pieces go to a choked peer, and answers cross a cancel", () => {
    const stage = scene([0]);
    stage.say("other", message(ID.have, 0), message(ID.allowedFast, 0));
    stage.say("one", message(ID.request, 0, 0, 100), message(ID.cancel, 0, 0, 100));
    stage.say("other", framed(0, 0, 100));
    expect(broken(stage)).toEqual([]);
  });

  it("sees requests that are doubled, too many, too long, or for what is not there", () => {
    const stage = scene([0]);
    stage.say("other", message(ID.have, 0));
    stage.say("one", message(ID.request, 0, 0, 100), message(ID.request, 0, 0, 100));
    stage.say("one", message(ID.request, 0, 200, 32_768), message(ID.request, 7, 0, 100));
    expect(broken(stage)).toEqual(["S7 one", "S15 one", "S15 one", "S8 one"]);
  });

  it("sees more links than a node may have, and holds only the honest to the laws", () => {
    const stage = scene([0], { linksMax: 1 });
    stage.one.tcp.connect({ address: "45.0.0.2", port: 1 }, { timeoutMillis: 5000 }, SILENT);
    expect(broken(stage)).toEqual(["S8 one"]);
    const liars = scene([], { isHonest: false });
    liars.say("other", message(ID.haveAll));
    expect(broken(liars)).toEqual([]);
  });
});

describe("the onlooker's reader", () => {
  it("reads the same messages however the writes fall", () => {
    const said = concatBytes([
      HANDSHAKE,
      message(ID.unchoke),
      new Uint8Array(4),
      framed(3, 16_384, 500),
      message(ID.have, 9),
      framed(1, 0, 1),
    ]);
    fc.assert(
      fc.property(fc.array(fc.nat(said.length)), (cuts) => {
        const heard: string[] = [];
        const reader = new WireReader({
          handshake: (infoHash) => heard.push(infoHash),
          message: ({ id, payload, payloadLength }) => heard.push(`${id} ${payload.join(",")} ${payloadLength}`),
          foreign: (why) => heard.push(why),
        });
        const borders = [0, ...cuts.toSorted((one, other) => one - other), said.length];
        for (let at = 1; at < borders.length; at++) reader.receive(said.subarray(borders[at - 1], borders[at]));
        expect(heard).toEqual(["01".repeat(20), "1  0", "7 0,0,0,3,0,0,64,0 508", "4 0,0,0,9 4", "7 0,0,0,1,0,0,0,0 9"]);
      }),
    );
  });

  it("gives up at what is no handshake", () => {
    const heard: string[] = [];
    const reader = new WireReader({ handshake() {}, message() {}, foreign: (why) => heard.push(why) });
    reader.receive(Uint8Array.of(7, 7, 7));
    reader.receive(HANDSHAKE);
    expect(heard).toEqual(["no handshake"]);
  });
});
