import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { seededRandom } from "../fuzz/index.ts";
import type { NodeContact } from "./contact.ts";
import { compareDistance, idNear, nodeIdFor, randomNodeId, sharedPrefixLength } from "./node-id.ts";
import { RoutingTable } from "./routing-table.ts";

const OWN = new Uint8Array(20);
const MINUTE = 60_000;
const RANDOM = seededRandom(1);

/** A node of a laboratory that shares so many bits with us. */
function node(number: number, prefixLength = 0): NodeContact {
  return { id: idNear(OWN, prefixLength, true, seededRandom(number)), endpoint: { address: "10.0.0.1", port: 1000 + number } };
}

function full(now = 0): { table: RoutingTable; nodes: NodeContact[] } {
  const table = new RoutingTable(4, OWN, now);
  const nodes = Array.from({ length: 8 }, (_, at) => node(at));
  for (const one of nodes) table.responded(one, now);
  // The bucket is split, and so it is not the last one any more.
  table.responded(node(100, 5), now);
  return { table, nodes };
}

describe("the routing table", () => {
  it("keeps eight nodes of each distance, and splits only where we are ourselves", () => {
    const table = new RoutingTable(4, OWN, 0);
    for (let number = 0; number < 200; number++) table.responded(node(number, number % 10), number);
    table.check();
    expect(table.size).toBe(80);
    expect(table.bucketCount).toBe(11);
  });

  it("never takes ourselves, nor a node of the other family", () => {
    const table = new RoutingTable(4, OWN, 0);
    table.responded({ id: OWN, endpoint: { address: "10.0.0.1", port: 1 } }, 0);
    table.responded({ id: node(1).id, endpoint: { address: "fd00::1", port: 1 } }, 0);
    expect(table.size).toBe(0);
  });

  it("asks the node heard of longest ago whether it is there, before a newcomer gets its place", () => {
    const { table, nodes } = full();
    expect(table.responded(node(20), MINUTE)).toBeUndefined();
    table.responded(nodes[0] as NodeContact, 16 * MINUTE);
    const asked = table.responded(node(21), 17 * MINUTE);
    expect(asked?.endpoint).toEqual(nodes[1]?.endpoint);
    // It answers: it stays, and the next one is asked.
    table.responded(nodes[1] as NodeContact, 17 * MINUTE);
    expect(table.responded(node(22), 17 * MINUTE)?.endpoint).toEqual(nodes[2]?.endpoint);
    table.failed(nodes[2]?.endpoint as never, 17 * MINUTE);
    expect(table.has(nodes[2]?.endpoint as never)).toBe(true);
    table.failed(nodes[2]?.endpoint as never, 17 * MINUTE);
    expect(table.has(nodes[2]?.endpoint as never)).toBe(false);
    expect(table.has(node(22).endpoint)).toBe(true);
    table.check();
  });

  it("keeps nodes that fail while nobody waits for their place: perhaps it is our network that is gone", () => {
    const table = new RoutingTable(4, OWN, 0);
    table.responded(node(1), 0);
    for (let time = 0; time < 5; time++) table.failed(node(1).endpoint, 0);
    expect(table.size).toBe(0);
    expect(table.contacts()).toHaveLength(1);
    table.responded(node(1), 1);
    expect(table.size).toBe(1);
  });

  it("lets one node be at a place, and two of a neighbourhood in a bucket", () => {
    const table = new RoutingTable(4, OWN, 0);
    const at = (address: string, port: number, number: number): NodeContact => ({ id: node(number).id, endpoint: { address, port } });
    table.responded(at("8.8.8.8", 1, 1), 0);
    table.responded(at("8.8.8.8", 2, 2), 0);
    expect(table.size).toBe(1);
    table.responded(at("8.8.8.9", 1, 3), 0);
    table.responded(at("8.8.8.10", 1, 4), 0);
    expect(table.size).toBe(2);
    table.responded(at("8.8.9.1", 1, 5), 0);
    expect(table.size).toBe(3);
    expect(table.wants(at("8.8.8.11", 1, 6))).toBe(false);
    expect(table.wants(at("8.8.10.1", 1, 7))).toBe(true);
  });

  it("does not let somebody take the id of a node that is good, and lets a node change its own", () => {
    const table = new RoutingTable(4, OWN, 0);
    table.responded(node(1), 0);
    table.responded({ id: node(1).id, endpoint: { address: "10.0.0.9", port: 9 } }, 0);
    expect(table.contacts().map(({ endpoint }) => endpoint)).toEqual([node(1).endpoint]);
    table.responded({ id: node(2).id, endpoint: node(1).endpoint }, 0);
    expect(table.contacts().map(({ id }) => id)).toEqual([node(2).id]);
    table.check();
  });

  it("gives the place of a node whose id does not follow from its address to one whose id does (BEP 42)", () => {
    const table = new RoutingTable(
      4,
      Uint8Array.from(OWN, () => 255),
      0,
    );
    const outlaws = Array.from({ length: 8 }, (_, at) => ({
      id: idNear(OWN, 8, true, seededRandom(at)),
      endpoint: { address: `8.8.${at}.1`, port: 1 },
    }));
    for (const outlaw of outlaws) table.responded(outlaw, 0);
    table.responded({ id: idNear(table.id, 4, true, RANDOM), endpoint: { address: "10.0.0.1", port: 1 } }, 0);
    expect(table.size).toBe(9);
    for (let number = 0; number < 40; number++) {
      const address = `9.${number}.1.1`;
      const id = nodeIdFor(address, seededRandom(number));
      if ((id[0] as number) < 128) table.responded({ id, endpoint: { address, port: 1 } }, 0);
    }
    const kept = table.contacts().filter(({ endpoint }) => endpoint.address.startsWith("9."));
    expect(kept.length).toBe(8);
    table.check();
  });

  it("looks after a bucket without news for fifteen minutes, with an id of that bucket", () => {
    const { table } = full();
    expect(table.targetToRefresh(14 * MINUTE, RANDOM)).toBeUndefined();
    const target = table.targetToRefresh(15 * MINUTE, RANDOM) as Uint8Array;
    expect(sharedPrefixLength(OWN, target)).toBe(0);
    for (let time = 0; time < 5; time++) table.targetToRefresh(15 * MINUTE, RANDOM);
    expect(table.targetToRefresh(15 * MINUTE, RANDOM)).toBeUndefined();
  });

  it("tells others of good nodes only, the nearest first", () => {
    const { table, nodes } = full();
    table.responded(nodes[3] as NodeContact, 10 * MINUTE);
    const target = randomNodeId(RANDOM);
    expect(table.closestGood(target, 8, 20 * MINUTE).map(({ endpoint }) => endpoint)).toEqual([nodes[3]?.endpoint]);
    table.queried(nodes[4] as NodeContact, 20 * MINUTE);
    expect(table.closestGood(target, 8, 20 * MINUTE)).toHaveLength(2);
    const closest = table.closest(target, 8);
    const sorted = [...closest].sort((left, right) => compareDistance(target, left.id, right.id));
    expect(closest).toEqual(sorted);
  });

  it("keeps its law through whatever happens", () => {
    const act = fc.record({
      what: fc.constantFrom("responded", "failed", "queried"),
      number: fc.nat(40),
      prefixLength: fc.nat(4),
      address: fc.constantFrom("10.0.0.1", "8.8.8.8", "8.8.8.9", "8.8.8.10", "9.9.9.9"),
    });
    fc.assert(
      fc.property(fc.array(act, { maxLength: 120 }), (acts) => {
        const table = new RoutingTable(4, OWN, 0);
        for (const [at, { what, number, prefixLength, address }] of acts.entries()) {
          const contact = { id: node(number, prefixLength).id, endpoint: { address, port: 1000 + (number % 7) } };
          const now = at * MINUTE;
          if (what === "responded") table.responded(contact, now);
          else if (what === "failed") table.failed(contact.endpoint, now);
          else table.queried(contact, now);
          table.check();
        }
      }),
    );
  });
});
