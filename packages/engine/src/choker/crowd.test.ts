import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ChokerPeer } from "./choker.ts";
import { Crowd, kindOf } from "./crowd.ts";

type Facts = Pick<ChokerPeer, "isInterested" | "isUnchoked" | "isUploadOnly"> & { readonly isGuest: boolean };

const FACTS = fc.record({ isInterested: fc.boolean(), isUnchoked: fc.boolean(), isUploadOnly: fc.boolean(), isGuest: fc.boolean() });

describe("Crowd", () => {
  it("counts what a look at everybody would count, whatever comes, changes and goes", () => {
    const steps = fc.array(fc.record({ id: fc.nat(5), facts: fc.option(FACTS, { nil: undefined }) }));
    fc.assert(
      fc.property(steps, (changes) => {
        const crowd = new Crowd();
        const peers = new Map<number, Facts>();
        const kindAt = (id: number): number => {
          const facts = peers.get(id);
          return facts === undefined ? 0 : kindOf(facts);
        };
        for (const { id, facts } of changes) {
          const before = kindAt(id);
          if (facts === undefined) peers.delete(id);
          else peers.set(id, facts);
          crowd.change(before, kindAt(id));
        }
        const all = [...peers.values()].filter(({ isGuest }) => !isGuest);
        const open = all.filter((peer) => !peer.isUploadOnly);
        const interested = open.filter((peer) => peer.isInterested);
        expect(crowd.guests).toBe([...peers.values()].filter(({ isGuest, isUploadOnly }) => isGuest && !isUploadOnly).length);
        expect(crowd.open).toBe(open.length);
        expect(crowd.interested).toBe(interested.length);
        expect(crowd.unchoked).toBe(all.filter((peer) => peer.isUnchoked).length);
        expect(crowd.served).toBe(interested.filter((peer) => peer.isUnchoked).length);
      }),
    );
  });
});
