import { Bitfield } from "@bittern/protocol/base";
import { seededRandom } from "@bittern/protocol/fuzz";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PiecePicker } from "./picker.ts";

function fieldOf(pieceCount: number, pieces: Iterable<number>): Bitfield {
  const field = new Bitfield(pieceCount);
  for (const piece of pieces) field.add(piece);
  return field;
}

function pickerOf(pieceCount: number, seed = 1): PiecePicker {
  return new PiecePicker({ pieceCount, random: seededRandom(seed) });
}

const RAREST = { rarestFirst: true };

describe("PiecePicker", () => {
  it("picks the piece that fewest peers have", () => {
    const picker = pickerOf(4);
    const ours = fieldOf(4, [0, 1, 2, 3]);
    picker.peerJoined(ours);
    picker.peerJoined(fieldOf(4, [0, 1, 3]));
    expect(picker.pickNew(ours, RAREST)).toBe(2);
  });

  it("picks only what the peer has", () => {
    const picker = pickerOf(4);
    const field = fieldOf(4, [1]);
    picker.peerJoined(field);
    expect(picker.pickNew(field, RAREST)).toBe(1);
    picker.markStarted(1);
    expect(picker.pickNew(field, RAREST)).toBeUndefined();
  });

  it("leaves the choice among equals to the dice", () => {
    const field = Bitfield.full(100);
    const picks = new Set(Array.from({ length: 30 }, (_, seed) => pickerOf(100, seed).pickNew(field, RAREST)));
    expect(picks.size).toBeGreaterThan(20);
  });

  it("picks at random, not rarest, while the first pieces are fetched", () => {
    const picks = new Set<number | undefined>();
    for (let seed = 0; seed < 50; seed++) {
      const picker = pickerOf(4, seed);
      picker.peerJoined(fieldOf(4, [0, 1, 2]));
      picks.add(picker.pickNew(Bitfield.full(4), { rarestFirst: false }));
    }
    expect(picks.size).toBe(4);
  });

  it("puts a high priority before a rare piece", () => {
    const picker = pickerOf(3);
    picker.peerJoined(fieldOf(3, [2]));
    picker.setPriorities(Uint8Array.of(1, 1, 7));
    for (const rarestFirst of [true, false]) expect(picker.pickNew(Bitfield.full(3), { rarestFirst })).toBe(2);
  });

  it("never picks what is not wanted", () => {
    const picker = pickerOf(3);
    picker.setPriorities(Uint8Array.of(0, 1, 0));
    expect(picker.wantedCount).toBe(1);
    expect(picker.pickNew(Bitfield.full(3), RAREST)).toBe(1);
    picker.markHave(1);
    expect(picker.wantedMissing).toBe(0);
    expect(picker.pickNew(Bitfield.full(3), RAREST)).toBeUndefined();
  });

  it("puts a deadline before everything, the earliest first", () => {
    const picker = pickerOf(4);
    picker.setPriorities(Uint8Array.of(7, 1, 1, 1));
    picker.setDeadline(3, 500);
    picker.setDeadline(2, 200);
    expect(picker.pickNew(Bitfield.full(4), RAREST)).toBe(2);
    picker.markStarted(2);
    expect(picker.pickNew(Bitfield.full(4), RAREST)).toBe(3);
    picker.markHave(3);
    expect([...picker.deadlines()]).toEqual([2]);
    expect(picker.pickNew(Bitfield.full(4), RAREST)).toBe(0);
  });

  it("goes through the torrent in order when it is sequential", () => {
    const picker = pickerOf(40);
    picker.peerJoined(fieldOf(40, [0, 1, 2]));
    const order: (number | undefined)[] = [];
    for (let round = 0; round < 5; round++) {
      const piece = picker.pickNew(Bitfield.full(40), { ...RAREST, sequential: true });
      order.push(piece);
      picker.markStarted(piece!);
    }
    expect(order).toEqual([0, 1, 2, 3, 4]);
    for (let piece = 0; piece < 20; piece++) picker.markHave(piece);
    expect(picker.pickNew(Bitfield.full(40), { ...RAREST, sequential: true })).toBe(20);
    picker.markMissing(1);
    expect(picker.pickNew(Bitfield.full(40), { ...RAREST, sequential: true })).toBe(1);
    picker.check();
  });

  it("puts nothing before the rest once nobody waits any more", () => {
    const picker = pickerOf(4);
    picker.setPriorities(Uint8Array.of(7, 1, 1, 1));
    picker.setDeadline(2, 200);
    picker.clearDeadlines();
    expect(picker.hasDeadlines).toBe(false);
    expect(picker.pickNew(Bitfield.full(4), RAREST)).toBe(0);
    picker.check();
  });

  it("counts a peer that completed and left off every piece", () => {
    const picker = pickerOf(2);
    picker.peerHas(0);
    picker.peerHas(1);
    picker.peerLeft(Bitfield.full(2));
    expect([picker.availability(0), picker.availability(1)]).toEqual([0, 0]);
    picker.check();
  });

  it("takes a seed that lost a piece for a partial peer", () => {
    const picker = pickerOf(3);
    const field = Bitfield.full(3);
    picker.peerJoined(field);
    field.remove(1);
    picker.peerLost(1, field);
    expect([0, 1, 2].map((piece) => picker.availability(piece))).toEqual([1, 0, 1]);
    field.remove(0);
    picker.peerLost(0, field);
    expect([0, 1, 2].map((piece) => picker.availability(piece))).toEqual([0, 0, 1]);
    picker.check();
  });

  it("has nothing to pick in a torrent without pieces", () => {
    expect(pickerOf(0).pickNew(Bitfield.full(0), RAREST)).toBeUndefined();
    expect(pickerOf(0).distributedCopies()).toBe(0);
  });

  it("finds the one piece of a peer that has nothing else, among a million", () => {
    const picker = pickerOf(1_000_000);
    const field = fieldOf(1_000_000, [777_777]);
    picker.peerJoined(field);
    expect(picker.pickNew(field, RAREST)).toBe(777_777);
    expect(picker.pickNew(field, { rarestFirst: false })).toBe(777_777);
  });

  it("finds what is left of a peer whose other pieces are all taken, however many draws fail", () => {
    const picker = pickerOf(10_000);
    const half = fieldOf(
      10_000,
      Array.from({ length: 5_000 }, (_, piece) => piece * 2),
    );
    picker.peerJoined(half);
    picker.peerJoined(
      fieldOf(
        10_000,
        Array.from({ length: 5_000 }, (_, piece) => piece * 2 + 1),
      ),
    );
    for (const piece of half) if (piece !== 4_242) picker.markStarted(piece);
    for (const rarestFirst of [true, false]) expect(picker.pickNew(half, { rarestFirst })).toBe(4_242);
    picker.markStarted(4_242);
    for (const rarestFirst of [true, false]) expect(picker.pickNew(half, { rarestFirst })).toBeUndefined();
  });

  it("finds what is left after it drew in vain from many buckets", () => {
    const picker = pickerOf(700);
    // Seven levels of a hundred pieces, and a peer that has of each only what is fetched already, but for one.
    for (let piece = 0; piece < 700; piece++) for (let level = 0; level <= piece / 100; level++) picker.peerHas(piece);
    const field = fieldOf(700, [10, 110, 210, 310, 410, 510, 610, 650, 651, 652, 653, 654]);
    picker.peerJoined(field);
    for (const piece of field) if (piece !== 610) picker.markStarted(piece);
    expect(picker.pickNew(field, RAREST)).toBe(610);
    picker.check();
  });

  it("leaves the choice to the dice also where it looks from the peer's side", () => {
    const field = fieldOf(10_000, [1, 5_000, 9_999]);
    const picks = new Set<number | undefined>();
    for (let seed = 0; seed < 60; seed++) {
      const picker = pickerOf(10_000, seed);
      picker.peerJoined(field);
      picks.add(picker.pickNew(field, RAREST));
    }
    expect(picks).toEqual(new Set([1, 5_000, 9_999]));
    const equals = new Set<number | undefined>();
    for (let seed = 0; seed < 60; seed++) {
      const picker = pickerOf(10_000, seed);
      const close = fieldOf(10_000, [8, 9, 10]);
      picker.peerJoined(close);
      equals.add(picker.pickNew(close, RAREST));
    }
    expect(equals).toEqual(new Set([8, 9, 10]));
  });

  it("finds what a caller accepts, however picky it is", () => {
    const picker = pickerOf(5_000);
    const accept = (piece: number): boolean => piece === 1_234;
    for (const rarestFirst of [true, false]) expect(picker.pickNew(Bitfield.full(5_000), { rarestFirst, accept })).toBe(1_234);
    expect(picker.pickNew(Bitfield.full(5_000), { ...RAREST, sequential: true, accept })).toBe(1_234);
  });

  it("counts what makes a peer interesting", () => {
    const picker = pickerOf(20);
    picker.setPriorities(Uint8Array.from({ length: 20 }, (_, piece) => (piece < 10 ? 1 : 0)));
    picker.markHave(3);
    expect(picker.countWanted(fieldOf(20, [2, 3, 4, 15]))).toBe(2);
    expect(picker.countWanted(Bitfield.full(20))).toBe(9);
  });
});

// The fast picker against a slow one that keeps every peer and sorts every time.

// Two words of a field and a bit.
const PIECES = 70;
const piece = fc.nat(PIECES - 1);
const peer = fc.nat(4);
const field = fc.uniqueArray(piece, { maxLength: PIECES, size: "max" });
const step = fc.oneof(
  fc.record({ type: fc.constant("join" as const), peer, pieces: field }),
  fc.record({ type: fc.constant("join-full" as const), peer }),
  fc.record({ type: fc.constant("leave" as const), peer }),
  { weight: 4, arbitrary: fc.record({ type: fc.constant("has" as const), peer, piece }) },
  fc.record({ type: fc.constant("lost" as const), peer, piece }),
  fc.record({ type: fc.constant("complete" as const), peer }),
  fc.record({ type: fc.constant("have" as const), piece }),
  fc.record({ type: fc.constant("missing" as const), piece }),
  fc.record({ type: fc.constant("start" as const), piece }),
  fc.record({ type: fc.constant("stop" as const), piece }),
  fc.record({
    type: fc.constant("priorities" as const),
    values: fc.array(fc.constantFrom(0, 1, 1, 4, 7), { minLength: PIECES, maxLength: PIECES }),
  }),
  fc.record({ type: fc.constant("deadline" as const), piece, at: fc.nat(5) }),
  { weight: 4, arbitrary: fc.record({ type: fc.constant("pick" as const), peer, sequential: fc.boolean(), rarestFirst: fc.boolean() }) },
);
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

class SlowPicker {
  readonly peers = new Map<number, Bitfield>();
  readonly have = new Set<number>();
  readonly started = new Set<number>();
  readonly deadlines = new Map<number, number>();
  priorities: number[] = Array.from({ length: PIECES }, () => 1);

  availability(one: number): number {
    return [...this.peers.values()].filter((other) => other.has(one)).length;
  }

  /** All pieces that are as good as the best. */
  best(by: Bitfield, sequential: boolean, rarestFirst: boolean): number[] {
    const open = this.priorities.map((_, one) => one).filter((one) => this.isPickable(one) && by.has(one));
    const urgent = open.filter((one) => this.deadlines.has(one));
    if (urgent.length > 0) {
      const soonest = Math.min(...urgent.map((one) => this.deadlines.get(one)!));
      return urgent.filter((one) => this.deadlines.get(one) === soonest);
    }
    const highest = Math.max(...open.map((one) => this.priorities[one]!));
    const wanted = open.filter((one) => this.priorities[one] === highest);
    if (sequential) return wanted.slice(0, 1);
    if (!rarestFirst) return wanted;
    const fewest = Math.min(...wanted.map((one) => this.availability(one)));
    return wanted.filter((one) => this.availability(one) === fewest);
  }

  isPickable(one: number): boolean {
    return this.priorities[one]! > 0 && !this.have.has(one) && !this.started.has(one);
  }
}

function apply(picker: PiecePicker, slow: SlowPicker, one: Step): void {
  switch (one.type) {
    case "join":
    case "join-full": {
      if (slow.peers.has(one.peer)) return;
      const joined = one.type === "join" ? fieldOf(PIECES, one.pieces) : Bitfield.full(PIECES);
      slow.peers.set(one.peer, joined);
      return picker.peerJoined(joined);
    }
    case "leave": {
      const left = slow.peers.get(one.peer);
      if (left === undefined) return;
      slow.peers.delete(one.peer);
      return picker.peerLeft(left);
    }
    case "has":
      if (slow.peers.get(one.peer)?.add(one.piece) === true) picker.peerHas(one.piece);
      return;
    case "lost": {
      const loser = slow.peers.get(one.peer);
      if (loser?.remove(one.piece) === true) picker.peerLost(one.piece, loser);
      return;
    }
    case "complete": {
      const growing = slow.peers.get(one.peer);
      if (growing === undefined || growing.isFull) return;
      for (let missing = 0; missing < PIECES; missing++) if (growing.add(missing)) picker.peerHas(missing);
      return;
    }
    case "have":
      slow.have.add(one.piece);
      slow.started.delete(one.piece);
      slow.deadlines.delete(one.piece);
      return picker.markHave(one.piece);
    case "missing":
      slow.have.delete(one.piece);
      slow.started.delete(one.piece);
      return picker.markMissing(one.piece);
    case "start":
      if (slow.have.has(one.piece)) return;
      slow.started.add(one.piece);
      return picker.markStarted(one.piece);
    case "stop":
      slow.started.delete(one.piece);
      return picker.markStopped(one.piece);
    case "priorities":
      slow.priorities = one.values;
      return picker.setPriorities(Uint8Array.from(one.values));
    case "deadline":
      if (!slow.have.has(one.piece)) slow.deadlines.set(one.piece, one.at);
      return picker.setDeadline(one.piece, one.at);
    case "pick": {
      const by = slow.peers.get(one.peer);
      if (by === undefined) return;
      const picked = picker.pickNew(by, { sequential: one.sequential, rarestFirst: one.rarestFirst });
      const best = slow.best(by, one.sequential, one.rarestFirst);
      if (best.length === 0) expect(picked).toBeUndefined();
      else expect(best).toContain(picked);
    }
  }
}

describe("PiecePicker beside a slow one", () => {
  it("picks one of the best pieces after any sequence of events", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120, size: "max" }), fc.nat(), (steps, seed) => {
        const picker = pickerOf(PIECES, seed);
        const slow = new SlowPicker();
        for (const one of steps) {
          apply(picker, slow, one);
          picker.check();
        }
        for (let at = 0; at < PIECES; at++) {
          expect(picker.availability(at)).toBe(slow.availability(at));
          expect(picker.wants(at)).toBe(slow.priorities[at]! > 0 && !slow.have.has(at));
        }
        const lowest = Math.min(...Array.from({ length: PIECES }, (_, at) => slow.availability(at)));
        const above = Array.from({ length: PIECES }, (_, at) => at).filter((at) => slow.availability(at) > lowest).length;
        expect(picker.distributedCopies()).toBeCloseTo(lowest + above / PIECES, 9);
        for (const by of slow.peers.values()) {
          expect(picker.countWanted(by)).toBe([...by].filter((at) => slow.priorities[at]! > 0 && !slow.have.has(at)).length);
        }
      }),
    );
  });
});
