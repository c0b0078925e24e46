import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { ProtocolError } from "../base/index.ts";
import { parseTorrent } from "./index.ts";

const FOLDER = new URL("../../../../vectors/torrents/hostile/", import.meta.url);
const CODES = JSON.parse(readFileSync(new URL("codes.json", FOLDER), "utf8")) as Record<string, string>;

describe("parseTorrent", () => {
  it.each(Object.entries(CODES))("refuses %s as %s", (name, code) => {
    let refusal: unknown;
    try {
      parseTorrent(new Uint8Array(readFileSync(new URL(name, FOLDER))));
    } catch (fault) {
      refusal = fault;
    }
    expect(refusal).toBeInstanceOf(ProtocolError);
    expect((refusal as ProtocolError).code).toBe(code);
  });

  it("is tested against every hostile torrent there is", () => {
    const torrents = readdirSync(FOLDER).filter((name) => name.endsWith(".torrent"));
    expect(torrents.sort()).toEqual(Object.keys(CODES).sort());
  });
});
