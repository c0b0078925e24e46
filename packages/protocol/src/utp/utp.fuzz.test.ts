import { describe, expect, it } from "vitest";
import { fuzz, fuzzCount, seededRandom } from "../fuzz/index.ts";
import { decodeUtp, encodeUtp, HEAD_LENGTH } from "./packet.ts";
import { Line } from "./testing.ts";
import type { UtpOutput } from "./utp.ts";

const HEAD = { connectionId: 77, timestamp: 1, lateness: 1, window: 1_000_000, sequence: 2, acknowledged: 1 } as const;
const SEEDS = (["data", "fin", "state", "syn"] as const).flatMap((type) => [
  encodeUtp({ ...HEAD, type }),
  encodeUtp({ ...HEAD, type }, new Uint8Array(8).fill(0xa5)),
  Uint8Array.from([...encodeUtp({ ...HEAD, type }), ...new Uint8Array(100)]),
]);

describe("Damaged uTP", () => {
  it("packets are read within their bounds, or not at all", () => {
    fuzz({
      seeds: SEEDS,
      target: (bytes) => {
        const packet = decodeUtp(bytes);
        if (packet === undefined) return;
        expect(packet.payload.length).toBeLessThanOrEqual(bytes.length - HEAD_LENGTH);
        expect(packet.sequence).toBeLessThan(0x10000);
      },
      count: fuzzCount(process.env),
      seed: 1,
    });
  });

  it("packets between two who talk break no inner law and are answered with no more than they bring", () => {
    const line = new Line(seededRandom(1));
    line.dial();
    line.run(200);
    line.write(line.left, new Uint8Array(40_000));
    fuzz({
      seeds: SEEDS,
      target: (bytes) => {
        // Into the connection, whatever the bytes say.
        for (const [port, from] of [
          [line.left, line.right.endpoint],
          [line.right, line.left.endpoint],
          [line.right, { address: "203.0.113.5", port: 1 }],
        ] as const) {
          const out: UtpOutput[] = [];
          port.utp.receive(bytes, from, line.now, out);
          port.utp.check();
        }
        line.now += 1;
      },
      count: fuzzCount(process.env) / 4,
      seed: 2,
    });
    expect(line.right.utp.size).toBeLessThan(2000);
  });
});
