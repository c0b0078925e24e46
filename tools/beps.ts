/**
 * Writes docs/beps.md: which BEP lives in which file, as the module headers say it. `npm run docs` calls this, and
 * `tools/house-rules.ts` compares.
 *
 * A header names one BEP as "BEP 9" and several as "BEPs 6, 9 and 10" or "(BEP 6, 9, 10)". Any other number after "BEP 9," is not
 * taken, since it may count something else.
 * @module
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { checkout, moduleHeader, modulesOf, ROOT, type Tree } from "./tree.ts";

const TITLES: Readonly<Record<number, string>> = {
  3: "The BitTorrent protocol",
  5: "DHT",
  6: "Fast extension",
  7: "IPv6 tracker extension",
  9: "Metadata from peers",
  10: "Extension protocol",
  11: "Peer exchange (PEX)",
  12: "Multitracker metadata",
  14: "Local service discovery",
  15: "UDP tracker protocol",
  16: "Super-seeding",
  17: "HTTP seeding",
  19: "Web seeds",
  20: "Peer id conventions",
  21: "Partial seeds",
  23: "Compact peer lists",
  24: "The tracker returns the external address",
  27: "Private torrents",
  29: "uTP",
  31: "Failure retry",
  32: "DHT for IPv6",
  33: "DHT scrapes",
  34: "DNS tracker preferences",
  35: "Torrent signing",
  36: "Torrent RSS feeds",
  38: "Hints at local data",
  39: "Updating torrents by feed URL",
  40: "Canonical peer priority",
  41: "UDP tracker extensions",
  42: "DHT security",
  43: "Read-only DHT nodes",
  44: "Arbitrary data in the DHT",
  45: "DHT with several addresses",
  46: "Updating torrents by mutable DHT items",
  47: "Pad files and file attributes",
  48: "Scrape",
  49: "Distributed torrent feeds",
  50: "Publish and subscribe",
  51: "DHT info hash indexing",
  52: "The BitTorrent protocol, version 2",
  53: "File selection in magnet links",
  54: "lt_donthave",
  55: "Holepunch",
};

/** The BEPs that `header` names, ascending. */
export function bepsNamed(header: string): readonly number[] {
  const found = new Set<number>();
  for (const [, number] of header.matchAll(/\bBEP (\d+)/g)) found.add(Number(number));
  const lists = [
    ...header.matchAll(/\bBEPs (\d+(?:(?:, | and |, and )\d+)*)/g),
    ...header.matchAll(/\(BEP (\d+(?:(?:,? | and |, and )\d+)+)\)/g),
  ];
  for (const [, list] of lists) {
    for (const number of (list as string).match(/\d+/g) ?? []) found.add(Number(number));
  }
  return [...found].toSorted((a, b) => a - b);
}

/** The text docs/beps.md must have. */
export function bepsPage(tree: Tree): string {
  const files = new Map<number, string[]>();
  for (const path of modulesOf(tree.files)) {
    // A BEP is at home in a room or an app; a tool only speaks of it.
    if (!/^(packages|apps)\//.test(path)) continue;
    for (const bep of bepsNamed(moduleHeader(tree.read(path)) ?? "")) {
      if (TITLES[bep] === undefined) throw new Error(`${path} names BEP ${bep}, which has no title in tools/beps.ts`);
      files.set(bep, [...(files.get(bep) ?? []), path]);
    }
  }
  const rows = [...files]
    .toSorted(([a], [b]) => a - b)
    .map(([bep, paths]) => `| ${bep} | ${TITLES[bep]} | ${paths.map(linkTo).join("<br>")} |`);
  return `# Which BEP lives where

Generated from the module headers by \`npm run docs\`; do not edit.

| BEP | title | files |
|---|---|---|
${rows.join("\n")}
`;
}

function linkTo(path: string): string {
  return `[${path.replace(/^(packages|apps)\//, "").replace("/src/", "/")}](../${path})`;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href)
  writeFileSync(join(ROOT, "docs/beps.md"), bepsPage(checkout()));
