import { KIB, MIB, type Millis } from "@bittern/protocol/base";
import { seededRandom } from "@bittern/protocol/fuzz";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type ChokeContext, Choker, type ChokerPeer, ROUND_MILLIS } from "./choker.ts";
import { Crowd } from "./crowd.ts";
import type { SlotLimits } from "./slots.ts";

type Peer = { -readonly [Key in keyof ChokerPeer]: ChokerPeer[Key] };

const LEECHING: ChokeContext = { isSeeding: false, uplinkRate: 0, uplinkBusy: true };
const SEEDING: ChokeContext = { ...LEECHING, isSeeding: true };

/** Peers that follow the choker's decisions, as a torrent would make them. */
class Swarm {
  readonly peers = new Map<number, Peer>();
  readonly choker: Choker;
  now: Millis = 0;
  /** How often each peer was unchoked. */
  readonly turns = new Map<number, number>();

  constructor(slots: SlotLimits, seed = 1) {
    this.choker = new Choker({ random: seededRandom(seed), slots });
  }

  add(id: number, facts: Partial<Peer> = {}): Peer {
    const peer: Peer = {
      id,
      isInterested: true,
      isUnchoked: false,
      isSnubbed: false,
      isUploadOnly: false,
      downloadRate: 0,
      uploadRate: 0,
      uploadedSinceUnchoke: 0,
      unchokedAt: Number.NEGATIVE_INFINITY,
      connectedAt: this.now,
      ...facts,
    };
    this.peers.set(id, peer);
    return peer;
  }

  get list(): Peer[] {
    return [...this.peers.values()];
  }

  get unchoked(): number[] {
    return this.list.filter((peer) => peer.isUnchoked).map((peer) => peer.id);
  }

  offer(peer: Peer, context: ChokeContext = LEECHING): boolean {
    const given = this.choker.offer(peer, Crowd.of(this.list), context, this.now);
    if (given) this.#unchoke(peer);
    return given;
  }

  /** Adds a peer that wants something, as the torrent would hear of it. */
  join(id: number, facts: Partial<Peer> = {}, context: ChokeContext = LEECHING): boolean {
    return this.offer(this.add(id, facts), context);
  }

  tick(context: ChokeContext = LEECHING): { unchoke: readonly number[]; choke: readonly number[] } {
    const decision = this.choker.tick(this.list, context, this.now);
    for (const id of decision.choke) this.peers.get(id)!.isUnchoked = false;
    for (const id of decision.unchoke) this.#unchoke(this.peers.get(id)!);
    return decision;
  }

  /** Ticks at every deadline until `until`. */
  run(until: Millis, context: ChokeContext = LEECHING): void {
    for (let at = this.choker.deadline; at !== undefined && at <= until; at = this.choker.deadline) {
      this.now = at;
      this.tick(context);
    }
    this.now = until;
  }

  #unchoke(peer: Peer): void {
    expect(peer.isUnchoked).toBe(false);
    peer.isUnchoked = true;
    peer.unchokedAt = this.now;
    this.turns.set(peer.id, (this.turns.get(peer.id) ?? 0) + 1);
  }
}

describe("Choker, at the start", () => {
  it("runs no timer while nobody wants anything", () => {
    expect(new Swarm({ min: 4, max: 50 }).choker.deadline).toBeUndefined();
  });

  it("unchokes everybody in a small swarm the moment they are interested", () => {
    const swarm = new Swarm({ min: 4, max: 50 });
    for (let id = 1; id <= 8; id++) expect(swarm.join(id)).toBe(true);
    swarm.run(60_000);
    expect(swarm.unchoked).toHaveLength(8);
    for (const turns of swarm.turns.values()) expect(turns).toBe(1);
  });

  it("unchokes peers that want nothing yet in a small swarm", () => {
    const swarm = new Swarm({ min: 4, max: 50 });
    expect(swarm.join(1, { isInterested: false })).toBe(true);
    swarm.run(30_000);
    expect(swarm.unchoked).toEqual([1]);
  });

  it("gives no slot to a seed", () => {
    const swarm = new Swarm({ min: 4, max: 50 });
    expect(swarm.join(1, { isUploadOnly: true })).toBe(false);
    swarm.run(30_000);
    expect(swarm.unchoked).toEqual([]);
  });

  it("gives more slots at once while the uplink has room, and none when it has not", () => {
    const swarm = new Swarm({ min: 4, max: 50 });
    for (let id = 1; id <= 40; id++) swarm.join(id);
    const atOnce = swarm.unchoked.length;
    expect(atOnce).toBe(12);
    swarm.run(5_000, LEECHING);
    expect(swarm.unchoked).toHaveLength(atOnce);
    swarm.run(9_000, { ...LEECHING, uplinkBusy: false });
    expect(swarm.unchoked.length).toBeGreaterThan(20);
  });

  it("gives a room of slots to many at once only step by step", () => {
    const swarm = new Swarm({ min: 4, max: 50 });
    const room = { ...LEECHING, uplinkBusy: false };
    for (let id = 1; id <= 40; id++) swarm.join(id, {}, room);
    expect(swarm.unchoked).toHaveLength(13);
    swarm.run(250, room);
    expect(swarm.unchoked).toHaveLength(14);
  });

  it("gives the slot of a peer that left to one that waits, within a second", () => {
    const swarm = new Swarm({ min: 2, max: 50, fixed: 2 });
    for (let id = 1; id <= 3; id++) swarm.join(id);
    expect(swarm.unchoked).toEqual([1, 2]);
    swarm.peers.delete(1);
    swarm.run(1_000);
    expect(swarm.unchoked).toEqual([2, 3]);
  });

  it("takes a slot from a peer that wants nothing for one that does, within a second", () => {
    const swarm = new Swarm({ min: 1, max: 50, fixed: 1 });
    swarm.join(1);
    swarm.peers.get(1)!.isInterested = false;
    expect(swarm.join(2)).toBe(false);
    swarm.run(1_000);
    expect(swarm.unchoked).toEqual([2]);
  });
});

describe("Choker, while we download", () => {
  it("B26 B27 gives the slots to those who give us most, but for the lent one", () => {
    const swarm = new Swarm({ min: 4, max: 4, fixed: 4 });
    for (let id = 1; id <= 20; id++) swarm.join(id, { downloadRate: id * KIB });
    swarm.run(10_000);
    const best = swarm.unchoked.filter((id) => !swarm.choker.isOptimistic(id));
    expect(best).toEqual([18, 19, 20]);
    expect(swarm.unchoked).toHaveLength(4);
  });

  it("takes the slot of a peer that snubs us", () => {
    const swarm = new Swarm({ min: 4, max: 50 });
    swarm.join(1, { downloadRate: 100 * KIB });
    swarm.join(2, { downloadRate: 100 * KIB });
    swarm.peers.get(1)!.isSnubbed = true;
    swarm.run(10_000);
    expect(swarm.unchoked).toEqual([2]);
  });

  it("takes the slot of one that takes and gives nothing, and lends it one now and then", () => {
    const swarm = new Swarm({ min: 4, max: 50 });
    for (let id = 1; id <= 7; id++) swarm.join(id, { downloadRate: 100 * KIB, downloaded: MIB, uploaded: MIB, areWeInterested: true });
    swarm.join(8, { downloaded: 0, uploaded: 2 * MIB, areWeInterested: true });
    let unchokedMillis = 0;
    for (; swarm.now < 600_000; ) {
      if (swarm.unchoked.includes(8)) unchokedMillis += 1_000;
      swarm.run(swarm.now + 1_000);
    }
    expect(swarm.turns.get(8)).toBeGreaterThan(2);
    expect(unchokedMillis).toBeLessThan(200_000);
    for (let id = 1; id <= 7; id++) expect(swarm.turns.get(id)).toBe(1);
  });

  it("does not take a slow peer, or one we want nothing of, for a free rider", () => {
    const swarm = new Swarm({ min: 4, max: 50 });
    swarm.join(1, { downloaded: 20 * KIB, uploaded: 20 * MIB, areWeInterested: true });
    swarm.join(2, { downloaded: 0, uploaded: 20 * MIB, areWeInterested: false });
    swarm.run(30_000);
    expect(swarm.unchoked).toEqual([1, 2]);
  });

  it("chokes nobody who is being served between two rounds", () => {
    const swarm = new Swarm({ min: 4, max: 4, fixed: 4 });
    for (let id = 1; id <= 10; id++) swarm.join(id, { downloadRate: 10 * KIB });
    swarm.run(10_000);
    for (const peer of swarm.list) peer.downloadRate = peer.isUnchoked ? 0 : MIB;
    const before = swarm.unchoked;
    swarm.run(19_999);
    expect(swarm.unchoked).toEqual(before);
    swarm.run(20_000);
    expect(swarm.unchoked).not.toEqual(before);
  });

  it("lends a slot for thirty seconds, to newcomers three times as likely", () => {
    const chosen = { newcomers: 0, others: 0 };
    for (let seed = 0; seed < 300; seed++) {
      const swarm = new Swarm({ min: 2, max: 2, fixed: 2 }, seed);
      for (let id = 1; id <= 2; id++) swarm.join(id, { downloadRate: MIB, connectedAt: -200_000 });
      for (let id = 3; id <= 6; id++) swarm.join(id, { connectedAt: -200_000 });
      for (let id = 7; id <= 10; id++) swarm.join(id);
      swarm.run(10_000);
      const lent = swarm.unchoked.find((id) => swarm.choker.isOptimistic(id))!;
      if (lent >= 7) chosen.newcomers++;
      else chosen.others++;
      swarm.run(39_999);
      expect(swarm.choker.isOptimistic(lent)).toBe(true);
      swarm.run(40_000);
      expect(swarm.choker.isOptimistic(lent)).toBe(false);
    }
    expect(chosen.newcomers / chosen.others).toBeGreaterThan(2);
    expect(chosen.newcomers / chosen.others).toBeLessThan(4.5);
  });

  it("lends the slot on when its holder has earned one", () => {
    const swarm = new Swarm({ min: 3, max: 3, fixed: 3 });
    for (let id = 1; id <= 8; id++) swarm.join(id, { downloadRate: id <= 3 ? 10 * KIB : 0 });
    swarm.run(10_000);
    const lucky = swarm.unchoked.find((id) => swarm.choker.isOptimistic(id))!;
    swarm.peers.get(lucky)!.downloadRate = MIB;
    swarm.run(20_000);
    expect(swarm.unchoked).toContain(lucky);
    expect(swarm.choker.isOptimistic(lucky)).toBe(false);
    expect(swarm.unchoked.filter((id) => swarm.choker.isOptimistic(id))).toHaveLength(1);
  });

  it("gives everybody a turn within ten minutes, however many want one", () => {
    const swarm = new Swarm({ min: 4, max: 100 }, 5);
    for (let id = 1; id <= 120; id++) swarm.join(id, { downloadRate: id <= 20 ? MIB : 0 });
    swarm.run(600_000, { ...LEECHING, uplinkRate: 500 * KIB });
    for (let id = 1; id <= 120; id++) expect(swarm.turns.get(id) ?? 0, `peer ${id}`).toBeGreaterThan(0);
  });
});

describe("Choker, while we seed", () => {
  it("serves everybody in turn", () => {
    const swarm = new Swarm({ min: 4, max: 4, fixed: 4 });
    for (let id = 1; id <= 30; id++) swarm.join(id, { uploadRate: id * KIB }, SEEDING);
    swarm.run(600_000, SEEDING);
    for (let id = 1; id <= 30; id++) expect(swarm.turns.get(id) ?? 0, `peer ${id}`).toBeGreaterThan(0);
  });

  it("takes a slot only after its turn, from the slowest taker first", () => {
    const swarm = new Swarm({ min: 4, max: 4, fixed: 4 });
    for (let id = 1; id <= 4; id++) swarm.join(id, { uploadRate: id * KIB }, SEEDING);
    swarm.join(5, {}, SEEDING);
    swarm.run(59_999, SEEDING);
    expect(swarm.unchoked).toEqual([1, 2, 3, 4]);
    swarm.run(60_000, SEEDING);
    expect(swarm.unchoked).toEqual([2, 3, 4, 5]);
  });

  it("changes at most half of the slots in a round", () => {
    const swarm = new Swarm({ min: 4, max: 4, fixed: 4 });
    for (let id = 1; id <= 20; id++) swarm.join(id, {}, SEEDING);
    swarm.run(60_000, SEEDING);
    expect(swarm.unchoked.filter((id) => id <= 4)).toHaveLength(2);
  });
});

describe("Choker, the number of slots", () => {
  it("follows the uplink up and, when it is busy, slowly down", () => {
    const swarm = new Swarm({ min: 4, max: 100 });
    for (let id = 1; id <= 90; id++) swarm.join(id, { downloadRate: 10 * KIB });
    swarm.run(10_000, { ...LEECHING, uplinkRate: 5_000 * KIB });
    expect(swarm.unchoked).toHaveLength(50);
    swarm.run(20_000, { ...LEECHING, uplinkRate: 50 * KIB });
    expect(swarm.unchoked.length).toBeGreaterThan(40);
    swarm.run(900_000, { ...LEECHING, uplinkRate: 50 * KIB });
    expect(swarm.unchoked.length).toBeLessThan(8);
  });

  it("is never more than the one set by hand", () => {
    const swarm = new Swarm({ min: 1, max: 50, fixed: 3 });
    for (let id = 1; id <= 10; id++) swarm.join(id, {}, { ...LEECHING, uplinkBusy: false });
    swarm.run(60_000, { ...LEECHING, uplinkRate: 100 * MIB, uplinkBusy: false });
    expect(swarm.unchoked).toHaveLength(3);
    swarm.choker.setSlots({ min: 1, max: 50, fixed: 1 });
    swarm.run(70_000);
    expect(swarm.unchoked).toHaveLength(1);
  });

  it("can be none", () => {
    const swarm = new Swarm({ min: 0, max: 50, fixed: 0 });
    for (let id = 1; id <= 3; id++) expect(swarm.join(id)).toBe(false);
    swarm.run(60_000);
    expect(swarm.unchoked).toEqual([]);
  });
});

describe("Choker, whatever happens", () => {
  const id = fc.nat(30);
  const step = fc.oneof(
    fc.record({ type: fc.constant("join" as const), id, interested: fc.boolean(), uploadOnly: fc.boolean() }),
    fc.record({ type: fc.constant("leave" as const), id }),
    { weight: 3, arbitrary: fc.record({ type: fc.constant("interest" as const), id, interested: fc.boolean() }) },
    fc.record({ type: fc.constant("rates" as const), id, down: fc.nat(1_000_000), up: fc.nat(1_000_000), snubbed: fc.boolean() }),
    { weight: 3, arbitrary: fc.record({ type: fc.constant("wait" as const), millis: fc.nat(15_000) }) },
  );
  const slots = fc.oneof(
    fc.record({ min: fc.integer({ min: 1, max: 4 }), max: fc.integer({ min: 4, max: 20 }) }),
    fc.record({ min: fc.constant(1), max: fc.constant(20), fixed: fc.integer({ min: 0, max: 6 }) }),
  );
  const context = fc.record({ isSeeding: fc.boolean(), uplinkRate: fc.nat(10_000_000), uplinkBusy: fc.boolean() });

  function play(
    swarm: Swarm,
    steps: readonly (typeof step extends fc.Arbitrary<infer Value> ? Value : never)[],
    around: ChokeContext,
  ): void {
    for (const one of steps) {
      const peer = "id" in one ? swarm.peers.get(one.id) : undefined;
      if (one.type === "join" && peer === undefined)
        swarm.join(one.id, { isInterested: one.interested, isUploadOnly: one.uploadOnly }, around);
      else if (one.type === "leave") swarm.peers.delete(one.id);
      else if (one.type === "interest" && peer !== undefined) {
        peer.isInterested = one.interested;
        if (one.interested && !peer.isUnchoked) swarm.offer(peer, around);
      } else if (one.type === "rates" && peer !== undefined)
        Object.assign(peer, { downloadRate: one.down, uploadRate: one.up, isSnubbed: one.snubbed });
      else if (one.type === "wait") swarm.run(swarm.now + one.millis, around);
    }
  }

  it("never serves more than the limit, nor a seed, and never stops while somebody waits", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80, size: "max" }), slots, context, fc.nat(), (steps, limits, around, seed) => {
        const swarm = new Swarm(limits, seed);
        const most = "fixed" in limits ? limits.fixed : limits.max;
        for (const one of steps) {
          play(swarm, [one], around);
          expect(swarm.unchoked.length).toBeLessThanOrEqual(most);
          if (swarm.list.some((peer) => peer.isInterested && !peer.isUploadOnly)) expect(swarm.choker.deadline).toBeDefined();
        }
        swarm.run(swarm.now + ROUND_MILLIS, around);
        expect(swarm.list.filter((peer) => peer.isUploadOnly && peer.isUnchoked)).toEqual([]);
      }),
    );
  });

  it("decides the same again from the same dice", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60, size: "max" }), slots, context, fc.nat(), (steps, limits, around, seed) => {
        const runs = [0, 1].map(() => {
          const swarm = new Swarm(limits, seed);
          play(swarm, steps, around);
          return [swarm.unchoked, [...swarm.turns]];
        });
        expect(runs[0]).toEqual(runs[1]);
      }),
    );
  });
});

describe("Choker, between rounds", () => {
  it("looks at nobody while every slot is in use and the uplink carries no more", () => {
    const swarm = new Swarm({ min: 4, max: 20 });
    for (let id = 1; id <= 40; id++) swarm.join(id);
    const look = (context: ChokeContext): boolean => swarm.choker.isFilled(Crowd.of(swarm.list), context, swarm.now);
    swarm.now = swarm.choker.deadline!;
    expect(look(LEECHING)).toBe(true);
    expect(swarm.choker.deadline).toBeGreaterThan(swarm.now);
    swarm.now = swarm.choker.deadline!;
    swarm.peers.delete(swarm.unchoked[0]!);
    expect(look(LEECHING)).toBe(false);
    expect(swarm.tick().unchoke).toHaveLength(1);
    swarm.now = swarm.choker.deadline!;
    expect(look({ ...LEECHING, uplinkBusy: false })).toBe(false);
  });

  it("never takes a round for a look between rounds", () => {
    const swarm = new Swarm({ min: 4, max: 20 });
    for (let id = 1; id <= 40; id++) swarm.join(id);
    swarm.now = ROUND_MILLIS;
    expect(swarm.choker.isFilled(Crowd.of(swarm.list), LEECHING, swarm.now)).toBe(false);
  });
});
