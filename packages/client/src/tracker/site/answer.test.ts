import type { OtherRequest } from "@bittern/tracker";
import { describe, expect, it } from "vitest";
import { packed, plain } from "./answer.ts";

async function isPacked(accepted: string): Promise<boolean> {
  const request = { headers: new Map([["accept-encoding", accepted]]) } as unknown as OtherRequest;
  const { headers } = await packed(plain(200, "word ".repeat(1000)), request);
  return headers["Content-Encoding"] === "gzip";
}

describe("An answer of the site", () => {
  it("is packed for who takes gzip, or anything", async () => {
    for (const accepted of ["gzip", "br, GZIP ;q=0.5", "*", "deflate,*;q=1", " gzip;q=1.0"]) expect(await isPacked(accepted)).toBe(true);
    for (const accepted of ["", "br", "gzip;q=0", "gzip; q=0.00", "x-gzip-not", "*;q=0"]) expect(await isPacked(accepted)).toBe(false);
  });

  it("is made in one go, however many blanks stand in what is asked for", async () => {
    // An expression with two runs of blanks side by side tried all ways to share them.
    expect(await isPacked(`gzip${" ".repeat(200_000)}x`)).toBe(false);
  });
});
