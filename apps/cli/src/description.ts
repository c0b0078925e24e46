/**
 * What a torrent or a link says, in the words that `create`, `show` and `edit` print.
 * @module
 */
import { formatMagnet, type KnownSource, type MagnetLink, type Metainfo, pathOf } from "@bittern/client";
import { factLines, formatBytes, printable, tableLines } from "@bittern/faces";
import type { Catalogue, FactLabels } from "./messages/catalogue.ts";

/** The keys of `create --json`. What a link cannot know is null. */
export interface Summary {
  /** Absolute path of the .torrent; null where there is none. */
  readonly file: string | null;
  readonly version: "v1" | "v2" | "hybrid";
  readonly name: string | null;
  readonly infoHash: string | null;
  readonly infoHashV2: string | null;
  readonly pieceLength: number | null;
  readonly pieceCount: number | null;
  readonly totalLength: number | null;
  readonly fileCount: number | null;
  readonly magnet: string;
}

/** The keys of `show --json`. */
export interface Description extends Summary {
  readonly files: readonly { readonly path: string; readonly length: number }[];
  readonly trackers: readonly (readonly string[])[];
  readonly webSeeds: readonly string[];
  readonly private: boolean;
  readonly comment: string | null;
  readonly source: string | null;
  readonly createdBy: string | null;
  /** Seconds since 1970. */
  readonly creationDate: number | null;
  /** Indices of the files a link selects (BEP 53), each range with its ends; null where it selects nothing. */
  readonly select: readonly { readonly first: number; readonly last: number }[] | null;
  /** `HOST:PORT` of the peers a link names. */
  readonly peers: readonly string[];
}

export function summaryOf(metainfo: Metainfo, file: string | null): Summary {
  return {
    file,
    version: metainfo.version,
    name: metainfo.name,
    infoHash: metainfo.infoHashes.v1 ?? null,
    infoHashV2: metainfo.infoHashes.v2 ?? null,
    pieceLength: metainfo.pieceLength,
    pieceCount: metainfo.pieceCount,
    totalLength: metainfo.totalLength,
    fileCount: filesOf(metainfo).length,
    magnet: metainfo.toMagnet(),
  };
}

export function describe(source: KnownSource, file: string | null): Description {
  return source.type === "metainfo" ? describeTorrent(source.metainfo, file) : describeLink(source.magnet);
}

function describeTorrent(metainfo: Metainfo, file: string | null): Description {
  return {
    ...summaryOf(metainfo, file),
    files: filesOf(metainfo),
    trackers: metainfo.announce,
    webSeeds: metainfo.webSeeds,
    private: metainfo.private,
    comment: metainfo.comment ?? null,
    source: metainfo.source ?? null,
    createdBy: metainfo.createdBy ?? null,
    creationDate: metainfo.creationDate ?? null,
    select: null,
    peers: [],
  };
}

function describeLink(magnet: MagnetLink): Description {
  const { v1, v2 } = magnet.infoHashes;
  return {
    file: null,
    version: v1 === undefined ? "v2" : v2 === undefined ? "v1" : "hybrid",
    name: magnet.name ?? null,
    infoHash: v1 ?? null,
    infoHashV2: v2 ?? null,
    pieceLength: null,
    pieceCount: null,
    totalLength: magnet.exactLength ?? null,
    fileCount: null,
    magnet: formatMagnet(magnet),
    files: [],
    // A link has no tiers: each tracker is one of its own.
    trackers: magnet.trackers.map((url) => [url]),
    webSeeds: magnet.webSeeds,
    private: false,
    comment: null,
    source: null,
    createdBy: null,
    creationDate: null,
    select: magnet.select ?? null,
    peers: magnet.peers,
  };
}

function filesOf(metainfo: Metainfo): Description["files"] {
  return metainfo.files.map((file) => ({ path: pathOf(file), length: file.length }));
}

/** The facts under each other; those that are not there are left out. */
export function summaryLines(summary: Summary, { facts }: Pick<Catalogue, "facts">): readonly string[] {
  return factLines([...summaryFacts(summary, facts), [facts.magnet, summary.magnet]]);
}

export function descriptionLines(description: Description, { facts: labels }: Pick<Catalogue, "facts">): readonly string[] {
  const { trackers, webSeeds, comment, source, createdBy, creationDate } = description;
  const facts: [string, string][] = summaryFacts(description, labels);
  if (trackers.length > 0) facts.push([labels.trackers, trackers.map((tier) => printable(tier.join(", "))).join("\n")]);
  if (webSeeds.length > 0) facts.push([labels.webSeeds, webSeeds.map(printable).join("\n")]);
  if (description.peers.length > 0) facts.push([labels.peers, description.peers.map(printable).join("\n")]);
  if (description.select !== null) facts.push([labels.select, selectText(description.select)]);
  if (description.private) facts.push([labels.private, labels.privateYes]);
  if (comment !== null) facts.push([labels.comment, printable(comment)]);
  if (source !== null) facts.push([labels.source, printable(source)]);
  if (createdBy !== null) facts.push([labels.createdBy, printable(createdBy)]);
  if (creationDate !== null) facts.push([labels.created, dateText(creationDate)]);
  facts.push([labels.magnet, description.magnet]);
  const lines = [...factLines(facts)];
  if (description.files.length > 0) {
    const rows = description.files.map((file) => [formatBytes(file.length), printable(file.path)]);
    lines.push("", ...tableLines([{ title: labels.sizeColumn, align: "right" }, { title: labels.fileColumn }], rows));
  }
  return lines;
}

function summaryFacts(summary: Summary, labels: FactLabels): [string, string][] {
  const facts: [string, string][] = [];
  if (summary.name !== null) facts.push([labels.name, printable(summary.name)]);
  facts.push([labels.version, summary.version]);
  if (summary.infoHash !== null) facts.push([labels.infoHash, summary.infoHash]);
  if (summary.infoHashV2 !== null) facts.push([summary.infoHash === null ? labels.infoHash : labels.infoHashV2, summary.infoHashV2]);
  if (summary.totalLength !== null) {
    const size = `${formatBytes(summary.totalLength)} (${summary.totalLength} bytes)`;
    facts.push([labels.size, summary.fileCount === null ? size : labels.sizeOf(size, summary.fileCount)]);
  }
  if (summary.pieceLength !== null && summary.pieceCount !== null) {
    facts.push([labels.pieces, labels.piecesOf(summary.pieceCount, formatBytes(summary.pieceLength))]);
  }
  if (summary.file !== null) facts.push([labels.torrent, printable(summary.file)]);
  return facts;
}

/** As the link writes it: `0,2,4-6`. */
function selectText(select: NonNullable<Description["select"]>): string {
  return select.map(({ first, last }) => (first === last ? String(first) : `${first}-${last}`)).join(",");
}

/** `2026-11-20 14:05:09 UTC`; a date outside of what a calendar knows is shown as its number. */
function dateText(seconds: number): string {
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime())
    ? `${seconds} s after 1970`
    : date
        .toISOString()
        .replace("T", " ")
        .replace(/\.\d+Z$/, " UTC");
}
