import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromLatin1, latin1, ProtocolError, utf8 } from "../base/index.ts";
import { encode } from "../bencode/index.ts";
import { decodeExtensionHandshake, type ExtensionHandshake, encodeExtensionHandshake } from "./index.ts";

const anyHandshake: fc.Arbitrary<ExtensionHandshake> = fc.record(
  {
    messages: fc
      .uniqueArray(fc.tuple(fc.stringMatching(/^[a-z_]{1,20}$/), fc.nat({ max: 255 })), { selector: ([name]) => name })
      .map((entries) => new Map(entries)),
    metadataSize: fc.integer({ min: 1, max: 16 * 1024 * 1024 }),
    reqq: fc.integer({ min: 1, max: 5000 }),
    client: fc.string({ maxLength: 80 }),
    port: fc.integer({ min: 1, max: 65_535 }),
    yourIp: fc.oneof(fc.uint8Array({ minLength: 4, maxLength: 4 }), fc.uint8Array({ minLength: 16, maxLength: 16 })),
    ipv4: fc.uint8Array({ minLength: 4, maxLength: 4 }),
    ipv6: fc.uint8Array({ minLength: 16, maxLength: 16 }),
    uploadOnly: fc.boolean(),
    encryption: fc.boolean(),
  },
  { requiredKeys: ["messages"] },
);

const decodeText = (text: string) => decodeExtensionHandshake(fromLatin1(text));

describe("an extension handshake", () => {
  it("forgets a number past 2^53 and keeps the rest, where the peer was hung up on", () => {
    const payload = encode({ m: { ut_metadata: 3, odd: 2n ** 60n }, metadata_size: 2n ** 63n, p: 6881 });
    expect(decodeExtensionHandshake(payload)).toEqual({ messages: new Map([["ut_metadata", 3]]), port: 6881 });
  });

  it("is read as BEP 10 shows it", () => {
    const read = decodeText("d1:md11:LT_metadatai1e6:\u00b5T_PEXi2ee1:pi6881e1:v13:\u00c2\u00b5Torrent 1.2e");
    expect(read).toEqual({
      messages: new Map([
        ["LT_metadata", 1],
        ["\u00b5T_PEX", 2],
      ]),
      port: 6881,
      client: "µTorrent 1.2",
    });
  });

  it("is written with sorted keys, and without those that say nothing", () => {
    expect(latin1(encodeExtensionHandshake({ messages: new Map([["ut_metadata", 3]]), metadataSize: 31_235, uploadOnly: true }))).toBe(
      "d1:md11:ut_metadatai3ee13:metadata_sizei31235e11:upload_onlyi1ee",
    );
    expect(latin1(encodeExtensionHandshake({ messages: new Map() }))).toBe("d1:mdee");
  });

  it("survives the way to bytes and back", () => {
    fc.assert(
      fc.property(anyHandshake, (handshake) => {
        expect(decodeExtensionHandshake(encodeExtensionHandshake(handshake))).toEqual(handshake);
      }),
    );
  });

  it.each([
    ["d13:metadata_sizei0ee"],
    ["d13:metadata_sizei-1ee"],
    ["d13:metadata_sizei16777217ee"],
    ["d13:metadata_size2:10e"],
    ["d1:pi0ee"],
    ["d1:pi65536ee"],
    ["d4:reqqi0ee"],
    ["d6:yourip5:12345e"],
    ["d4:ipv416:0123456789abcdefe"],
    ["d1:mi1ee"],
    ["de"],
  ])("passes over what is odd in %s", (text) => {
    expect(decodeText(text)).toEqual({ messages: new Map() });
  });

  it("passes over ids that fit no byte, and keeps 0, which takes an extension back", () => {
    expect(decodeText("d1:md1:ai-1e1:bi256e1:c1:x1:di0e1:ei255eee").messages).toEqual(
      new Map([
        ["d", 0],
        ["e", 255],
      ]),
    );
  });

  it("remembers no more than 64 extensions", () => {
    const many = Array.from({ length: 900 }, (_, at) => `4:${String(at).padStart(4, "x")}i1e`).join("");
    expect(decodeText(`d1:md${many}ee`).messages.size).toBe(64);
  });

  it("cuts a long client name", () => {
    const name = "x".repeat(5000);
    expect(decodeText(`d1:v5000:${name}e`).client).toHaveLength(80);
  });

  it.each(["", "le", "i1e", "d", "d1:m"])("is not %j", (text) => {
    expect(() => decodeExtensionHandshake(utf8(text))).toThrow(ProtocolError);
  });
});
