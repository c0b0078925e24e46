import { readdirSync, readFileSync } from "node:fs";
import { parseTorrent as parseWithOwnDigests } from "@bittern/protocol/metainfo";
import { describe, expect, it } from "vitest";
import { parseTorrent } from "./parse-torrent.ts";

const VECTORS = new URL("../../../vectors/torrents/", import.meta.url);
const names = ["v1", "v2", "hybrid"].flatMap((version) =>
  readdirSync(new URL(`${version}/`, VECTORS))
    .filter((name) => name.endsWith(".torrent"))
    .map((name) => `${version}/${name}`),
);

describe("parseTorrent", () => {
  it("finds torrents of all versions to try", () => {
    const versions = new Set(names.map((name) => parseTorrent(readFileSync(new URL(name, VECTORS))).version));
    expect([...versions].toSorted()).toEqual(["hybrid", "v1", "v2"]);
  });

  it.each(names)("names %s as the protocol's own hash functions do", (name) => {
    const bytes = readFileSync(new URL(name, VECTORS));
    expect(parseTorrent(bytes).infoHashes).toEqual(parseWithOwnDigests(bytes).infoHashes);
  });
});
