import { describe, expect, it } from "vitest";
import { fromUtf8, utf8 } from "../base/index.ts";
import { fuzz, fuzzCount } from "../fuzz/index.ts";
import { formatMagnet, parseInfoHash, parseMagnet } from "./index.ts";

const V1 = "c9949dcf53ecbd20694853b4bfefe76a0adfa759";
const V2 = "bf720416b85e09437d846ad4e9cb05715d36437b1b0a7b783ce5a239db6cf16f";
const SEEDS = [
  `magnet:?xt=urn:btih:${V1}&dn=a+name%20of%20it&tr=http%3A%2F%2Ft.example%2Fannounce&tr.1=udp://u.example:80`,
  `magnet:?xt=urn:btmh:1220${V2}&xl=1234&ws=http://w.example/&x.pe=[2001:db8::1]:6881&so=0,2,4-6&kt=one+two`,
  `magnet:?xt.1=urn:btih:ZGKJ3T2T5S6SA2KIKO2L737HNIFN7J2Z&xt.2=urn:btmh:1220${V2}&x.pe=192.0.2.1:1`,
  V1,
  V2,
].map(utf8);

describe("parseMagnet and parseInfoHash", () => {
  it("give a link or a protocol error for any text, and the link survives being written", () => {
    const target = (bytes: Uint8Array) => {
      const text = fromUtf8(bytes);
      if (!/^magnet/i.test(text)) return void parseInfoHash(text);
      const link = parseMagnet(text);
      expect(parseMagnet(formatMagnet(link))).toEqual(link);
    };
    const { accepted, refused } = fuzz({ seeds: SEEDS, target, count: fuzzCount(process.env), seed: 1 });
    expect(Math.min(accepted, refused)).toBeGreaterThan(1000);
  });
});
