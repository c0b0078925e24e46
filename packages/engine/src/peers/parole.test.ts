import { seededRandom } from "@bittern/protocol/fuzz";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type BlockEvidence, EVIDENCE_MAX, Parole } from "./parole.ts";

function evidence(...blocks: [from: string, fingerprint: number][]): BlockEvidence<string>[] {
  return blocks.map(([from, fingerprint], block) => ({ block, from, fingerprint }));
}

describe("Parole", () => {
  it("convicts who sent another content, and clears the others", () => {
    const parole = new Parole<string>();
    parole.failed(7, evidence(["honest", 1], ["liar", 99], ["honest", 3]));
    expect(parole.isOnParole(7)).toBe(true);
    expect(parole.verified(7, (block) => block + 1)).toEqual([{ peer: "liar", block: 1 }]);
    expect(parole.isOnParole(7)).toBe(false);
    parole.check();
  });

  it("convicts nobody before there is a good copy to compare with", () => {
    const parole = new Parole<string>();
    parole.failed(7, evidence(["one", 1], ["other", 2]));
    parole.failed(7, evidence(["other", 5], ["other", 6]));
    expect(parole.isOnParole(7)).toBe(true);
  });

  it("convicts all who lied over several attempts, each once", () => {
    const parole = new Parole<string>();
    parole.failed(7, evidence(["a", 1], ["b", 99], ["b", 98]));
    parole.failed(7, evidence(["c", 97], ["c", 2], ["c", 3]));
    const convicted = parole.verified(7, (block) => block + 1).map(({ peer }) => peer);
    expect(convicted).toEqual(["b", "c"]);
  });

  it("knows nothing of a piece that never failed", () => {
    const parole = new Parole<string>();
    expect(parole.verified(1, () => 0)).toEqual([]);
    expect(parole.isOnParole(1)).toBe(false);
  });

  it("convicts nobody when a piece failed though every block was right, as when our own memory lied", () => {
    const parole = new Parole<string>();
    parole.failed(3, evidence(["a", 1], ["b", 2]));
    expect(parole.verified(3, (block) => block + 1)).toEqual([]);
  });

  it("drops the oldest case rather than remember without end", () => {
    const parole = new Parole<string>();
    const piece = Array.from({ length: EVIDENCE_MAX / 4 }, (_, block) => ({ block, from: "a", fingerprint: 0 }));
    for (let at = 0; at < 5; at++) parole.failed(at, piece);
    parole.check();
    expect(parole.isOnParole(0)).toBe(false);
    expect(parole.isOnParole(4)).toBe(true);
    parole.drop(4);
    expect(parole.isOnParole(4)).toBe(false);
    parole.check();
  });

  it("keeps a bounded number of attempts of one piece", () => {
    const parole = new Parole<string>();
    for (let attempt = 0; attempt < 1_000; attempt++) parole.failed(1, evidence([attempt < 8 ? "early" : "late", 99]));
    expect(parole.verified(1, () => 0)).toEqual([{ peer: "early", block: 0 }]);
    parole.check();
  });

  it("never convicts an honest peer, and always a liar of the last failed attempt", () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 6 }), (seed, blocks, attempts) => {
        const random = seededRandom(seed);
        const parole = new Parole<number>();
        const liars = new Set<number>();
        for (let attempt = 0; attempt < attempts; attempt++) {
          const heard = Array.from({ length: blocks }, (_, block) => {
            const from = random.u32() % 10;
            // Peers 7, 8 and 9 lie now and then.
            const lies = from >= 7 && random.u32() % 2 === 0;
            if (lies) liars.add(from);
            return { block, from, fingerprint: lies ? 1_000 + block : block };
          });
          parole.failed(5, heard);
        }
        const convicted = parole.verified(5, (block) => block).map(({ peer }) => peer);
        expect(new Set(convicted)).toEqual(liars);
      }),
    );
  });
});
