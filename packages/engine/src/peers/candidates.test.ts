import { type Endpoint, peerPriority } from "@bittern/protocol/address";
import { seededRandom } from "@bittern/protocol/fuzz";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CANDIDATES_MAX, CANDIDATES_MAX_PAUSED, type CandidateSource, Candidates, type CandidatesOptions } from "./candidates.ts";

const OURS: Endpoint = { address: "123.213.32.10", port: 6881 };

function candidatesOf(options: Partial<CandidatesOptions> = {}): Candidates {
  return new Candidates({ random: seededRandom(1), ...options });
}

/** The n-th of many global addresses. */
function peer(index: number, port = 6881): Endpoint {
  return { address: `8.${(index >> 16) & 255}.${(index >> 8) & 255}.${index & 255}`, port };
}

function drain(candidates: Candidates, now: number): Endpoint[] {
  const endpoints: Endpoint[] = [];
  for (let next = candidates.next(now); next !== undefined; next = candidates.next(now)) endpoints.push(next);
  return endpoints;
}

describe("Candidates, the order", () => {
  it("is that of BEP 40 once we know where others see us", () => {
    const candidates = candidatesOf({ ours: OURS });
    for (let index = 0; index < 50; index++) candidates.add(peer(index * 7_001), "tracker", 0);
    const priorities = drain(candidates, 0).map((endpoint) => peerPriority(OURS, endpoint));
    expect(priorities).toHaveLength(50);
    expect(priorities).toEqual([...priorities].sort((left, right) => right - left));
  });

  it("follows our address when we learn it late", () => {
    const candidates = candidatesOf();
    for (let index = 0; index < 50; index++) candidates.add(peer(index * 7_001), "tracker", 0);
    candidates.setOurs(OURS);
    const priorities = drain(candidates, 0).map((endpoint) => peerPriority(OURS, endpoint));
    expect(priorities).toEqual([...priorities].sort((left, right) => right - left));
  });

  it("puts those that the user named first", () => {
    const candidates = candidatesOf({ ours: OURS });
    for (let index = 0; index < 50; index++) candidates.add(peer(index), "tracker", 0);
    candidates.add(peer(99), "user", 0);
    expect(candidates.next(0)).toEqual(peer(99));
  });

  it("puts those that failed behind those that did not", () => {
    const candidates = candidatesOf();
    candidates.add(peer(1), "tracker", 0);
    expect(candidates.next(0)).toEqual(peer(1));
    candidates.failed(peer(1), 0, false);
    for (let index = 2; index < 20; index++) candidates.add(peer(index), "tracker", 0);
    expect(drain(candidates, 30_000).at(-1)).toEqual(peer(1));
  });
});

describe("Candidates, by two ways", () => {
  const SPEAKS = { speaksUtp: (): boolean => true };

  it("tries uTP at once where TCP led nowhere, and only then puts a peer off", () => {
    const candidates = candidatesOf(SPEAKS);
    candidates.add(peer(1), "tracker", 0);
    expect([candidates.next(0), candidates.transportOf(peer(1))]).toEqual([peer(1), "tcp"]);
    expect(candidates.failed(peer(1), 100, false)).toBe(false);
    expect([candidates.next(100), candidates.transportOf(peer(1))]).toEqual([peer(1), "utp"]);
    expect(candidates.failed(peer(1), 200, false)).toBe(true);
    expect(candidates.nextAt(200)).toBe(30_200);
    expect([candidates.next(30_200), candidates.transportOf(peer(1))]).toEqual([peer(1), "tcp"]);
    candidates.check();
  });

  it("does not try another way to who was there and said no", () => {
    const candidates = candidatesOf(SPEAKS);
    candidates.add(peer(1), "tracker", 0);
    candidates.next(0);
    expect(candidates.failed(peer(1), 0, true)).toBe(false);
    expect(candidates.nextAt(0)).toBe(30_000);
  });

  it("keeps to the way that led to a peer", () => {
    const candidates = candidatesOf(SPEAKS);
    candidates.add(peer(1), "tracker", 0);
    candidates.next(0);
    candidates.failed(peer(1), 0, false);
    candidates.next(0);
    candidates.closed(peer(1), 5000, true);
    expect(candidates.transportOf(peer(1))).toBe("utp");
  });

  it("takes one out of its turn when it dials us at the same time, unless it is linked", () => {
    const candidates = candidatesOf(SPEAKS);
    candidates.add(peer(1), "pex", 0, peer(2));
    candidates.next(0);
    candidates.failed(peer(1), 0, false);
    candidates.next(0);
    candidates.failed(peer(1), 0, false);
    expect(candidates.namedBy(peer(1))).toBe("8.0.0.2:6881");
    expect(candidates.take(peer(1))).toBe(true);
    expect(candidates.transportOf(peer(1))).toBe("utp");
    expect([candidates.take(peer(1)), candidates.take(peer(3))]).toEqual([false, false]);
    candidates.check();
  });
});

describe("Candidates, after a dial", () => {
  it("welcomes those back at once that we hung up on ourselves, and nobody who failed", () => {
    const candidates = candidatesOf();
    const [good, bad] = [peer(1), peer(2)];
    for (const endpoint of [good, bad]) candidates.add(endpoint, "tracker", 0);
    drain(candidates, 0);
    candidates.connected(good);
    candidates.closed(good, 1_000, true);
    candidates.failed(bad, 1_000, false);
    expect(candidates.next(1_001)).toBeUndefined();
    candidates.welcomeBack(1_001);
    expect(drain(candidates, 1_001)).toEqual([good]);
  });

  it("leave a peer alone for 30 seconds after a failure, and twice as long after each further one", () => {
    const candidates = candidatesOf();
    candidates.add(peer(1), "tracker", 0);
    let now = 0;
    for (const delay of [30_000, 60_000, 120_000, 240_000]) {
      expect(candidates.next(now)).toEqual(peer(1));
      candidates.failed(peer(1), now, false);
      expect(candidates.nextAt(now)).toBe(now + delay);
      expect(candidates.next(now + delay - 1)).toBeUndefined();
      now += delay;
    }
  });

  it("forget a peer that fails for ever, unless the user named it", () => {
    const candidates = candidatesOf();
    candidates.add(peer(1), "tracker", 0);
    candidates.add(peer(2), "user", 0);
    let now = 0;
    for (let round = 0; round < 20; round++) {
      for (const endpoint of drain(candidates, now)) candidates.failed(endpoint, now, false);
      now += 7_200_000;
    }
    expect([...candidates]).toEqual([peer(2)]);
    expect(candidates.nextAt(now)).toBe(now);
  });

  it("try a peer that the user named sooner, and at once when it is named again", () => {
    const candidates = candidatesOf();
    candidates.add(peer(1), "user", 0);
    candidates.next(0);
    candidates.failed(peer(1), 0, false);
    expect(candidates.nextAt(0)).toBe(5_000);
    expect(candidates.add(peer(1), "user", 1_000)).toBe(false);
    expect(candidates.next(1_000)).toEqual(peer(1));
  });

  it("come back soon to a peer that was useful, and late to one that was not", () => {
    const candidates = candidatesOf();
    candidates.add(peer(1), "tracker", 0);
    candidates.next(0);
    candidates.connected(peer(1));
    candidates.closed(peer(1), 1_000, true);
    expect(candidates.nextAt(1_000)).toBe(11_000);
    candidates.next(11_000);
    candidates.closed(peer(1), 12_000, false);
    expect(candidates.nextAt(12_000)).toBe(42_000);
  });

  it("give nobody twice while a link is there, incoming ones included", () => {
    const candidates = candidatesOf();
    candidates.add(peer(1), "tracker", 0);
    expect(candidates.next(0)).toEqual(peer(1));
    expect(candidates.next(0)).toBeUndefined();
    expect(candidates.nextAt(0)).toBeUndefined();
    candidates.connected(peer(2));
    candidates.connected(peer(2));
    candidates.add(peer(2), "incoming", 0);
    expect(candidates.next(0)).toBeUndefined();
    candidates.closed(peer(2), 0, true);
    expect(candidates.next(10_000)).toEqual(peer(2));
    candidates.check();
  });

  it("take a global address for one peer, and a private one with its port", () => {
    const candidates = candidatesOf();
    for (const port of [6881, 6882]) {
      candidates.add(peer(1, port), "tracker", 0);
      candidates.add({ address: "127.0.0.1", port }, "tracker", 0);
    }
    expect(
      drain(candidates, 0)
        .map(({ address }) => address)
        .sort(),
    ).toEqual(["127.0.0.1", "127.0.0.1", "8.0.0.1"]);
  });

  it("never dial who is banned", () => {
    const candidates = candidatesOf({ isBanned: (endpoint) => endpoint.address === peer(1).address });
    candidates.add(peer(1), "tracker", 0);
    candidates.add(peer(2), "tracker", 0);
    expect(drain(candidates, 0)).toEqual([peer(2)]);
    expect(candidates.sourceOf(peer(1))).toBeUndefined();
  });

  it("never dial ourselves", () => {
    const candidates = candidatesOf({ ours: OURS });
    expect(candidates.add(OURS, "tracker", 0)).toBe(false);
    candidates.add(peer(1), "tracker", 0);
    candidates.next(0);
    candidates.isOurselves(peer(1));
    candidates.failed(peer(1), 0, false);
    expect(candidates.add(peer(1), "pex", 0)).toBe(false);
    expect(candidates.size).toBe(0);
    candidates.check();
  });
});

describe("Candidates, named by strangers", () => {
  it("are at most 2,000, and 500 while paused", () => {
    const candidates = candidatesOf();
    for (let index = 0; index < 3_000; index++) candidates.add(peer(index), "tracker", 0);
    expect(candidates.size).toBe(CANDIDATES_MAX);
    candidates.setMax(CANDIDATES_MAX_PAUSED);
    expect(candidates.size).toBe(500);
    candidates.check();
  });

  it("make room for a better one, by failures and then by who named them", () => {
    const candidates = candidatesOf({ max: 2 });
    candidates.add(peer(1), "tracker", 0);
    candidates.add(peer(2), "pex", 0);
    expect(candidates.add(peer(3), "tracker", 0)).toBe(true);
    expect(candidates.sourceOf(peer(2))).toBeUndefined();
    expect(candidates.add(peer(4), "pex", 0)).toBe(false);
    for (const endpoint of drain(candidates, 0)) candidates.failed(endpoint, 0, false);
    expect(candidates.add(peer(4), "pex", 0)).toBe(true);
  });

  it("never make room of a peer there is a link to, nor of one the user named", () => {
    const candidates = candidatesOf({ max: 2 });
    candidates.add(peer(1), "pex", 0);
    candidates.next(0);
    candidates.add(peer(2), "user", 0);
    expect(candidates.add(peer(3), "incoming", 0)).toBe(false);
    expect([...candidates]).toEqual([peer(1), peer(2)]);
  });

  it("are worth as much as the best of those who named them", () => {
    const candidates = candidatesOf();
    candidates.add(peer(1), "pex", 0);
    candidates.add(peer(1), "tracker", 0);
    candidates.add(peer(1), "dht", 0);
    expect(candidates.sourceOf(peer(1))).toBe("tracker");
    expect(candidates.sourceOf(peer(2))).toBeUndefined();
  });

  it("are at most a quarter from one peer's exchange", () => {
    const candidates = candidatesOf({ max: 100 });
    for (let index = 0; index < 90; index++) candidates.add(peer(index), "pex", 0, peer(1_000));
    expect(candidates.size).toBe(25);
    for (let index = 100; index < 190; index++) candidates.add(peer(index), "pex", 0, peer(1_001));
    expect(candidates.size).toBe(50);
    candidates.remove(peer(0));
    expect(candidates.add(peer(91), "pex", 0, peer(1_000))).toBe(true);
    candidates.check();
  });

  it("have one port an address where a stranger names a global one", () => {
    const candidates = candidatesOf();
    expect(candidates.add(peer(1, 80), "pex", 0, peer(9))).toBe(true);
    expect(candidates.add(peer(1, 81), "pex", 0, peer(9))).toBe(false);
    expect(candidates.add(peer(1, 82), "dht", 0)).toBe(false);
    expect(candidates.add(peer(1, 83), "tracker", 0)).toBe(true);
  });

  it("lie in no private network when a global source names them, and nowhere forbidden at all", () => {
    const candidates = candidatesOf();
    const home = { address: "192.168.1.7", port: 6881 };
    for (const source of ["pex", "dht", "tracker"] as const) expect(candidates.add(home, source, 0, peer(1))).toBe(false);
    expect(candidates.add({ address: "127.0.0.1", port: 80 }, "tracker", 0, peer(1))).toBe(false);
    expect(candidates.add(home, "pex", 0, { address: "192.168.1.2", port: 1 })).toBe(true);
    for (const address of ["169.254.169.254", "0.0.0.0", "224.0.0.1"]) expect(candidates.add({ address, port: 80 }, "user", 0)).toBe(false);
    for (const port of [0, 65_536, -1]) expect(candidates.add({ address: "8.8.8.8", port }, "user", 0)).toBe(false);
  });

  it("keep their bounds and their books after any sequence", () => {
    const sources: CandidateSource[] = ["tracker", "user", "incoming", "pex", "dht", "lsd", "resume"];
    const endpoint = fc.record({
      address: fc.constantFrom("8.0.0.1", "8.0.0.2", "8.0.0.3", "9.1.1.1", "192.168.0.1", "127.0.0.1", "2001:db8::1"),
      port: fc.integer({ min: 1, max: 4 }),
    });
    const step = fc.oneof(
      {
        weight: 3,
        arbitrary: fc.record({
          type: fc.constant("add" as const),
          endpoint,
          source: fc.constantFrom(...sources),
          from: fc.option(endpoint),
        }),
      },
      { weight: 3, arbitrary: fc.record({ type: fc.constant("next" as const), after: fc.nat(100_000) }) },
      fc.record({
        type: fc.constantFrom(
          "connected" as const,
          "failed" as const,
          "useful" as const,
          "useless" as const,
          "remove" as const,
          "self" as const,
        ),
        endpoint,
      }),
      fc.record({ type: fc.constant("max" as const), max: fc.integer({ min: 2, max: 12 }) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 150, size: "max" }), (steps) => {
        const candidates = candidatesOf({ max: 8 });
        const linked = new Set<string>();
        const key = ({ address, port }: Endpoint): string => `${address} ${port}`;
        let now = 0;
        for (const one of steps) {
          if (one.type === "add") candidates.add(one.endpoint, one.source, now, one.from ?? undefined);
          else if (one.type === "next") {
            now += one.after;
            const due = candidates.nextAt(now);
            const next = candidates.next(now);
            expect(next !== undefined).toBe(due === now);
            if (next === undefined) continue;
            expect(linked.has(key(next))).toBe(false);
            linked.add(key(next));
          } else if (one.type === "max") candidates.setMax(one.max);
          else if (one.type === "connected") {
            candidates.connected(one.endpoint);
            linked.add(key(one.endpoint));
          } else if (one.type === "remove") candidates.remove(one.endpoint);
          else if (one.type === "self") candidates.isOurselves(one.endpoint);
          else {
            if (one.type === "failed") candidates.failed(one.endpoint, now, false);
            else candidates.closed(one.endpoint, now, one.type === "useful");
            linked.delete(key(one.endpoint));
          }
          candidates.check();
        }
      }),
    );
  });
});
