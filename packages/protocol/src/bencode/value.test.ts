import { describe, expect, it } from "vitest";
import { fromLatin1, latin1, utf8 } from "../base/index.ts";
import { type BencodeDictionary, decode, LIMITS_MESSAGE } from "./index.ts";

const dictionary = (document: string) => decode(fromLatin1(document), { ...LIMITS_MESSAGE, bigIntegers: true }) as BencodeDictionary;
const sample = dictionary("d4:bigni9007199254740993e4:dictd1:xi1ee4:listli1e1:ae6:numberi7e6:string3:a\u00ffbe");

describe("BencodeDictionary", () => {
  it("answers each getter only for its own type", () => {
    expect(sample.integer("number")).toBe(7);
    expect(sample.integer("string")).toBeUndefined();
    expect(sample.integer("bign")).toBeUndefined();
    expect(sample.get("bign")).toBe(9007199254740993n);
    expect(sample.bytes("string")).toEqual(fromLatin1("a\u00ffb"));
    expect(sample.bytes("number")).toBeUndefined();
    expect(sample.list("list")).toEqual([1, utf8("a")]);
    expect(sample.list("dict")).toBeUndefined();
    expect(sample.dictionary("dict")?.integer("x")).toBe(1);
    expect(sample.dictionary("list")).toBeUndefined();
  });

  it("answers undefined for a key that is not there", () => {
    expect(sample.get("absent")).toBeUndefined();
    expect(sample.get("numbe")).toBeUndefined();
    expect(sample.span("absent")).toBeUndefined();
    expect(sample.count("absent")).toBeUndefined();
    expect(sample.has("absent")).toBe(false);
    expect(sample.has("number")).toBe(true);
  });

  it("is not fooled by the names of object properties", () => {
    expect(sample.get("__proto__")).toBeUndefined();
    expect(sample.get("toString")).toBeUndefined();
    expect(dictionary("d9:__proto__i1ee").integer("__proto__")).toBe(1);
  });

  it("reads text leniently", () => {
    expect(sample.text("string")).toBe("a\ufffdb");
    expect(dictionary("d1:a2:\u00c3\u00a4e").text("a")).toBe("ä");
  });

  it("gives the exact bytes of a value, however oddly it was written", () => {
    const odd = dictionary("d4:infod1:bi007e1:a02:xye5:otheri1ee");
    expect(latin1(odd.span("info") as Uint8Array)).toBe("d1:bi007e1:a02:xye");
    expect(latin1(odd.span("other") as Uint8Array)).toBe("i1e");
    expect(latin1(odd.dictionary("info")?.raw as Uint8Array)).toBe("d1:bi007e1:a02:xye");
    expect(latin1(odd.dictionary("info")?.span("a") as Uint8Array)).toBe("02:xy");
  });

  it("gives lists of dictionaries, and nothing for any other list", () => {
    const peers = dictionary("d5:emptyle5:mixedldei1ee5:peersld4:porti1eed4:porti2eeee");
    expect(peers.dictionaries("peers")?.map((peer) => peer.integer("port"))).toEqual([1, 2]);
    expect(peers.dictionaries("empty")).toEqual([]);
    expect(peers.dictionaries("mixed")).toBeUndefined();
    expect(peers.dictionaries("absent")).toBeUndefined();
    expect(sample.dictionaries("dict")).toBeUndefined();
  });

  it("counts without building", () => {
    expect(sample.entryCount("list")).toBe(4);
    expect(sample.entryCount("number")).toBe(1);
    expect(sample.entryCount("absent")).toBe(0);
    expect(sample.size).toBe(5);
    expect(sample.count("list")).toBe(2);
    expect(sample.count("dict")).toBe(1);
    expect(sample.count("number")).toBeUndefined();
  });

  it("goes through its entries in the order of the source, with one character a byte in keys", () => {
    const odd = dictionary("d1:\u00ffi1e1:ali2eee");
    expect([...odd.keys()]).toEqual(["\u00ff", "a"]);
    expect([...odd]).toEqual([
      ["\u00ff", 1],
      ["a", [2]],
    ]);
    expect(odd.integer("\u00ff")).toBe(1);
    expect([...odd.spans()].map(([key, bytes]) => [key, latin1(bytes)])).toEqual([
      ["\u00ff", "i1e"],
      ["a", "li2ee"],
    ]);
  });
});
