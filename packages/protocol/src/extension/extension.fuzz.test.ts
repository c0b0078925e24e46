import { describe, expect, it } from "vitest";
import { utf8 } from "../base/index.ts";
import { fuzz, fuzzCount } from "../fuzz/index.ts";
import {
  decodeExtensionHandshake,
  decodeHolepunch,
  decodeMetadataMessage,
  decodePex,
  encodeExtensionHandshake,
  encodeHolepunch,
  encodeMetadataMessage,
  encodePex,
} from "./index.ts";

const flags = { prefersEncryption: true, uploadOnly: false, utp: true, holepunch: false, reachable: true };
const peers = [
  { address: "1.2.3.4", port: 6881, ...flags },
  { address: "2001:db8::1", port: 6881, ...flags },
];

const targets = {
  "an extension handshake": {
    seeds: [
      encodeExtensionHandshake({
        messages: new Map([
          ["ut_metadata", 1],
          ["ut_pex", 2],
        ]),
        metadataSize: 31_235,
        reqq: 500,
        client: "Bittern 0.1.0",
        port: 6881,
        yourIp: Uint8Array.of(1, 2, 3, 4),
        ipv6: new Uint8Array(16),
        uploadOnly: true,
        encryption: false,
      }),
    ],
    target: (bytes: Uint8Array) => {
      const read = decodeExtensionHandshake(bytes);
      expect(read.messages.size).toBeLessThanOrEqual(64);
      // What was let in is in range, so it can be written and read again.
      expect(decodeExtensionHandshake(encodeExtensionHandshake(read))).toEqual(read);
    },
  },
  "a metadata message": {
    seeds: [
      encodeMetadataMessage({ type: "request", piece: 3 }),
      encodeMetadataMessage({ type: "data", piece: 0, totalSize: 40, bytes: new Uint8Array(40) }),
      encodeMetadataMessage({ type: "reject", piece: 3 }),
    ],
    target: (bytes: Uint8Array) => {
      const read = decodeMetadataMessage(bytes);
      if (read !== undefined) expect(decodeMetadataMessage(encodeMetadataMessage(read))).toEqual(read);
    },
  },
  "a peer exchange": {
    seeds: [encodePex({ added: peers, dropped: peers }), utf8("de")],
    target: (bytes: Uint8Array) => {
      const read = decodePex(bytes);
      for (const peer of [...read.added, ...read.dropped]) expect(peer.port).toBeGreaterThan(0);
      expect(read.added.length).toBeLessThanOrEqual(read.addedCount);
    },
  },
  "a holepunch message": {
    seeds: [
      encodeHolepunch({ type: "rendezvous", endpoint: { address: "1.2.3.4", port: 1 } }),
      encodeHolepunch({ type: "error", endpoint: { address: "2001:db8::1", port: 1 }, error: "no-support" }),
    ],
    target: (bytes: Uint8Array) => {
      const read = decodeHolepunch(bytes);
      if (read !== undefined) expect(decodeHolepunch(encodeHolepunch(read))).toEqual(read);
    },
  },
};

describe("damaged bytes never break", () => {
  it.each(Object.entries(targets))("%s", (_, { seeds, target }) => {
    const { accepted, refused } = fuzz({ seeds, target, count: fuzzCount(process.env), seed: 10 });
    expect(Math.min(accepted, refused)).toBeGreaterThan(500);
  });
});
