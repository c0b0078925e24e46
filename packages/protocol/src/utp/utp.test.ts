import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { concatBytes, equalBytes, fillRandom } from "../base/index.ts";
import { seededRandom } from "../fuzz/index.ts";
import { decodeUtp, encodeUtp } from "./packet.ts";
import { CLEAR_WAY, Line, type Way } from "./testing.ts";
import { UTP_CONNECTIONS_MAX, UTP_HALF_OPEN_MAX, Utp, type UtpOutput } from "./utp.ts";

const STRANGER = { address: "198.51.100.9", port: 4000 };

function bytesOf(length: number, seed: number): Uint8Array {
  return fillRandom(seededRandom(seed), new Uint8Array(length));
}

function opened(seed: number, way: Way = CLEAR_WAY): Line {
  const line = new Line(seededRandom(seed), way);
  line.dial();
  line.run(200);
  line.write(line.left, new Uint8Array([1]));
  line.run(30_000, () => line.right.receivedLength === 1);
  line.right.received.length = 0;
  return line;
}

describe("A connection", () => {
  it("stands for who dialled after one round trip, and for the other side once it proved its address", () => {
    const line = new Line(seededRandom(1));
    line.dial();
    line.run(45);
    expect(line.left.types()).toEqual(["connected"]);
    expect(line.right.types()).toEqual([]);
    line.write(line.left, new Uint8Array([7]));
    line.run(100);
    expect(line.right.types()).toEqual(["accepted"]);
    expect(line.right.received).toEqual([new Uint8Array([7])]);
  });

  it("carries what was written before it stands", () => {
    const line = new Line(seededRandom(1));
    line.dial();
    line.write(line.left, bytesOf(5000, 1));
    line.run(1000);
    expect(line.right.receivedLength).toBe(5000);
  });

  it("carries bytes both ways, whole and in order, whatever the way does to datagrams", () => {
    fc.assert(
      fc.property(
        fc.nat(),
        fc.record({
          delay: fc.integer({ min: 0, max: 200 }),
          loss: fc.integer({ min: 0, max: 25 }),
          doubles: fc.integer({ min: 0, max: 20 }),
          late: fc.integer({ min: 0, max: 50 }),
          lateMillis: fc.integer({ min: 0, max: 300 }),
          rate: fc.constantFrom(50, 500, Number.POSITIVE_INFINITY),
          queueMillis: fc.integer({ min: 20, max: 500 }),
        }),
        fc.integer({ min: 1, max: 120_000 }),
        fc.integer({ min: 0, max: 60_000 }),
        (seed, way, there, back) => {
          const line = new Line(seededRandom(seed), way);
          line.dial();
          line.run(20_000, () => line.left.types().length > 0);
          // A dial may come to nothing when a quarter of all datagrams is lost.
          if (line.left.types()[0] !== "connected") return;
          const [sent, answer] = [bytesOf(there, 1), bytesOf(back, 2)];
          line.write(line.left, sent);
          line.run(60_000, () => line.right.connection !== 0);
          if (back > 0 && line.right.connection !== 0) line.write(line.right, answer);
          line.run(600_000, () => line.right.receivedLength === there && line.left.receivedLength === back);
          const hasBroken = [...line.left.types(), ...line.right.types()].includes("closed");
          if (hasBroken) return;
          expect(equalBytes(concatBytes(line.right.received), sent)).toBe(true);
          expect(equalBytes(concatBytes(line.left.received), answer)).toBe(true);
        },
      ),
      { numRuns: 60 },
    );
  });

  it("does not break on a way that loses a tenth", () => {
    for (let seed = 1; seed <= 10; seed++) {
      const line = opened(seed, { ...CLEAR_WAY, loss: 10 });
      line.write(line.left, bytesOf(300_000, seed));
      line.run(120_000, () => line.right.receivedLength === 300_000);
      expect(line.right.receivedLength).toBe(300_000);
    }
  });

  it("sends lost packets again soon, not after a time-out each", () => {
    const line = opened(3, { ...CLEAR_WAY, loss: 1, rate: 1000 });
    const begin = line.now;
    line.write(line.left, bytesOf(4_000_000, 1));
    line.run(60_000, () => line.right.receivedLength === 4_000_000);
    // A way of 1,000 bytes a millisecond: 4 s at best.
    expect(line.now - begin).toBeLessThan(16_000);
  });

  it("keeps the queue before a slow line near its target of 100 ms", () => {
    const line = opened(5, { ...CLEAR_WAY, rate: 200, queueMillis: 2000 });
    line.write(line.left, bytesOf(3_000_000, 1));
    line.run(5000);
    line.left.waitedMax = 0;
    line.run(5000);
    expect(line.left.waitedMax).toBeLessThan(200);
    expect(line.right.receivedLength).toBeGreaterThan(0.85 * 200 * 10_000);
  });

  it("ends when one side closes, after all that was written arrived", () => {
    const line = opened(6);
    line.write(line.left, bytesOf(200_000, 1));
    line.act(line.left, (out) => line.left.utp.close(line.left.connection, line.now, out));
    expect(line.left.types()).toEqual(["connected", "closed"]);
    line.run(5000);
    expect(line.right.receivedLength).toBe(200_000);
    expect(line.right.types()).toEqual(["accepted", "closed"]);
    line.run(20_000);
    expect([line.left.utp.size, line.right.utp.size]).toEqual([0, 0]);
  });

  it("ends with a time-out when the other side is gone", () => {
    const line = opened(7);
    line.way = { ...CLEAR_WAY, loss: 100 };
    line.write(line.left, bytesOf(10_000, 1));
    line.run(120_000);
    expect(line.left.events.at(-1)).toEqual({ type: "closed", connection: line.left.connection, fault: "timeout" });
    expect(line.left.events.filter(({ type }) => type === "written")).toHaveLength(2);
    expect(line.left.utp.size).toBe(0);
  });

  it("ends a dial nobody answers", () => {
    const line = new Line(seededRandom(8), { ...CLEAR_WAY, loss: 100 });
    line.dial();
    line.run(60_000);
    expect(line.left.events).toEqual([{ type: "closed", connection: 1, fault: "timeout" }]);
    expect(line.left.sentCount).toBe(3);
  });

  it("ends at a reset, and a dial at one is refused", () => {
    const line = opened(9);
    const reset = (receiveId: number): Uint8Array =>
      encodeUtp({ type: "reset", connectionId: receiveId, timestamp: 0, lateness: 0, window: 0, sequence: 0, acknowledged: 0 });
    const out: UtpOutput[] = [];
    for (let id = 0; id < 0x10000; id++) line.left.utp.receive(reset(id), line.right.endpoint, line.now, out);
    expect(out).toEqual([{ type: "closed", connection: line.left.connection, fault: "reset" }]);
    out.length = 0;
    line.left.utp.connect(line.right.endpoint, line.now, out);
    for (let id = 0; id < 0x10000; id++) line.left.utp.receive(reset(id), line.right.endpoint, line.now, out);
    expect(out.at(-1)).toMatchObject({ type: "closed", fault: "refused" });
  });

  it("rests while nobody reads, and goes on", () => {
    const line = opened(10);
    line.right.utp.pauseReading(line.right.connection);
    line.write(line.left, bytesOf(3_000_000, 1));
    line.run(30_000);
    expect(line.right.receivedLength).toBe(0);
    expect(line.left.utp.unsentLength(line.left.connection)).toBeGreaterThan(1_000_000);
    line.act(line.right, (out) => line.right.utp.resumeReading(line.right.connection, out));
    line.run(60_000, () => line.right.receivedLength === 3_000_000);
    expect(equalBytes(concatBytes(line.right.received), bytesOf(3_000_000, 1))).toBe(true);
  });

  it("says something every half minute, so that routers keep the way", () => {
    const line = opened(11);
    const { sentCount } = line.left;
    line.run(95_000);
    expect(line.left.sentCount - sentCount).toBe(3);
    expect(line.left.types()).toEqual(["connected"]);
  });
});

describe("A stranger", () => {
  const SYN = { type: "syn", connectionId: 77, timestamp: 0, lateness: 0, window: 1_000_000, sequence: 1, acknowledged: 0 } as const;

  it("that gives a false address draws one small answer and a few repeats, never data", () => {
    const utp = new Utp({ random: seededRandom(1) });
    const out: UtpOutput[] = [];
    utp.receive(encodeUtp(SYN), STRANGER, 0, out);
    utp.flush(0, out);
    for (let now = 0; now < 60_000; now += 100) utp.tick(now, out);
    expect(out.every(({ type }) => type === "send")).toBe(true);
    expect(out.reduce((sum, output) => sum + (output.type === "send" ? output.bytes.length : 0), 0)).toBeLessThanOrEqual(20);
    expect(utp.size).toBe(0);
  });

  it("that guesses our number is not let in", () => {
    const utp = new Utp({ random: seededRandom(1) });
    const out: UtpOutput[] = [];
    utp.receive(encodeUtp(SYN), STRANGER, 0, out);
    const answer = out[0]?.type === "send" ? decodeUtp(out[0].bytes) : undefined;
    const right = ((answer?.sequence ?? 0) - 1) & 0xffff;
    for (let acknowledged = 0; acknowledged < 0x10000; acknowledged += 7) {
      if (acknowledged === right) continue;
      utp.receive(encodeUtp({ ...SYN, type: "data", connectionId: 78, sequence: 2, acknowledged }), STRANGER, 1, out);
    }
    expect(out.some(({ type }) => type === "accepted")).toBe(false);
    utp.receive(encodeUtp({ ...SYN, type: "data", connectionId: 78, sequence: 2, acknowledged: right }), STRANGER, 1, out);
    expect(out.some(({ type }) => type === "accepted")).toBe(true);
  });

  it("that knocks without end takes a bounded number of places", () => {
    const utp = new Utp({ random: seededRandom(1) });
    const out: UtpOutput[] = [];
    for (let port = 1; port <= 5000; port++) utp.receive(encodeUtp(SYN), { ...STRANGER, port }, 0, out);
    expect(utp.size).toBe(UTP_HALF_OPEN_MAX);
  });

  it("finds no place where there are two thousand, and we dial no more", () => {
    const utp = new Utp({ random: seededRandom(1) });
    const out: UtpOutput[] = [];
    for (let port = 1; port <= UTP_CONNECTIONS_MAX; port++) utp.connect({ address: "198.51.100.7", port }, 0, out);
    expect(utp.size).toBe(2000);
    expect(utp.connect({ address: "198.51.100.8", port: 1 }, 0, out)).toBeUndefined();
    utp.receive(encodeUtp(SYN), STRANGER, 0, out);
    expect(utp.size).toBe(2000);
  });

  it("with a packet of no connection hears that it is of none", () => {
    const utp = new Utp({ random: seededRandom(1) });
    const out: UtpOutput[] = [];
    utp.receive(encodeUtp({ ...SYN, type: "data" }), STRANGER, 0, out);
    expect(out).toHaveLength(1);
    expect(out[0]?.type === "send" && decodeUtp(out[0].bytes)).toMatchObject({ type: "reset", connectionId: 77, acknowledged: 1 });
    utp.receive(encodeUtp({ ...SYN, type: "reset" }), STRANGER, 0, out);
    expect(out).toHaveLength(1);
  });

  it("that acknowledges what was never sent changes nothing", () => {
    const line = opened(12);
    const out: UtpOutput[] = [];
    for (let acknowledged = 0x2000; acknowledged < 0x9000; acknowledged += 97) {
      for (let connectionId = 0; connectionId < 0x10000; connectionId += 257) {
        const packet = encodeUtp({ ...SYN, type: "state", connectionId, acknowledged }, new Uint8Array(128).fill(255));
        line.left.utp.receive(packet, line.right.endpoint, line.now, out);
        line.left.utp.check();
      }
    }
    expect(out.filter(({ type }) => type !== "send")).toEqual([]);
  });
});
