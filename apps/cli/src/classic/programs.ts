/**
 * The classic suite: every program of the first BitTorrent under the name and with the options it had.
 *
 * Each is thin: it reads its command line and calls what `bittern` calls. Manual pages are made from this list.
 * @module
 */
import { DOWNLOADER_OPTIONS } from "./options/downloader.ts";
import { LAUNCHER_OPTIONS } from "./options/launcher.ts";
import { ANNOUNCE_OPTIONS, MAKER_OPTIONS, PIECE_SIZE_OPTIONS } from "./options/maker.ts";
import { TRACKER_OPTIONS } from "./options/tracker.ts";
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
  classicProgram({
    name: "btdownloadheadless",
    usage: "[ option ... ] torrent",
    summary: "download and seed a torrent, telling its state in lines",
    options: DOWNLOADER_OPTIONS,
    count: { least: 0, most: 1 },
    load: async () => (await import("./download/headless.ts")).downloadHeadless,
  }),
  classicProgram({
    name: "btdownloadcurses",
    usage: "[ option ... ] torrent",
    summary: "download and seed a torrent, with a readout that fills the terminal",
    options: DOWNLOADER_OPTIONS,
    count: { least: 0, most: 1 },
    load: async () => (await import("./download/curses.ts")).downloadCurses,
  }),
  classicProgram({
    name: "btdownloadgui",
    usage: "[ option ... ] torrent",
    summary: "download and seed a torrent, with a window in the browser",
    options: DOWNLOADER_OPTIONS,
    count: { least: 0, most: 1 },
    load: async () => (await import("./download/gui.ts")).downloadGui,
  }),
  classicProgram({
    name: "bttrack",
    usage: "--dfile file [ option ... ]",
    summary: "run a tracker",
    options: TRACKER_OPTIONS,
    count: { least: 0, most: 0 },
    load: async () => (await import("./track/track.ts")).track,
  }),
  classicProgram({
    name: "btlaunchmany",
    usage: "directory [ option ... ]",
    summary: "download and seed every torrent of a folder, telling their state in lines",
    options: LAUNCHER_OPTIONS,
    count: { least: 1, most: 1 },
    load: async () => (await import("./launch/many.ts")).launchMany,
  }),
  classicProgram({
    name: "btlaunchmanycurses",
    usage: "directory [ option ... ]",
    summary: "download and seed every torrent of a folder, with a table that fills the terminal",
    options: LAUNCHER_OPTIONS,
    count: { least: 1, most: 1 },
    load: async () => (await import("./launch/many-curses.ts")).launchManyCurses,
  }),
];
