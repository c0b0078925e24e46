import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatAddress } from "../address/index.ts";
import { fromLatin1, latin1, ProtocolError, utf8 } from "../base/index.ts";
import { encode } from "../bencode/index.ts";
import { decodePex, type ExchangedPeer, encodePex } from "./index.ts";

const none = { prefersEncryption: false, uploadOnly: false, utp: false, holepunch: false, reachable: false };
const port = fc.integer({ min: 1, max: 65_535 });
const flags = {
  prefersEncryption: fc.boolean(),
  uploadOnly: fc.boolean(),
  utp: fc.boolean(),
  holepunch: fc.boolean(),
  reachable: fc.boolean(),
};
const address4 = fc.uint8Array({ minLength: 4, maxLength: 4 }).map(formatAddress);
const address6 = fc
  .uint8Array({ minLength: 16, maxLength: 16 })
  .map(formatAddress)
  .filter((address) => address.includes(":"));
const peers = (address: fc.Arbitrary<string>) => fc.array(fc.record({ address, port, ...flags }), { maxLength: 60 });
const endpoints = (address: fc.Arbitrary<string>) => fc.array(fc.record({ address, port }), { maxLength: 60 });

describe("a peer exchange", () => {
  it("is laid out as BEP 11 says", () => {
    const peer: ExchangedPeer = { address: "1.2.3.4", port: 0x3132, ...none, uploadOnly: true, reachable: true };
    expect(latin1(encodePex({ added: [peer], dropped: [{ address: "5.6.7.8", port: 0x3334 }] }))).toBe(
      "d5:added6:\u0001\u0002\u0003\u0004127:added.f1:\u00126:added60:8:added6.f0:7:dropped6:\u0005\u0006\u0007\u0008348:dropped60:e",
    );
  });

  it("survives the way to bytes and back", () => {
    fc.assert(
      fc.property(peers(address4), peers(address6), endpoints(address4), endpoints(address6), (added4, added6, dropped4, dropped6) => {
        const message = { added: [...added4, ...added6], dropped: [...dropped4, ...dropped6] };
        expect(decodePex(encodePex(message))).toEqual({
          ...message,
          addedCount: message.added.length,
          droppedCount: message.dropped.length,
        });
      }),
    );
  });

  it("takes absent lists as empty and absent flags as clear", () => {
    expect(decodePex(fromLatin1("d5:added6:\u0001\u0002\u0003\u000412e"))).toEqual({
      added: [{ address: "1.2.3.4", port: 0x3132, ...none }],
      dropped: [],
      addedCount: 1,
      droppedCount: 0,
    });
    expect(decodePex(utf8("de"))).toEqual({ added: [], dropped: [], addedCount: 0, droppedCount: 0 });
  });

  it("keeps flags with their peers when one in between has port 0", () => {
    const added = Uint8Array.of(1, 1, 1, 1, 0, 1, 2, 2, 2, 2, 0, 0, 3, 3, 3, 3, 0, 3);
    const read = decodePex(encode({ added, "added.f": Uint8Array.of(0, 0xff, 2) }));
    expect(read.added).toEqual([
      { address: "1.1.1.1", port: 1, ...none },
      { address: "3.3.3.3", port: 3, ...none, uploadOnly: true },
    ]);
    expect(read.addedCount).toBe(3);
  });

  it("reads a flood only in part, and counts all of it", () => {
    const read = decodePex(encode({ added: new Uint8Array(6 * 9000).fill(1), dropped: new Uint8Array(6 * 900).fill(1) }));
    expect(read).toMatchObject({ addedCount: 9000, droppedCount: 900 });
    expect(read.added.length).toBeLessThanOrEqual(200);
    expect(read.dropped.length).toBeLessThanOrEqual(200);
  });

  it("is no list", () => {
    expect(() => decodePex(utf8("le"))).toThrow(ProtocolError);
  });
});
