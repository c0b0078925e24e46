import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeCompact4, encodeCompact6 } from "../address/index.ts";
import { fromLatin1, latin1, utf8 } from "../base/index.ts";
import { type EncodableRecord, encode } from "../bencode/index.ts";
import { encodeContacts, type NodeContact } from "./contact.ts";
import { decodeKrpc, encodeError, encodeQuery, encodeResponse, type KrpcQuestion, versionText } from "./message.ts";

const ASKER = utf8("abcdefghij0123456789");
const ANSWERER = utf8("mnopqrstuvwxyz123456");
const AA = utf8("aa");
const HERE = { address: "1.2.3.4", port: 6881 };

/** The examples of BEP 5, without what the BEP cuts short. */
const QUERIES: readonly [question: KrpcQuestion, text: string][] = [
  [{ method: "ping" }, "d1:ad2:id20:abcdefghij0123456789e1:q4:ping1:t2:aa1:y1:qe"],
  [
    { method: "find_node", target: ANSWERER },
    "d1:ad2:id20:abcdefghij01234567896:target20:mnopqrstuvwxyz123456e1:q9:find_node1:t2:aa1:y1:qe",
  ],
  [
    { method: "get_peers", infoHash: ANSWERER },
    "d1:ad2:id20:abcdefghij01234567899:info_hash20:mnopqrstuvwxyz123456e1:q9:get_peers1:t2:aa1:y1:qe",
  ],
  [
    { method: "announce_peer", infoHash: ANSWERER, port: 6881, token: utf8("aoeusnth") },
    "d1:ad2:id20:abcdefghij012345678912:implied_porti0e9:info_hash20:mnopqrstuvwxyz1234564:porti6881e5:token8:aoeusnthe1:q13:announce_peer1:t2:aa1:y1:qe",
  ],
];

describe("a KRPC message", () => {
  it.each(QUERIES)("of %o reads as in BEP 5 and is written so", (question, text) => {
    expect(latin1(encodeQuery(question, { id: ASKER, transaction: AA }))).toBe(text);
    expect(decodeKrpc(fromLatin1(text))).toMatchObject({ type: "query", transaction: AA, id: ASKER, isReadOnly: false, ...question });
  });

  it("of a read-only node says so (BEP 43)", () => {
    const bytes = encodeQuery({ method: "ping" }, { id: ASKER, transaction: AA, isReadOnly: true });
    expect(latin1(bytes)).toContain("2:roi1e");
    expect(decodeKrpc(bytes)).toMatchObject({ isReadOnly: true });
  });

  it("asks for the families it wants (BEP 32)", () => {
    const bytes = encodeQuery({ method: "find_node", target: ANSWERER, want: [4, 6] }, { id: ASKER, transaction: AA });
    expect(latin1(bytes)).toContain("4:wantl2:n42:n6e");
    expect(decodeKrpc(bytes)).toMatchObject({ want: [4, 6] });
  });

  it("takes the sender's port where an announce implies it", () => {
    const text = QUERIES[3]?.[1].replace("implied_porti0e", "implied_porti1e").replace("porti6881e", "porti0e") ?? "";
    expect(decodeKrpc(fromLatin1(text))).toMatchObject({ method: "announce_peer", port: 0 });
    expect(decodeKrpc(fromLatin1(text.replace("implied_porti1e", "implied_porti0e")))).toMatchObject({ type: "malformed" });
  });

  it("answers with peers of both families, nodes and a token", () => {
    const peers = [HERE, { address: "2001:db8::1", port: 1 }];
    const nodes: NodeContact[] = [
      { id: ASKER, endpoint: { address: "5.6.7.8", port: 9 } },
      { id: ANSWERER, endpoint: { address: "2001:db8::2", port: 10 } },
    ];
    const reply = { nodes, nodeFamilies: [4, 6] as const, peers, token: utf8("token") };
    const read = decodeKrpc(encodeResponse(reply, { id: ANSWERER, transaction: AA, version: utf8("BY01") }, HERE));
    expect(read).toEqual({
      type: "response",
      transaction: AA,
      id: ANSWERER,
      nodes,
      peers,
      token: utf8("token"),
      ourEndpoint: HERE,
      version: utf8("BY01"),
    });
  });

  it("reads the examples of answers in BEP 5", () => {
    const pong = "d1:rd2:id20:mnopqrstuvwxyz123456e1:t2:aa1:y1:re";
    expect(decodeKrpc(fromLatin1(pong))).toMatchObject({ type: "response", id: ANSWERER, nodes: [], peers: [] });
    const values = "d1:rd2:id20:abcdefghij01234567895:token8:aoeusnth6:valuesl6:axje.u6:idhtnmee1:t2:aa1:y1:re";
    expect(decodeKrpc(fromLatin1(values))).toMatchObject({
      peers: [
        { address: "97.120.106.101", port: 0x2e75 },
        { address: "105.100.104.116", port: 0x6e6d },
      ],
      token: utf8("aoeusnth"),
    });
    const error = "d1:eli201e23:A Generic Error Ocurrede1:t2:aa1:y1:ee";
    expect(decodeKrpc(fromLatin1(error))).toEqual({ type: "error", transaction: AA, code: 201, message: "A Generic Error Ocurred" });
    expect(decodeKrpc(encodeError({ transaction: AA, code: 203, message: "no" }, HERE))).toMatchObject({ code: 203, message: "no" });
  });

  it.each([
    ["", "no bencoded dictionary"],
    ["de", "no transaction id"],
    ["d1:t2:aae", "neither query"],
    [`d1:t33:${"x".repeat(33)}1:y1:qe`, "no transaction id"],
    ["d1:q4:ping1:t2:aa1:y1:qe", "without a method or arguments"],
    ["d1:ad2:id3:abce1:q4:ping1:t2:aa1:y1:qe", "no node id of 20 bytes"],
    ["d1:ad2:id20:abcdefghij0123456789e1:q9:find_node1:t2:aa1:y1:qe", "no target"],
    ["d1:ad2:id20:abcdefghij0123456789e1:q9:get_peers1:t2:aa1:y1:qe", "no info hash"],
    ["d1:ad2:id20:abcdefghij0123456789e1:q4:vote1:t2:aa1:y1:qe", "no such method"],
    ["d1:t2:aa1:y1:re", "without a node id"],
    ["d1:rd2:id3:abce1:t2:aa1:y1:re", "without a node id"],
  ])("such as %j is refused without a throw", (text, reason) => {
    expect(decodeKrpc(fromLatin1(text))).toMatchObject({ type: "malformed", reason: expect.stringContaining(reason) as string });
  });

  it("of a method nobody knows is answered with error 204, of wrong arguments with 203 (BEP 5)", () => {
    const ask = (text: string): unknown => decodeKrpc(fromLatin1(text));
    expect(ask("d1:ad2:id20:abcdefghij0123456789e1:q4:vote1:t2:aa1:y1:qe")).toMatchObject({ complaint: { code: 204, transaction: AA } });
    expect(ask("d1:ad2:id3:abce1:q4:ping1:t2:aa1:y1:qe")).toMatchObject({ complaint: { code: 203 } });
    expect(ask("d1:t2:aa1:y1:re")).toMatchObject({ complaint: undefined });
  });

  // The walks of BEPs 44 and 51 ended at us, who know neither, though we know who is nearer to what they look for.
  it("of a method nobody knows that names a place asks for the nodes near it", () => {
    const target = ANSWERER;
    const query = (a: EncodableRecord, q: string) => decodeKrpc(encode({ a: { id: ASKER, ...a }, q, t: AA, y: "q" }));
    const asked = { type: "query", method: "find_node", target, id: ASKER, transaction: AA };
    expect(query({ target, seq: 1, want: ["n6"] }, "get")).toEqual({ ...asked, want: [6], isReadOnly: false });
    expect(query({ target }, "sample_infohashes")).toMatchObject(asked);
    expect(query({ info_hash: target }, "find_torrent")).toMatchObject(asked);
    expect(query({ target, seq: 2n ** 60n }, "get")).toMatchObject(asked);
    expect(query({ token: "t", v: "value" }, "put")).toMatchObject({ type: "malformed", complaint: { code: 204 } });
    expect(query({ target: "short" }, "get")).toMatchObject({ type: "malformed", complaint: { code: 204 } });
  });

  it("with a token of 64 bytes is read, and with a longer one refused", () => {
    const announce = (length: number): unknown =>
      decodeKrpc(
        encodeQuery(
          { method: "announce_peer", infoHash: ANSWERER, port: 1, token: new Uint8Array(length) },
          { id: ASKER, transaction: AA, isReadOnly: false },
        ),
      );
    expect(announce(64)).toMatchObject({ type: "query", method: "announce_peer" });
    expect(announce(65)).toMatchObject({ type: "malformed" });
  });

  it("longer than a packet of Ethernet is not read", () => {
    const long = encode({ r: { id: ANSWERER, nodes: new Uint8Array(1500) }, t: AA, y: "r" });
    expect(decodeKrpc(long)).toMatchObject({ type: "malformed", reason: `datagram of ${long.length} bytes` });
  });

  it("names at most a hundred peers and twenty nodes a family that are read", () => {
    const values = Array.from({ length: 130 }, () => encodeCompact4([HERE]));
    expect(decodeKrpc(encode({ r: { id: ANSWERER, values }, t: AA, y: "r" }))).toMatchObject({ peers: { length: 100 } });
    const contacts = Array.from({ length: 40 }, () => ({ id: ASKER, endpoint: HERE }));
    expect(decodeKrpc(encode({ r: { id: ANSWERER, nodes: encodeContacts(contacts, 4) }, t: AA, y: "r" }))).toMatchObject({
      nodes: { length: 20 },
    });
  });

  it("leaves out peers and nodes with port 0, and IPv4 in a list of IPv6 nodes", () => {
    const mapped = Uint8Array.from([...ASKER, ...encodeCompact6([{ address: "2001:db8::1", port: 1 }])]);
    mapped.set([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 1, 2, 3, 4], 20);
    const nodes = encodeContacts([{ id: ASKER, endpoint: { ...HERE, port: 0 } }], 4);
    const read = decodeKrpc(
      encode({ r: { id: ANSWERER, nodes, nodes6: mapped, values: [new Uint8Array(6), 7, new Uint8Array(5)] }, t: AA, y: "r" }),
    );
    expect(read).toMatchObject({ type: "response", nodes: [], peers: [] });
  });

  it("keeps nothing of the datagram it was read from", () => {
    const bytes = encodeQuery({ method: "get_peers", infoHash: ANSWERER }, { id: ASKER, transaction: AA });
    const read = decodeKrpc(bytes);
    bytes.fill(0);
    expect(read).toMatchObject({ id: ASKER, transaction: AA, infoHash: ANSWERER });
  });

  it("comes back as it went, whatever it asks", () => {
    const bytes20 = fc.uint8Array({ minLength: 20, maxLength: 20 });
    const want = fc.subarray<4 | 6>([4, 6]);
    const question = fc.oneof(
      fc.record({ method: fc.constant("ping" as const) }),
      fc.record({ method: fc.constant("find_node" as const), target: bytes20, want }),
      fc.record({ method: fc.constant("get_peers" as const), infoHash: bytes20, want }),
      fc.record({
        method: fc.constant("announce_peer" as const),
        infoHash: bytes20,
        port: fc.integer({ min: 0, max: 65_535 }),
        token: fc.uint8Array({ minLength: 1, maxLength: 64 }),
      }),
    );
    fc.assert(
      fc.property(question, bytes20, fc.uint8Array({ maxLength: 32 }), fc.boolean(), (asked, id, transaction, isReadOnly) => {
        expect(decodeKrpc(encodeQuery(asked, { id, transaction, isReadOnly }))).toEqual({
          type: "query",
          id,
          transaction,
          isReadOnly,
          ...asked,
        });
      }),
    );
  });
});

describe("a client's version", () => {
  it.each([
    [[0x4c, 0x54, 2, 0], "LT 2.0"],
    [[0x55, 0x54], "UT"],
    [[1, 2, 3, 4], ""],
    [[], ""],
  ])("%j reads %j", (bytes, text) => {
    expect(versionText(Uint8Array.from(bytes))).toBe(text);
  });
});
