// What does a torrent of many files cost before anything is hashed? 12,000 files are a megabyte of tiny values: reading them
// must stay below 7 ms, walking through all of them included, and a megabyte of piece hashes must cost next to nothing.
import { bench, describe } from "vitest";
import { type BencodeDictionary, decode, encode, LIMITS_KRPC } from "./index.ts";

const FILES = Array.from({ length: 12_000 }, (_, index) => ({
  length: index * 1000,
  path: [`folder ${index % 50}`, `some file name ${index}.bin`],
}));
const manyFiles = encode({ info: { files: FILES, name: "many" } });
const manyPieces = encode({ info: { length: 2 ** 36, name: "one", pieces: new Uint8Array(1_000_000) } });
const ping = encode({ a: { id: new Uint8Array(20) }, q: "ping", t: "aa", y: "q" });

function walk(): number {
  let sum = 0;
  const torrent = decode(manyFiles) as BencodeDictionary;
  for (const file of torrent.dictionary("info")?.dictionaries("files") ?? []) {
    sum += (file.integer("length") ?? 0) + (file.list("path")?.length ?? 0);
  }
  return sum;
}

describe("a torrent of 12,000 files", () => {
  bench("read", () => void decode(manyFiles));
  bench("read and walked through", () => void walk());
  bench("written", () => void encode({ info: { files: FILES, name: "many" } }));
});

describe("a megabyte of piece hashes", () => {
  bench("read", () => void decode(manyPieces));
  bench("written", () => void encode({ pieces: manyPieces }));
});

describe("a datagram of the DHT", () => {
  bench("read", () => void (decode(ping, LIMITS_KRPC) as BencodeDictionary).dictionary("a")?.bytes("id"));
});
