/**
 * The classic suite: every program of the first BitTorrent under the name and with the options it had.
 *
 * Each is thin: it reads its command line and calls what `bittern` calls. Manual pages are made from this list.
 * @module
 */
import { ANNOUNCE_OPTIONS, MAKER_OPTIONS, PIECE_SIZE_OPTIONS } from "./options/maker.ts";
import { type ClassicProgram, classicProgram } from "./program.ts";

const ANY_NUMBER = Number.POSITIVE_INFINITY;

export const CLASSIC_PROGRAMS: readonly ClassicProgram[] = [
  classicProgram({
    name: "btmakemetafile",
    usage: "file announce-url [ option ... ]",
    summary: "make a .torrent of a file or folder",
    options: MAKER_OPTIONS,
    count: { least: 2, most: 2 },
    load: async () => (await import("./tools/make-metafile.ts")).makeMetafile,
  }),
  classicProgram({
    name: "btcompletedir",
    usage: "announce-url file ... [ option ... ]",
    summary: "make a .torrent of each of several files or folders",
    options: PIECE_SIZE_OPTIONS,
    count: { least: 2, most: ANY_NUMBER },
    load: async () => (await import("./tools/complete-dir.ts")).completeDir,
  }),
  classicProgram({
    name: "btshowmetainfo",
    usage: "file.torrent ...",
    summary: "show what .torrent files say",
    options: {},
    count: { least: 1, most: ANY_NUMBER },
    load: async () => (await import("./tools/show-metainfo.ts")).showMetainfo,
  }),
  classicProgram({
    name: "btrename",
    usage: "file.torrent new-name",
    summary: "change the name that a .torrent suggests for its file or folder",
    options: {},
    count: { least: 2, most: 2 },
    load: async () => (await import("./tools/rename.ts")).renameTorrent,
  }),
  classicProgram({
    name: "btreannounce",
    usage: "announce-url file.torrent ... [ option ... ]",
    summary: "change the tracker in .torrent files",
    options: ANNOUNCE_OPTIONS,
    count: { least: 2, most: ANY_NUMBER },
    load: async () => (await import("./tools/reannounce.ts")).reannounce,
  }),
  classicProgram({
    name: "btcopyannounce",
    usage: "source.torrent file.torrent ...",
    summary: "copy the trackers of one .torrent into others",
    options: {},
    count: { least: 2, most: ANY_NUMBER },
    load: async () => (await import("./tools/copy-announce.ts")).copyAnnounce,
  }),
];
