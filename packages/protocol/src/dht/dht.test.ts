import { describe, expect, it } from "vitest";
import { type Endpoint, familyOf, formatEndpoint } from "../address/index.ts";
import { fromLatin1, latin1, type Millis, NO_BYTES, utf8 } from "../base/index.ts";
import { seededRandom } from "../fuzz/index.ts";
import { DhtMachine, type DhtMachineOptions } from "./dht.ts";
import type { DhtInput, DhtOutput } from "./input.ts";
import { decodeMemory, encodeMemory } from "./memory.ts";
import { decodeKrpc, encodeQuery, encodeResponse, type KrpcMessage, type KrpcQuestion, type MalformedKrpc } from "./message.ts";
import { isNodeIdOf, randomNodeId } from "./node-id.ts";

const HASH = new Uint8Array(20).fill(7);
const STRANGER: Endpoint = { address: "9.8.7.6", port: 1234 };

/** A node, and what it said to its user. */
class Member {
  readonly machine: DhtMachine;
  readonly endpoint: Endpoint;
  readonly told: DhtOutput[] = [];
  constructor(endpoint: Endpoint, options: DhtMachineOptions) {
    this.machine = new DhtMachine(options);
    this.endpoint = endpoint;
  }
  peers(): Endpoint[] {
    return this.told.flatMap((output) => (output.type === "peers" ? output.peers : []));
  }
  last<Type extends DhtOutput["type"]>(type: Type): Extract<DhtOutput, { type: Type }> | undefined {
    return this.told.filter((output) => output.type === type).at(-1) as Extract<DhtOutput, { type: Type }> | undefined;
  }
}

/** A world without distances: datagrams arrive at once, and time goes on when it is told to. */
class World {
  readonly members = new Map<string, Member>();
  /** Those that nobody reaches. */
  readonly dead = new Set<string>();
  readonly #wire: { bytes: Uint8Array; from: Endpoint; to: Endpoint }[] = [];
  now: Millis = 0;
  datagrams = 0;

  add(endpoint: Endpoint, options: Partial<DhtMachineOptions> = {}): Member {
    const member = new Member(endpoint, { random: seededRandom(this.members.size + 1), ...options });
    this.members.set(formatEndpoint(endpoint), member);
    this.give(member, { type: "online", family: familyOf(endpoint) });
    return member;
  }

  give(member: Member, input: DhtInput): void {
    this.#hand(member, input);
    for (let next = this.#wire.shift(); next !== undefined; next = this.#wire.shift()) {
      this.datagrams++;
      const target = this.members.get(formatEndpoint(next.to));
      if (target === undefined || this.dead.has(formatEndpoint(next.to)) || this.dead.has(formatEndpoint(next.from))) continue;
      this.#hand(target, { type: "datagram", bytes: next.bytes, from: next.from });
    }
  }

  #hand(member: Member, input: DhtInput): void {
    for (const output of member.machine.handle(input, this.now)) {
      if (output.type !== "send-datagram") member.told.push(output);
      else this.#wire.push({ bytes: output.bytes, from: member.endpoint, to: output.to });
    }
    member.machine.check();
  }

  /** Lets time pass, and everybody do what is due meanwhile. */
  pass(millis: Millis): void {
    const end = this.now + millis;
    for (;;) {
      let next: Member | undefined;
      for (const member of this.members.values()) {
        const due = member.machine.deadline;
        if (due !== undefined && due <= end && due < (next?.machine.deadline ?? Number.POSITIVE_INFINITY)) next = member;
      }
      if (next === undefined) break;
      this.now = Math.max(this.now, next.machine.deadline ?? 0);
      this.give(next, { type: "tick" });
    }
    this.now = end;
  }
}

function place(number: number): Endpoint {
  return { address: `10.0.${number >> 8}.${number & 255}`, port: 6881 };
}

/** Nodes that all know the first one at their start. */
function worldOf(count: number, placeOf = place): { world: World; members: Member[] } {
  const world = new World();
  const members: Member[] = [];
  for (let number = 0; number < count; number++) {
    const member = world.add(placeOf(number));
    if (number > 0) world.give(member, { type: "hints", endpoints: [placeOf(0)] });
    members.push(member);
    world.pass(100);
  }
  world.pass(30_000);
  return { world, members };
}

/** What one node answers to a question of a stranger. */
function ask(member: Member, question: KrpcQuestion, from: Endpoint = STRANGER, now: Millis = 0): (KrpcMessage | MalformedKrpc)[] {
  const bytes = encodeQuery(question, { id: randomNodeId(seededRandom(from.port)), transaction: utf8("tt") });
  return hear(member, bytes, from, now).filter((message) => message.type !== "query");
}

function hear(member: Member, bytes: Uint8Array, from: Endpoint, now: Millis): (KrpcMessage | MalformedKrpc)[] {
  return member.machine
    .handle({ type: "datagram", bytes, from }, now)
    .flatMap((output) => (output.type === "send-datagram" ? [decodeKrpc(output.bytes)] : []));
}

describe("nodes of the DHT", () => {
  it("find each other from one that all know, and then the peers of a torrent", () => {
    const { world, members } = worldOf(40);
    for (const member of members) {
      expect(member.last("ready")).toBeDefined();
      expect(member.machine.snapshot(world.now).networks[0]?.nodeCount).toBeGreaterThanOrEqual(8);
    }
    const [seed, leech] = [members[20], members[35]] as [Member, Member];
    world.give(seed, { type: "search", search: 1, infoHash: HASH, announcePort: 7000 });
    world.pass(5000);
    expect(seed.last("search-ended")?.report).toMatchObject({ peerCount: 0, announcedCount: 8 });
    world.give(leech, { type: "search", search: 2, infoHash: HASH, announcePort: 0 });
    world.pass(5000);
    expect(leech.peers()).toContainEqual({ address: seed.endpoint.address, port: 7000 });
    expect(leech.last("search-ended")?.report.announcedCount).toBe(0);
    // A walk asks a handful of forty, not all of them.
    expect(leech.last("search-ended")?.report.nodeCount).toBeLessThan(30);
  });

  it("find each other's torrents when there are only two of them", () => {
    const { world, members } = worldOf(2);
    const [seed, seeker] = members as [Member, Member];
    world.give(seed, { type: "search", search: 1, infoHash: HASH, announcePort: 7000 });
    world.pass(30_000);
    world.give(seeker, { type: "search", search: 2, infoHash: HASH, announcePort: 8000 });
    world.pass(30_000);
    expect(seeker.peers()).toEqual([{ address: seed.endpoint.address, port: 7000 }]);
    // Who is told by others is not told of itself.
    world.give(seed, { type: "search", search: 3, infoHash: HASH, announcePort: 7000 });
    world.pass(30_000);
    expect(seed.peers().map(({ port }) => port)).toContain(8000);
  });

  it("find each other in the IPv6 network as well (BEP 32)", () => {
    const { world, members } = worldOf(10, (number) => ({ address: `fd00::${(number + 1).toString(16)}`, port: 6881 }));
    world.give(members[3] as Member, { type: "search", search: 1, infoHash: HASH, announcePort: 7000 });
    world.pass(5000);
    world.give(members[7] as Member, { type: "search", search: 1, infoHash: HASH, announcePort: 0 });
    world.pass(5000);
    expect(members[7]?.peers()).toContainEqual({ address: "fd00::4", port: 7000 });
  });

  it("find peers though a third of them is gone", () => {
    const { world, members } = worldOf(40);
    world.give(members[20] as Member, { type: "search", search: 1, infoHash: HASH, announcePort: 7000 });
    world.pass(5000);
    for (const [at, member] of members.entries()) if (at % 3 === 1) world.dead.add(formatEndpoint(member.endpoint));
    world.give(members[35] as Member, { type: "search", search: 2, infoHash: HASH, announcePort: 0 });
    world.pass(60_000);
    expect(members[35]?.peers()).toContainEqual({ address: members[20]?.endpoint.address, port: 7000 });
    expect(members[35]?.last("search-ended")).toBeDefined();
  });

  it("fall silent when nothing is asked: half an hour costs a few walks", () => {
    const { world } = worldOf(20);
    const before = world.datagrams;
    world.pass(30 * 60_000);
    // Each looks after its buckets every fifteen minutes.
    expect((world.datagrams - before) / 20).toBeLessThan(2 * 5 * 40);
  });
});

describe("a node that joins", () => {
  it("is patient with a router that answers and knows nobody, itself under its own address for one", () => {
    // A first node that began with itself asked itself hundreds of times within a second: its driver names the routers at each try.
    const world = new World();
    const first = world.add(place(0));
    for (let second = 0; second < 60; second++) {
      world.give(first, { type: "routers", endpoints: [place(0)] });
      world.pass(1000);
    }
    expect(world.datagrams).toBeGreaterThan(0);
    expect(world.datagrams).toBeLessThan(20);
  });

  it("asks for routers while it knows nobody, again and again with more patience, and keeps none of them", () => {
    const world = new World();
    const router = world.add(place(1));
    const newcomer = world.add(place(2));
    expect(newcomer.last("seek-routers")).toMatchObject({ family: 4 });
    const sought = (): number => newcomer.told.filter(({ type }) => type === "seek-routers").length;
    world.pass(5000);
    expect(sought()).toBe(2);
    world.pass(9000);
    expect(sought()).toBe(2);
    world.pass(1000);
    expect(sought()).toBe(3);
    world.give(newcomer, { type: "routers", endpoints: [router.endpoint] });
    expect(newcomer.machine.snapshot(world.now).networks[0]).toMatchObject({ state: "joining", nodeCount: 0 });
    const third = world.add(place(3));
    world.give(third, { type: "hints", endpoints: [router.endpoint] });
    world.give(newcomer, { type: "routers", endpoints: [router.endpoint] });
    expect(newcomer.machine.snapshot(world.now).networks[0]).toMatchObject({ state: "ready" });
    expect(newcomer.machine.memory().contacts.map(({ endpoint }) => endpoint)).toEqual([third.endpoint]);
  });

  it("begins with whom it knew before, under the same name", () => {
    const { world, members } = worldOf(12);
    const old = members[5] as Member;
    const memory = decodeMemory(encodeMemory(old.machine.memory()));
    world.dead.add(formatEndpoint(place(0)));
    const again = world.add({ address: "10.1.1.1", port: 1 }, { memory });
    world.pass(15_000);
    expect(again.last("ready")).toBeDefined();
    expect(again.machine.snapshot(world.now).networks[0]?.id).toEqual(old.machine.snapshot(world.now).networks[0]?.id);
  });

  it("takes a name that follows from its address, once it knows it, and keeps whom it knows (BEP 42)", () => {
    const { world, members } = worldOf(12);
    const member = members[3] as Member;
    const before = member.machine.snapshot(world.now).networks[0];
    world.give(member, { type: "seen-at", address: "8.8.4.4" });
    world.pass(5000);
    const after = member.machine.snapshot(world.now).networks[0];
    expect(isNodeIdOf(after?.id ?? NO_BYTES, "8.8.4.4")).toBe(true);
    expect(after?.nodeCount).toBe(before?.nodeCount);
    expect(after?.state).toBe("ready");
    world.give(member, { type: "seen-at", address: "8.8.4.4" });
    expect(member.machine.snapshot(world.now).networks[0]?.id).toEqual(after?.id);
  });

  it("says that a search found nothing when there is nobody", () => {
    const world = new World();
    const alone = world.add(place(1));
    world.give(alone, { type: "search", search: 4, infoHash: HASH, announcePort: 1 });
    world.pass(19_000);
    expect(alone.last("search-ended")).toBeUndefined();
    world.pass(2000);
    expect(alone.last("search-ended")).toMatchObject({ search: 4, report: { peerCount: 0, nodeCount: 0, announcedCount: 0 } });
  });

  it("makes many searches wait for their turn", () => {
    const { world, members } = worldOf(12);
    const member = members[4] as Member;
    for (const other of members) if (other !== member) world.dead.add(formatEndpoint(other.endpoint));
    for (let search = 0; search < 20; search++) {
      const infoHash = new Uint8Array(20).fill(search);
      world.give(member, { type: "search", search, infoHash, announcePort: 0 });
    }
    expect(member.machine.snapshot(world.now)).toMatchObject({ searchCount: 8, waitingCount: 12 });
    world.give(member, { type: "forget", search: 19 });
    world.pass(5 * 60_000);
    const ended = member.told.filter(({ type }) => type === "search-ended");
    expect(ended).toHaveLength(19);
    expect(member.machine.snapshot(world.now)).toMatchObject({ searchCount: 0, waitingCount: 0 });
  });

  it("pings whom it is told to, and says when nobody is there", () => {
    const world = new World();
    const one = world.add(place(1), { version: utf8("BY01") });
    const two = world.add(place(2));
    world.give(two, { type: "ping", ping: 1, to: one.endpoint });
    expect(two.last("pinged")).toMatchObject({ ping: 1, answer: { version: utf8("BY01"), ourEndpoint: two.endpoint } });
    world.give(two, { type: "ping", ping: 2, to: place(9) });
    world.pass(11_000);
    expect(two.last("pinged")).toEqual({ type: "pinged", ping: 2, answer: undefined });
  });
});

describe("a node that is asked", () => {
  const alone = (options: Partial<DhtMachineOptions> = {}): Member => new World().add(place(1), options);

  it("stores a peer only for a token that it gave to the same address", () => {
    const member = alone();
    const [found] = ask(member, { method: "get_peers", infoHash: HASH });
    const token = found?.type === "response" ? (found.token ?? NO_BYTES) : NO_BYTES;
    const announce = { method: "announce_peer", infoHash: HASH, port: 99, token } as const;
    expect(ask(member, announce, { address: "9.8.7.5", port: 1 })).toMatchObject([{ type: "error", code: 203, message: "bad token" }]);
    expect(ask(member, announce)).toMatchObject([{ type: "response" }]);
    expect(ask(member, { ...announce, port: 0 })).toMatchObject([{ type: "response" }]);
    const [told] = ask(member, { method: "get_peers", infoHash: HASH });
    expect(told).toMatchObject({ peers: [{ address: STRANGER.address, port: 99 }, STRANGER] });
  });

  it("says who it is asked by where it sees them (BEP 42)", () => {
    expect(ask(alone(), { method: "ping" })).toMatchObject([{ type: "response", ourEndpoint: STRANGER }]);
  });

  it("answers a stranger with four times its question at most, and somebody it knows with a datagram of 1,024 bytes", () => {
    const { world, members } = worldOf(20);
    const member = members[2] as Member;
    for (let port = 1; port <= 300; port++) {
      const from = { address: `11.${port & 255}.0.${port >> 8}`, port };
      const [found] = ask(member, { method: "get_peers", infoHash: HASH }, from, world.now + port * 1000);
      const token = found?.type === "response" ? (found.token ?? NO_BYTES) : NO_BYTES;
      ask(member, { method: "announce_peer", infoHash: HASH, port, token }, from, world.now + port * 1000);
    }
    const now = world.now + 400_000;
    const question = { method: "get_peers", infoHash: HASH } as const;
    const bytes = encodeQuery(question, { id: HASH, transaction: utf8("tt") });
    const lengthOf = (from: Endpoint): number =>
      Math.max(
        ...member.machine
          .handle({ type: "datagram", bytes, from }, now)
          .map((output) => (output.type === "send-datagram" ? output.bytes.length : 0)),
      );
    expect(lengthOf({ address: "12.0.0.1", port: 5 })).toBeLessThanOrEqual(4 * bytes.length);
    const known = lengthOf(members[7]?.endpoint ?? STRANGER);
    expect(known).toBeLessThanOrEqual(1024);
    expect(known).toBeGreaterThan(900);
    const [answer] = ask(member, question, members[7]?.endpoint, now);
    expect(answer?.type === "response" ? answer.peers.length : 0).toBeGreaterThan(50);
  });

  it("is silent to a flood, and to everybody beyond its 8 kB a second", () => {
    const member = alone();
    let answers = 0;
    for (let time = 0; time < 200; time++) answers += ask(member, { method: "ping" }, STRANGER, time).length;
    expect(answers).toBe(50);
    expect(member.machine.snapshot(200).blockedCount).toBe(1);
    let bytes = 0;
    for (let time = 0; time < 10_000; time++) {
      const from = { address: `${20 + (time & 63)}.${time >> 6}.1.1`, port: 1 };
      const query = encodeQuery({ method: "ping" }, { id: HASH, transaction: utf8("tt") });
      for (const output of member.machine.handle({ type: "datagram", bytes: query, from }, 1000 + time)) {
        if (output.type === "send-datagram" && decodeKrpc(output.bytes).type === "response") bytes += output.bytes.length;
      }
    }
    expect(bytes).toBeLessThanOrEqual(8000 * 10 + 32_000);
  });

  it("answers nobody when it is read-only, and says so when it asks (BEP 43)", () => {
    const world = new World();
    const open = world.add(place(1));
    const reader = world.add(place(2), { isReadOnly: true });
    expect(ask(reader, { method: "ping" })).toEqual([]);
    world.give(reader, { type: "hints", endpoints: [open.endpoint] });
    world.pass(5000);
    expect(reader.last("ready")).toBeDefined();
    expect(open.machine.snapshot(world.now).networks[0]?.nodeCount).toBe(0);
  });

  it("complains of a method it does not know, and does not speak to what it cannot read", () => {
    const member = alone();
    const vote = fromLatin1("d1:ad2:id20:abcdefghij0123456789e1:q4:vote1:t2:aa1:y1:qe");
    expect(hear(member, vote, STRANGER, 0)).toMatchObject([{ type: "error", code: 204 }]);
    expect(hear(member, fromLatin1("hello"), STRANGER, 0)).toEqual([]);
  });

  it("asks 32 of those who come by themselves whether they are there, and the others when there is room", () => {
    const machine = new DhtMachine({ random: seededRandom(1) });
    machine.handle({ type: "online", family: 4 }, 0);
    const come = (count: number, first: number): readonly Endpoint[] =>
      Array.from({ length: count }, (_, at) => {
        const from = { address: `45.${first + at}.1.1`, port: 6881 };
        const bytes = encodeQuery({ method: "ping" }, { id: randomNodeId(seededRandom(first + at)), transaction: utf8("aa") });
        const sent = machine.handle({ type: "datagram", bytes, from }, 0).filter(({ type }) => type === "send-datagram");
        // An answer goes to each; to some a question of ours as well.
        return sent.length > 1 ? [from] : [];
      }).flat();
    expect(come(40, 1)).toHaveLength(32);
    expect(come(1, 100)).toHaveLength(0);
  });

  it("believes no answer that it did not ask for", () => {
    const member = alone();
    const answer = encodeResponse({ nodes: [], nodeFamilies: [4] }, { id: HASH, transaction: utf8("tttt") }, STRANGER);
    expect(hear(member, answer, STRANGER, 0)).toEqual([]);
    expect(member.machine.snapshot(0).networks[0]?.nodeCount).toBe(0);
  });

  it("takes an answer from the address it asked, and from no other", () => {
    const member = alone();
    const sent = member.machine.handle({ type: "hints", endpoints: [place(5)] }, 0).find(({ type }) => type === "send-datagram");
    const query = decodeKrpc(sent?.type === "send-datagram" ? sent.bytes : NO_BYTES);
    const transaction = query.type === "query" ? query.transaction : NO_BYTES;
    expect(transaction.length).toBe(4);
    const answer = encodeResponse({}, { id: HASH, transaction }, place(1));
    member.machine.handle({ type: "datagram", bytes: answer, from: place(6) }, 1);
    expect(member.machine.snapshot(1).networks[0]?.nodeCount).toBe(0);
    member.machine.handle({ type: "datagram", bytes: answer, from: place(5) }, 1);
    expect(member.machine.snapshot(1).networks[0]?.nodeCount).toBe(1);
  });

  it("does nothing in a family where it has no socket", () => {
    const member = alone();
    expect(ask(member, { method: "ping" }, { address: "2001:db8::1", port: 1 })).toEqual([]);
    expect(latin1(member.machine.snapshot(0).networks[0]?.id ?? NO_BYTES)).toHaveLength(20);
  });
});
