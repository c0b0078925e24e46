import { Bitfield } from "@bittern/protocol/base";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DurabilityPlanner, UNSYNCED_MILLIS_MAX } from "./planner.ts";

const PIECES = 8;

function plannerOf(durable: readonly number[] = []): DurabilityPlanner {
  const field = new Bitfield(PIECES);
  for (const piece of durable) field.add(piece);
  return new DurabilityPlanner({ pieceCount: PIECES, durable: field });
}

describe("DurabilityPlanner", () => {
  it("has nothing to do when nothing changed", () => {
    const planner = plannerOf([1]);
    expect(planner.next(1e9)).toBeUndefined();
    expect(planner.deadline).toBeUndefined();
    expect(planner.isDurable).toBe(true);
  });

  it("syncs five seconds after a piece was written, then saves, and only then calls it durable", () => {
    const planner = plannerOf();
    planner.stored(3, 1_000);
    expect(planner.deadline).toBe(1_000 + UNSYNCED_MILLIS_MAX);
    expect(planner.next(5_999)).toBeUndefined();
    expect(planner.next(6_000)).toEqual({ type: "sync", ticket: 1 });
    expect([planner.suspect.has(3), planner.durable.has(3)]).toEqual([true, false]);
    expect(planner.synced(1, true, 6_100)).toEqual([]);
    expect([planner.suspect.has(3), planner.durable.has(3)]).toEqual([false, true]);
    expect(planner.isDurable).toBe(false);
    expect(planner.next(6_100)).toEqual({ type: "save" });
    planner.saved(true, 6_200);
    expect(planner.isDurable).toBe(true);
  });

  it("syncs once at a time, and leaves what was written meanwhile to the next one", () => {
    const planner = plannerOf();
    planner.stored(0, 0);
    planner.next(UNSYNCED_MILLIS_MAX);
    planner.stored(1, UNSYNCED_MILLIS_MAX + 1);
    expect(planner.next(2 * UNSYNCED_MILLIS_MAX + 1)).toBeUndefined();
    planner.synced(1, true, 2 * UNSYNCED_MILLIS_MAX + 1);
    expect([planner.durable.has(0), planner.durable.has(1)]).toEqual([true, false]);
    expect(planner.next(2 * UNSYNCED_MILLIS_MAX + 1)).toEqual({ type: "sync", ticket: 2 });
  });

  it("does not call a piece durable that was written again while it was synced", () => {
    const planner = plannerOf();
    planner.stored(0, 0);
    planner.next(5_000);
    planner.lost(0, 5_001);
    planner.stored(0, 5_002);
    planner.synced(1, true, 5_003);
    expect([planner.suspect.has(0), planner.durable.has(0)]).toEqual([true, false]);
    planner.check();
  });

  it("takes everything since the last good sync for doubtful when a sync fails, and never believes a later one about it", () => {
    const planner = plannerOf([7]);
    planner.stored(0, 0);
    planner.next(5_000);
    planner.stored(1, 5_001);
    expect(planner.synced(1, false, 5_002)).toEqual([0, 1]);
    expect(planner.next(100_000)).toBeUndefined();
    planner.stored(2, 100_000);
    planner.next(105_000);
    planner.synced(2, true, 105_001);
    expect([...planner.durable]).toEqual([2, 7]);
    expect([...planner.suspect]).toEqual([0, 1]);
    planner.verified(0, 110_000);
    planner.lost(1, 110_000);
    planner.next(110_000);
    planner.saved(true, 110_001);
    expect(planner.next(115_000)).toEqual({ type: "sync", ticket: 3 });
    planner.synced(3, true, 115_001);
    expect([...planner.durable]).toEqual([0, 2, 7]);
  });

  it("saves totals every half minute, and what somebody asked for at once", () => {
    const planner = plannerOf();
    planner.changed(0, false);
    planner.changed(10_000, false);
    expect(planner.deadline).toBe(30_000);
    planner.changed(11_000, true);
    expect(planner.next(11_000)).toEqual({ type: "save" });
    planner.changed(11_001, true);
    expect(planner.next(12_000)).toBeUndefined();
    planner.saved(true, 12_000);
    expect(planner.next(12_000)).toEqual({ type: "save" });
  });

  it("tries a save again that failed", () => {
    const planner = plannerOf();
    planner.changed(0, true);
    planner.next(0);
    planner.saved(false, 100);
    expect(planner.deadline).toBe(5_100);
    expect(planner.next(5_100)).toEqual({ type: "save" });
  });

  it("flushes: syncs at once, saves once, and then has time again", () => {
    const planner = plannerOf();
    planner.stored(0, 0);
    planner.flush(10);
    expect(planner.next(10)).toEqual({ type: "sync", ticket: 1 });
    expect(planner.next(10)).toBeUndefined();
    planner.synced(1, true, 20);
    expect(planner.next(20)).toEqual({ type: "save" });
    planner.saved(true, 30);
    expect(planner.isDurable).toBe(true);
    planner.stored(1, 100);
    expect(planner.next(100)).toBeUndefined();
  });

  it("saves on a flush even if nothing changed, because the record is to say that all is in order", () => {
    const planner = plannerOf();
    planner.flush(0);
    expect(planner.next(0)).toEqual({ type: "save" });
  });

  it("refuses answers to questions it did not ask", () => {
    expect(() => plannerOf().synced(1, true, 0)).toThrow("the sync under way is the one that is answered");
    expect(() => plannerOf().saved(true, 0)).toThrow("the save under way is the one that is answered");
  });
});

/** A disk that loses everything unsynced when the power goes, and that the planner's records are held against. */
class Disk {
  readonly written = new Set<number>();
  readonly safe = new Set<number>();
  #covered = new Set<number>();

  write(piece: number): void {
    this.written.add(piece);
    // Writing again makes it unsafe again: half of it may be there after a power cut.
    this.safe.delete(piece);
    this.#covered.delete(piece);
  }

  spoil(piece: number): void {
    this.written.delete(piece);
    this.safe.delete(piece);
    this.#covered.delete(piece);
  }

  beginSync(): void {
    this.#covered = new Set(this.written);
  }

  endSync(isGood: boolean): void {
    if (isGood) for (const piece of this.#covered) this.safe.add(piece);
    this.#covered = new Set();
  }
}

describe("DurabilityPlanner and a power cut", () => {
  const step = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({ type: fc.constant("store" as const), piece: fc.nat(PIECES - 1) }),
    },
    fc.record({ type: fc.constant("lose" as const), piece: fc.nat(PIECES - 1) }),
    { weight: 4, arbitrary: fc.record({ type: fc.constant("wait" as const), millis: fc.nat(7_000) }) },
    { weight: 2, arbitrary: fc.record({ type: fc.constant("answer-sync" as const), isGood: fc.boolean() }) },
    { weight: 2, arbitrary: fc.record({ type: fc.constant("answer-save" as const), isGood: fc.boolean() }) },
    fc.constant({ type: "flush" as const }),
    fc.record({ type: fc.constant("change" as const), isUrgent: fc.boolean() }),
  );

  it("never records a piece that the cut would take, and never waits longer than it promises", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200, size: "max" }), (steps) => {
        const planner = plannerOf();
        const disk = new Disk();
        let now = 0;
        let ticket: number | undefined;
        let isSaving = false;
        /** Pieces no sync covers yet, and since when. */
        const waiting = new Map<number, number>();
        const wait = (piece: number): Map<number, number> => waiting.set(piece, waiting.get(piece) ?? now);
        const act = (): void => {
          for (let action = planner.next(now); action !== undefined; action = planner.next(now)) {
            if (action.type === "sync") {
              expect(ticket).toBeUndefined();
              ticket = action.ticket;
              waiting.clear();
              disk.beginSync();
            } else {
              expect(isSaving).toBe(false);
              isSaving = true;
              for (const piece of planner.durable) expect(disk.safe.has(piece)).toBe(true);
              for (const piece of disk.written) expect(planner.durable.has(piece) || planner.suspect.has(piece)).toBe(true);
            }
          }
        };
        for (const one of steps) {
          if (one.type === "store") {
            disk.write(one.piece);
            planner.stored(one.piece, now);
            wait(one.piece);
          } else if (one.type === "lose") {
            disk.spoil(one.piece);
            planner.lost(one.piece, now);
            waiting.delete(one.piece);
          } else if (one.type === "wait") now += one.millis;
          else if (one.type === "flush") planner.flush(now);
          else if (one.type === "change") planner.changed(now, one.isUrgent);
          else if (one.type === "answer-sync" && ticket !== undefined) {
            disk.endSync(one.isGood);
            // What waited is in doubt as a whole; its wait begins anew with the hashing.
            if (!one.isGood) waiting.clear();
            for (const piece of planner.synced(ticket, one.isGood, now)) {
              // Hashed again where it lies: good, so it waits for another sync.
              planner.verified(piece, now);
              wait(piece);
            }
            ticket = undefined;
          } else if (one.type === "answer-save" && isSaving) {
            isSaving = false;
            planner.saved(one.isGood, now);
          }
          act();
          planner.check();
          const due = planner.deadline;
          expect(due === undefined || due > now).toBe(true);
          if (ticket === undefined) for (const since of waiting.values()) expect(now - since).toBeLessThan(UNSYNCED_MILLIS_MAX);
        }
      }),
    );
  });
});
