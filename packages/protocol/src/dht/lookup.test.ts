import { describe, expect, it } from "vitest";
import { seededRandom } from "../fuzz/index.ts";
import type { NodeContact } from "./contact.ts";
import { Lookup, type LookupCandidate } from "./lookup.ts";
import { compareDistance, idNear, nodeIdFor } from "./node-id.ts";

const TARGET = new Uint8Array(20);
const OWN = new Uint8Array(20).fill(255);

function contact(number: number, prefixLength = 0): NodeContact {
  return { id: idNear(TARGET, prefixLength, true, seededRandom(number)), endpoint: { address: "10.0.0.1", port: number + 1 } };
}

function lookupWith(contacts: readonly NodeContact[]): Lookup {
  const lookup = new Lookup(TARGET, 4, OWN);
  for (const one of contacts) lookup.add(one);
  return lookup;
}

function askAll(lookup: Lookup): LookupCandidate[] {
  const asked: LookupCandidate[] = [];
  for (let next = lookup.next(); next !== undefined; next = lookup.next()) asked.push(next);
  return asked;
}

describe("a walk towards a target", () => {
  it("asks the nearest four at once, then nearer ones as they are named, and ends when the nearest eight have answered", () => {
    const all = Array.from({ length: 40 }, (_, at) => contact(at, at >> 2)).sort((left, right) =>
      compareDistance(TARGET, left.id, right.id),
    );
    const lookup = lookupWith(all.slice(20, 30));
    const known = new Set<NodeContact>();
    let asked = 0;
    for (let round = 0; !lookup.isOver; round++) {
      const batch = askAll(lookup);
      expect(batch.length).toBeLessThanOrEqual(4);
      expect(round).toBeLessThan(20);
      for (const candidate of batch) {
        asked++;
        // Each knows the two next nearer ones.
        const at = all.findIndex(({ endpoint }) => endpoint === candidate.endpoint);
        for (const nearer of all.slice(Math.max(0, at - 2), at)) {
          known.add(nearer);
          lookup.add(nearer, candidate.endpoint);
        }
        lookup.answered(candidate, Uint8Array.of(at));
      }
    }
    expect(lookup.hosts().map(({ endpoint }) => endpoint)).toEqual(all.slice(0, 8).map(({ endpoint }) => endpoint));
    expect(asked).toBeLessThan(40);
  });

  it("does not wait for the slow, and goes on without those that fail", () => {
    const lookup = lookupWith([contact(1), contact(2), contact(3), contact(4), contact(5)]);
    const batch = askAll(lookup);
    expect(batch).toHaveLength(4);
    for (const candidate of batch) lookup.slow(candidate);
    const [fifth] = askAll(lookup);
    expect(fifth).toBeDefined();
    lookup.answered(fifth as LookupCandidate, undefined);
    expect(lookup.isOver).toBe(true);
    lookup.answered(batch[0] as LookupCandidate, Uint8Array.of(1));
    for (const candidate of batch.slice(1)) lookup.failed(candidate);
    expect(lookup.answeredCount).toBe(2);
    expect(lookup.hosts()).toHaveLength(1);
  });

  it("has sixteen questions on their way at most, slow ones counted", () => {
    const lookup = lookupWith(Array.from({ length: 30 }, (_, at) => contact(at)));
    let count = 0;
    for (let batch = askAll(lookup); batch.length > 0; batch = askAll(lookup)) {
      count += batch.length;
      for (const candidate of batch) lookup.slow(candidate);
    }
    expect(count).toBe(16);
  });

  it("is over at once without anybody to ask", () => {
    expect(lookupWith([]).isOver).toBe(true);
  });

  it("waits for guides, whose id nobody knows", () => {
    const lookup = lookupWith([]);
    const guide = { address: "10.0.0.7", port: 1 };
    lookup.guideAsked(guide);
    expect(lookup.isOver).toBe(false);
    lookup.guideEnded(guide);
    lookup.guideEnded(guide);
    expect(lookup.isOver).toBe(true);
  });

  it("takes one node of a place, two of a neighbourhood and a hundred in all", () => {
    const lookup = lookupWith([]);
    for (let port = 1; port < 5; port++) lookup.add({ id: contact(port).id, endpoint: { address: "8.8.8.8", port } });
    for (let host = 1; host < 9; host++) lookup.add({ id: contact(host + 10).id, endpoint: { address: `8.8.8.${host}`, port: 1 } });
    expect(askAll(lookup)).toHaveLength(2);
    const crowd = lookupWith(Array.from({ length: 300 }, (_, at) => contact(at, at % 16)));
    let count = 0;
    for (let batch = askAll(crowd); batch.length > 0; batch = askAll(crowd)) {
      for (const candidate of batch) crowd.failed(candidate);
      count += batch.length;
    }
    expect(count).toBe(100);
  });

  it("is not sent into our own network by somebody on the internet", () => {
    const lookup = lookupWith([]);
    const outside = { address: "8.8.8.8", port: 1 };
    for (const address of ["10.0.0.1", "127.0.0.1", "169.254.169.254", "224.0.0.1"])
      lookup.add({ id: contact(1).id, endpoint: { address, port: 1 } }, outside);
    expect(lookup.isOver).toBe(true);
    lookup.add(contact(1), { address: "10.9.9.9", port: 1 });
    expect(lookup.next()).toBeDefined();
  });

  it("does not end with nodes around the target whose ids do not follow from their addresses (BEP 42)", () => {
    const sybils = Array.from({ length: 8 }, (_, at) => ({ id: contact(at, 100).id, endpoint: { address: `8.8.${at}.1`, port: 1 } }));
    const honest = Array.from({ length: 8 }, (_, at) => ({
      id: nodeIdFor(`9.9.${at}.1`, seededRandom(at)),
      endpoint: { address: `9.9.${at}.1`, port: 1 },
    }));
    const lookup = lookupWith([...sybils, ...honest]);
    const asked = new Set<string>();
    for (let batch = askAll(lookup); batch.length > 0; batch = askAll(lookup)) {
      for (const candidate of batch) {
        asked.add(candidate.endpoint.address);
        lookup.answered(candidate, Uint8Array.of(1));
      }
    }
    expect(honest.every(({ endpoint }) => asked.has(endpoint.address))).toBe(true);
    expect(lookup.hosts().filter(({ isLawful }) => isLawful)).toHaveLength(8);
  });
});
