/** @module */

import type { Socket } from "node:net";
import { Duplex } from "node:stream";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Channel, KIND, readAddressed } from "./channel.ts";

/** A stream that keeps what is written to it. */
function sink(): { socket: Socket; written: Buffer[] } {
  const written: Buffer[] = [];
  const stream = new Duplex({
    read: () => undefined,
    write: (chunk: Buffer, _encoding, done) => {
      written.push(Buffer.from(chunk));
      done();
    },
  });
  return { socket: stream as unknown as Socket, written };
}

const records = fc.array(
  fc.record({ kind: fc.integer({ min: 1, max: 10 }), number: fc.nat(), payload: fc.uint8Array({ maxLength: 300 }) }),
);

describe("Channel", () => {
  it("gives back what was put, however the stream was cut", () => {
    fc.assert(
      fc.property(records, fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1 }), (given, cuts) => {
        const { socket, written } = sink();
        const channel = new Channel(
          socket,
          () => undefined,
          () => undefined,
        );
        for (const { kind, number, payload } of given) channel.put(kind, number, payload);
        channel.end();
        const heard: typeof given = [];
        const other = sink().socket;
        new Channel(
          other,
          (kind, number, payload) => heard.push({ kind, number, payload: new Uint8Array(payload) }),
          () => undefined,
        );
        const all = Buffer.concat(written);
        for (let at = 0, cut = 0; at < all.length; cut++) {
          const length = cuts[cut % cuts.length] as number;
          other.emit("data", all.subarray(at, at + length));
          at += length;
        }
        expect(heard).toEqual(given);
      }),
      { numRuns: 100 },
    );
  });

  it("takes records longer than what it gathers in", () => {
    const { socket, written } = sink();
    const channel = new Channel(
      socket,
      () => undefined,
      () => undefined,
    );
    channel.put(KIND.write, 1, new Uint8Array(10));
    channel.put(KIND.write, 2, new Uint8Array(1_000_000));
    channel.put(KIND.write, 3, new Uint8Array(10));
    channel.end();
    expect(Buffer.concat(written)).toHaveLength(1_000_020 + 27);
  });

  it("says who sent a datagram", () => {
    const { socket, written } = sink();
    const from = { address: "2001:db8::1", port: 65_535 };
    const channel = new Channel(
      socket,
      () => undefined,
      () => undefined,
    );
    channel.putFrom(KIND.datagram, 7, { door: 3, from }, new Uint8Array([1, 2, 3]));
    channel.end();
    const { door, from: read, rest } = readAddressed(Buffer.concat(written).subarray(9));
    expect({ door, read, rest: [...rest] }).toEqual({ door: 3, read: from, rest: [1, 2, 3] });
  });
});
