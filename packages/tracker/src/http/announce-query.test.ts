import { ProtocolError, toHex, utf8 } from "@bittern/protocol/base";
import { type AnnounceRequest, announceUrl, parseAnnounceQuery } from "@bittern/protocol/tracker";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Announce } from "../announce.ts";
import type { FailureCode } from "../failure.ts";
import { AnnounceQuery } from "./announce-query.ts";

const EVENTS = [undefined, "completed", "started", "stopped", "paused"];

/** What our reader makes of a query, in the words of the protocol room; the code when it refuses. */
function read(query: string): Record<string, unknown> | FailureCode {
  const bytes = utf8(`xx${query}yy`);
  const reader = new AnnounceQuery("ours");
  const announce = new Announce();
  const failure = reader.read(bytes, 2, bytes.length - 2, announce);
  if (failure !== undefined) return failure;
  return {
    infoHash: toHex(announce.infoHash.bytes),
    peerId: toHex(announce.peerId),
    port: announce.port,
    uploaded: announce.uploaded,
    downloaded: announce.downloaded,
    left: announce.left < 0 ? Number.MAX_SAFE_INTEGER : announce.left,
    event: EVENTS[announce.event],
    numwant: announce.wanted < 0 ? undefined : announce.wanted,
    key: announce.key,
    compact: announce.isCompact,
    noPeerId: announce.hidesPeerIds,
    ip: reader.ip,
    ipv4: reader.ipv4,
    ipv6: reader.ipv6,
  };
}

/** The same by the protocol room; `undefined` when it refuses. */
function oracle(query: string): Record<string, unknown> | undefined {
  let request: AnnounceRequest;
  try {
    request = parseAnnounceQuery(query);
  } catch (fault) {
    expect(fault).toBeInstanceOf(ProtocolError);
    return undefined;
  }
  return {
    infoHash: toHex(request.infoHash),
    peerId: toHex(request.peerId),
    port: request.port,
    uploaded: request.uploaded,
    downloaded: request.downloaded,
    left: request.left,
    event: request.event,
    numwant: request.numwant,
    key: request.key ?? 0,
    compact: request.compact ?? true,
    noPeerId: request.noPeerId ?? false,
    ip: request.ip ?? "",
    ipv4: request.ipv4 ?? "",
    ipv6: request.ipv6 ?? "",
  };
}

const bytes20 = fc.uint8Array({ minLength: 20, maxLength: 20 });
const maybe = <Type>(arbitrary: fc.Arbitrary<Type>) => fc.option(arbitrary, { nil: undefined });
const counter = fc.maxSafeNat();
const request = fc.record({
  infoHash: bytes20,
  peerId: bytes20,
  port: fc.integer({ min: 1, max: 65_535 }),
  uploaded: counter,
  downloaded: counter,
  left: counter,
  event: maybe(fc.constantFrom("started", "completed", "stopped", "paused")),
  numwant: maybe(fc.nat(1000)),
  key: maybe(fc.nat(0xffffffff)),
  compact: maybe(fc.boolean()),
  noPeerId: maybe(fc.boolean()),
  ip: maybe(fc.ipV4()),
  ipv6: maybe(fc.ipV6()),
});

const HONEST = `info_hash=${"%aB".repeat(20)}&peer_id=-BY0100-abcdefghijkl&port=6881&uploaded=1&downloaded=2&left=3`;

describe("AnnounceQuery", () => {
  it("reads what the protocol room writes as the protocol room reads it", () => {
    fc.assert(
      fc.property(request, (given) => {
        const set = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as unknown as AnnounceRequest;
        const query = announceUrl("http://tracker/announce", set).split("?")[1] as string;
        expect(read(query)).toEqual(oracle(query));
      }),
    );
  });

  it("agrees with the protocol room on odd values, names and escapes", () => {
    const name = fc.constantFrom(
      "uploaded",
      "downloaded",
      "left",
      "event",
      "numwant",
      "key",
      "compact",
      "no_peer_id",
      "ip",
      "ipv4",
      "x",
      "%6beft",
      "l%65ft",
      "trackerid",
    );
    const value = fc.constantFrom(
      "0",
      "1",
      "-1",
      "-0",
      "00",
      "7",
      "abc",
      "deadbeef",
      "%31",
      "%2d1",
      "18446744073709551615",
      "123456789012345678901",
      "started",
      "%73topped",
      "1.5",
      "+1",
      "2=2",
      "10.0.0.1",
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(name, value), { maxLength: 6 }), fc.boolean(), (pairs, isHonest) => {
        const tail = pairs.map(([key, text]) => `${key}=${text}`).join("&");
        const head = isHonest ? HONEST : HONEST.replace("&uploaded=1&downloaded=2&left=3", "&uploaded=9&downloaded=9");
        const query = `${head}&${tail}`;
        const ours = read(query);
        const theirs = oracle(query);
        if (theirs === undefined) expect(ours, query).toSatisfy((result) => typeof result === "string");
        else expect(ours, query).toEqual(theirs);
      }),
      { numRuns: 500 },
    );
  });

  it.each<[string, string, FailureCode]>([
    ["no info hash", "peer_id=-BY0100-abcdefghijkl&port=1&left=0", "INFO_HASH_MISSING"],
    ["an info hash that is too short", HONEST.replace("%aB", ""), "INFO_HASH_LENGTH"],
    ["an info hash that is too long", HONEST.replace("%aB", "%aBx"), "INFO_HASH_LENGTH"],
    ["a hex info hash", HONEST.replaceAll("%aB", "ab"), "INFO_HASH_LENGTH"],
    ["an info hash without its value", `info_hash&${"a".repeat(20)}&peer_id=-BY0100-abcdefghijkl&port=1&left=0`, "INFO_HASH_LENGTH"],
    ["two info hashes", `${HONEST}&info_hash=${"%00".repeat(20)}`, "INFO_HASH_TWICE"],
    ["half an escape", HONEST.replace("%aB", "%a"), "ESCAPE"],
    ["an escape at the very end", "peer_id=%", "ESCAPE"],
    ["an escape that is none", HONEST.replace("%aB", "%zz"), "ESCAPE"],
    ["no peer id", HONEST.replace(/&peer_id=[^&]*/, ""), "PEER_ID_MISSING"],
    ["a short peer id", HONEST.replace("abcdefghijkl", "abc"), "PEER_ID_LENGTH"],
    ["two peer ids", `${HONEST}&peer_id=-BY0100-abcdefghijkl`, "PEER_ID_TWICE"],
    ["no port", HONEST.replace("&port=6881", ""), "PORT_MISSING"],
    ["port 0", HONEST.replace("6881", "0"), "PORT_RANGE"],
    ["port 65536", HONEST.replace("6881", "65536"), "PORT_RANGE"],
    ["a port that is no number", HONEST.replace("6881", "http"), "PORT_RANGE"],
    ["two ports", `${HONEST}&port=6882`, "PORT_TWICE"],
    ["no left", HONEST.replace("&left=3", ""), "LEFT_MISSING"],
    ["a left that is no number", HONEST.replace("left=3", "left=much"), "NUMBER"],
    ["a left of 100 digits", HONEST.replace("left=3", `left=${"9".repeat(100)}`), "NUMBER"],
    ["a negative upload", HONEST.replace("uploaded=1", "uploaded=-1"), "NUMBER"],
    ["nothing", "", "INFO_HASH_MISSING"],
    ["ampersands", "&&&&", "INFO_HASH_MISSING"],
  ])("refuses %s", (_, query, code) => {
    expect(read(query)).toBe(code);
  });

  it("reads hash and id in whatever order and escapes", () => {
    const hash = fc.uint8Array({ minLength: 20, maxLength: 20 });
    const escapes = fc.array(fc.boolean(), { minLength: 20, maxLength: 20 });
    fc.assert(
      fc.property(hash, hash, escapes, fc.shuffledSubarray([0, 1, 2], { minLength: 3 }), (infoHash, peerId, isEscaped, order) => {
        // A letter or digit may stand as it is.
        const spelt = (bytes: Uint8Array): string =>
          Array.from(bytes, (byte, at) =>
            !isEscaped[at] && /[0-9A-Za-z]/.test(String.fromCharCode(byte)) ? String.fromCharCode(byte) : `%${toHex(Uint8Array.of(byte))}`,
          ).join("");
        const parts = [`info_hash=${spelt(infoHash)}`, `peer_id=${spelt(peerId)}`, "port=6881&left=3"];
        const query = order.map((part) => parts[part]).join("&");
        expect(read(query)).toMatchObject({ infoHash: toHex(infoHash), peerId: toHex(peerId), port: 6881 });
      }),
    );
  });

  it("takes an empty value for none", () => {
    const empty = `${HONEST}&ip=&ipv6=&event=&numwant=&key=&compact=&no_peer_id=&trackerid=`;
    expect(read(empty)).toEqual(read(HONEST));
    expect(read(empty)).toEqual(oracle(empty));
    expect(read(HONEST.replace("port=6881", "port="))).toBe("PORT_MISSING");
  });

  it("does without counters that decide nothing", () => {
    expect(read(HONEST.replace("&uploaded=1&downloaded=2", ""))).toMatchObject({ uploaded: 0, downloaded: 0 });
  });

  it("knows its tracker id when it comes back", () => {
    const reader = new AnnounceQuery("ours");
    const announce = new Announce();
    for (const [given, isReturning] of [
      ["ours", true],
      ["o%75rs", true],
      ["theirs", false],
      ["", false],
    ] as const) {
      const bytes = utf8(`${HONEST}&trackerid=${given}`);
      expect(reader.read(bytes, 0, bytes.length, announce)).toBeUndefined();
      expect(announce.isReturning, given).toBe(isReturning);
    }
  });
});
