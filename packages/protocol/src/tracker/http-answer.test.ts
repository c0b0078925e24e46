import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatAddress } from "../address/index.ts";
import { fromLatin1, latin1, ProtocolError, toHex } from "../base/index.ts";
import { encode } from "../bencode/index.ts";
import {
  type AnnounceAnswer,
  type AnnounceSuccess,
  decodeAnnounceAnswer,
  decodeScrapeAnswer,
  encodeAnnounceAnswer,
  encodeFailure,
  encodeScrapeAnswer,
  type ScrapeAnswer,
} from "./index.ts";

const port = fc.integer({ min: 1, max: 65_535 });
const address4 = fc.uint8Array({ minLength: 4, maxLength: 4 }).map(formatAddress);
const address6 = fc
  .uint8Array({ minLength: 16, maxLength: 16 })
  .map(formatAddress)
  .filter((address) => address.includes(":"));
const peers = (address: fc.Arbitrary<string>) => fc.array(fc.record({ address, port }), { maxLength: 30 });
const id = fc.uint8Array({ minLength: 20, maxLength: 20 });
const count = fc.nat({ max: 1_000_000 });
const besides = {
  interval: fc.integer({ min: 1, max: 100_000 }),
  minInterval: fc.integer({ min: 1, max: 100_000 }),
  trackerId: fc.uint8Array({ maxLength: 50 }),
  complete: count,
  incomplete: count,
  downloaded: count,
  warning: fc.string({ maxLength: 100 }),
  externalAddress: fc.oneof(address4, address6),
};
const needed = { requiredKeys: ["peers", "interval"] } as const;
const compactAnswer = fc.record(
  { ...besides, peers: fc.tuple(peers(address4), peers(address6)).map(([four, six]) => [...four, ...six]) },
  { requiredKeys: [...needed.requiredKeys] },
);
const listedAnswer = fc.record(
  {
    ...besides,
    peers: fc.array(
      fc.record(
        { address: fc.oneof(address4, address6, fc.constant("peer.example.org")), port, peerId: id },
        { requiredKeys: ["address", "port"] },
      ),
      { maxLength: 30 },
    ),
  },
  { requiredKeys: [...needed.requiredKeys] },
);

const decodeText = (text: string) => decodeAnnounceAnswer(fromLatin1(text));
const peersOf = (answer: AnnounceAnswer) => ("failure" in answer ? [] : answer.peers);

describe("an answer with a count below zero that lost its sign", () => {
  it("is read without that count: the whole of it was thrown away", () => {
    const body = encode({ complete: 2n ** 64n - 1n, incomplete: 3, interval: 2n ** 63n, peers: Uint8Array.of(1, 2, 3, 4, 0x1a, 0xe1) });
    expect(decodeAnnounceAnswer(body)).toEqual({ peers: [{ address: "1.2.3.4", port: 6881 }], interval: 1800, incomplete: 3 });
  });
});

describe("an answer to an announce", () => {
  it("survives the way to bytes and back, packed", () => {
    fc.assert(
      fc.property(compactAnswer, (answer) => {
        expect(decodeAnnounceAnswer(encodeAnnounceAnswer(answer))).toEqual(answer);
      }),
    );
  });

  it("survives the way to bytes and back, as dictionaries", () => {
    fc.assert(
      fc.property(listedAnswer, (answer) => {
        expect(decodeAnnounceAnswer(encodeAnnounceAnswer(answer, { compact: false }))).toEqual(answer);
      }),
    );
  });

  it("is laid out as BEP 23 and 7 say", () => {
    const mixed: AnnounceSuccess = {
      interval: 1800,
      peers: [
        { address: "49.50.51.52", port: 0x3536, peerId: new Uint8Array(20).fill(0x61) },
        { address: "3132:3334:3536:3738:3132:3334:3536:3738", port: 0x3930 },
      ],
    };
    expect(latin1(encodeAnnounceAnswer(mixed))).toBe("d8:intervali1800e5:peers6:1234566:peers618:123456781234567890e");
    expect(latin1(encodeAnnounceAnswer(mixed, { family: "ipv4" }))).toBe("d8:intervali1800e5:peers6:123456e");
    expect(latin1(encodeAnnounceAnswer(mixed, { family: "ipv6" }))).toBe("d8:intervali1800e5:peers0:6:peers618:123456781234567890e");
    expect(latin1(encodeAnnounceAnswer(mixed, { compact: false, family: "ipv4" }))).toBe(
      "d8:intervali1800e5:peersld2:ip11:49.50.51.527:peer id20:aaaaaaaaaaaaaaaaaaaa4:porti13622eeee",
    );
    expect(latin1(encodeAnnounceAnswer(mixed, { compact: false, family: "ipv4", noPeerId: true }))).toBe(
      "d8:intervali1800e5:peersld2:ip11:49.50.51.524:porti13622eeee",
    );
    expect(latin1(encodeAnnounceAnswer({ interval: 1, peers: [] }))).toBe("d8:intervali1e5:peers0:e");
  });

  it("passes over entries that make no peer", () => {
    const body = `d5:peersl${[
      "i1e",
      "de",
      "d2:ip7:1.2.3.44:porti0ee",
      "d2:ip7:1.2.3.44:porti65536ee",
      "d2:ip7:1.2.3.4e",
      "d2:ip5:127.14:porti1ee",
      "d2:ip10:0x7f0000014:porti1ee",
      "d2:ip9:host name4:porti1ee",
    ].join("")}ee`;
    expect(peersOf(decodeText(body))).toEqual([]);
    expect(peersOf(decodeText("d5:peersld2:ip7:1.2.3.44:porti1eei5eee"))).toEqual([{ address: "1.2.3.4", port: 1 }]);
  });

  it("writes the addresses of dictionaries in their one spelling", () => {
    expect(peersOf(decodeText("d5:peersld2:ip11:2001:DB8::14:porti1eeee"))).toEqual([{ address: "2001:db8::1", port: 1 }]);
  });

  it.each([
    ["de", { peers: [], interval: 1800 }],
    ["d8:intervali-5ee", { peers: [], interval: 1800 }],
    ["d8:intervali99999999999ee", { peers: [], interval: 604_800 }],
    ["d8:completei-1e8:interval2:10e", { peers: [], interval: 1800 }],
    ["d5:peers7:\u0001\u0002\u0003\u0004\u0000\u0001\u0009e", { peers: [{ address: "1.2.3.4", port: 1 }], interval: 1800 }],
    ["d11:external ip7:9.8.7.6e", { peers: [], interval: 1800, externalAddress: "9.8.7.6" }],
    ["d11:external ip2:xye", { peers: [], interval: 1800 }],
    ["d8:intervali60ee\r\n", { peers: [], interval: 60 }],
  ])("makes the best of %j", (text, answer) => {
    expect(decodeText(text)).toEqual(answer);
  });

  it("reads no more than two thousand peers", () => {
    expect(peersOf(decodeAnnounceAnswer(encode({ peers: new Uint8Array(6 * 50_000).fill(1) })))).toHaveLength(2000);
    const listed = Array.from({ length: 2500 }, () => ({ ip: "1.2.3.4", port: 1 }));
    expect(peersOf(decodeAnnounceAnswer(encode({ peers: listed })))).toHaveLength(2000);
  });

  it.each([
    [{ failure: "go away" }, "d14:failure reason7:go awaye"],
    [{ failure: "later", retryIn: 5 }, "d14:failure reason5:later8:retry ini5ee"],
    [{ failure: "no", retryIn: "never" } as const, "d14:failure reason2:no8:retry in5:nevere"],
  ])("may be a failure: %o", (failure, text) => {
    expect(latin1(encodeAnnounceAnswer(failure))).toBe(text);
    expect(latin1(encodeFailure(failure.failure, "retryIn" in failure ? failure.retryIn : undefined))).toBe(text);
    expect(decodeText(text)).toEqual(failure);
  });

  it("cuts what is long", () => {
    expect(decodeText(`d14:failure reason900:${"x".repeat(900)}e`)).toEqual({ failure: "x".repeat(500) });
  });

  it.each(["", "<html>", "d8:completei18446744073709551616ee", "le", "i1e", "d8:interval", `d5:peers${"l".repeat(50)}`])(
    "is not %j",
    (text) => {
      expect(() => decodeText(text)).toThrow(ProtocolError);
    },
  );
});

describe("what a stranger's server says in the tracker's place", () => {
  it.each([
    ["", "the tracker's answer is empty"],
    ["<!doctype html><title>Welcome</title>", "a web page came where the tracker's answer should be"],
    ["\r\n <html>", "a web page came where the tracker's answer should be"],
    ["le", "tracker answer without a dictionary"],
    ["d8:interval", expect.stringMatching(/^the tracker's answer is not readable: /)],
  ])("is called what it is: %j", (text, message) => {
    expect(() => decodeText(text)).toThrow(expect.objectContaining({ code: "TRACKER_ANSWER_WRONG", message }));
  });
});

describe("an answer to a scrape", () => {
  const counts = fc.record(
    { complete: count, incomplete: count, downloaded: count, downloaders: count },
    { requiredKeys: ["complete", "incomplete", "downloaded"] },
  );
  const anyAnswer: fc.Arbitrary<ScrapeAnswer> = fc.record(
    {
      swarms: fc.array(fc.tuple(id.map(toHex), counts), { maxLength: 20 }).map((entries) => new Map(entries)),
      minRequestInterval: fc.integer({ min: 1, max: 100_000 }),
    },
    { requiredKeys: ["swarms"] },
  );

  it("survives the way to bytes and back", () => {
    fc.assert(
      fc.property(anyAnswer, (answer) => {
        expect(decodeScrapeAnswer(encodeScrapeAnswer(answer))).toEqual(answer);
      }),
    );
  });

  it("is the example of BEP 48", () => {
    const text =
      "d5:filesd20:xxxxxxxxxxxxxxxxxxxxd8:completei11e10:downloadedi13772e10:incompletei19ee" +
      "20:yyyyyyyyyyyyyyyyyyyyd8:completei21e10:downloadedi206e10:incompletei20eeee";
    const swarms = new Map([
      ["78".repeat(20), { complete: 11, downloaded: 13_772, incomplete: 19 }],
      ["79".repeat(20), { complete: 21, downloaded: 206, incomplete: 20 }],
    ]);
    expect(decodeScrapeAnswer(fromLatin1(text))).toEqual({ swarms });
    expect(latin1(encodeScrapeAnswer({ swarms }))).toBe(text);
  });

  it("may be a failure, and may be odd", () => {
    expect(decodeScrapeAnswer(fromLatin1("d14:failure reason2:noe"))).toEqual({ failure: "no" });
    expect(encodeScrapeAnswer({ failure: "no" })).toEqual(encodeFailure("no"));
    expect(decodeScrapeAnswer(fromLatin1("d5:filesd3:abcdeee"))).toEqual({ swarms: new Map() });
    expect(decodeScrapeAnswer(fromLatin1("d5:filesi1ee"))).toEqual({ swarms: new Map() });
  });
});
