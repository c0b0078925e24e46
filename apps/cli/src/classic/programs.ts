/**
 * The classic suite: every program of the first BitTorrent under the name and with the options it had.
 *
 * Each is thin: it reads its command line and calls what `bittern` calls. Manual pages are made from this list.
 * @module
 */
import type { ClassicMessages } from "../messages/classic/words.ts";
import { DOWNLOADER_OPTIONS } from "./options/downloader.ts";
import { LAUNCHER_OPTIONS } from "./options/launcher.ts";
import { ANNOUNCE_OPTIONS, MAKER_OPTIONS, PIECE_SIZE_OPTIONS } from "./options/maker.ts";
import type { OptionWords } from "./options/option.ts";
import { DOWNLOADER_RELICS, MAKER_RELICS, TRACKER_RELICS } from "./options/relics.ts";
import { TRACKER_OPTIONS } from "./options/tracker.ts";
import { type ClassicProgram, classicProgram } from "./program.ts";

const ANY_NUMBER = Number.POSITIVE_INFINITY;
const NO_WORDS: OptionWords = { help: {}, retired: {} };

/** Those of the downloaders, and a few of their own. */
function launcherWords({ downloader, launcher }: ClassicMessages["options"]): OptionWords {
  return { help: { ...downloader.help, ...launcher.help }, retired: downloader.retired };
}

export const CLASSIC_PROGRAMS: readonly ClassicProgram[] = [
  classicProgram({
    name: "btmakemetafile",
    options: MAKER_OPTIONS,
    words: ({ maker }) => maker,
    count: { least: 2, most: 2 },
    relics: MAKER_RELICS,
    load: async () => (await import("./tools/make-metafile.ts")).makeMetafile,
  }),
  classicProgram({
    name: "btcompletedir",
    options: PIECE_SIZE_OPTIONS,
    words: ({ maker }) => maker,
    count: { least: 2, most: ANY_NUMBER },
    relics: MAKER_RELICS,
    load: async () => (await import("./tools/complete-dir.ts")).completeDir,
  }),
  classicProgram({
    name: "btshowmetainfo",
    options: {},
    words: () => NO_WORDS,
    count: { least: 1, most: ANY_NUMBER },
    load: async () => (await import("./tools/show-metainfo.ts")).showMetainfo,
  }),
  classicProgram({
    name: "btrename",
    options: {},
    words: () => NO_WORDS,
    count: { least: 2, most: 2 },
    load: async () => (await import("./tools/rename.ts")).renameTorrent,
  }),
  classicProgram({
    name: "btreannounce",
    options: ANNOUNCE_OPTIONS,
    words: ({ maker }) => maker,
    count: { least: 2, most: ANY_NUMBER },
    relics: MAKER_RELICS,
    load: async () => (await import("./tools/reannounce.ts")).reannounce,
  }),
  classicProgram({
    name: "btcopyannounce",
    options: {},
    words: () => NO_WORDS,
    count: { least: 2, most: ANY_NUMBER },
    load: async () => (await import("./tools/copy-announce.ts")).copyAnnounce,
  }),
  classicProgram({
    name: "btdownloadheadless",
    options: DOWNLOADER_OPTIONS,
    words: ({ downloader }) => downloader,
    count: { least: 0, most: 1 },
    relics: DOWNLOADER_RELICS,
    load: async () => (await import("./download/headless.ts")).downloadHeadless,
  }),
  classicProgram({
    name: "btdownloadcurses",
    options: DOWNLOADER_OPTIONS,
    words: ({ downloader }) => downloader,
    count: { least: 0, most: 1 },
    relics: DOWNLOADER_RELICS,
    load: async () => (await import("./download/curses.ts")).downloadCurses,
  }),
  classicProgram({
    name: "btdownloadgui",
    options: DOWNLOADER_OPTIONS,
    words: ({ downloader }) => downloader,
    count: { least: 0, most: 1 },
    relics: DOWNLOADER_RELICS,
    load: async () => (await import("./download/gui.ts")).downloadGui,
  }),
  classicProgram({
    name: "bttrack",
    options: TRACKER_OPTIONS,
    words: ({ tracker }) => tracker,
    count: { least: 0, most: 0 },
    relics: TRACKER_RELICS,
    load: async () => (await import("./track/track.ts")).track,
  }),
  classicProgram({
    name: "btlaunchmany",
    options: LAUNCHER_OPTIONS,
    words: launcherWords,
    count: { least: 1, most: 1 },
    relics: DOWNLOADER_RELICS,
    load: async () => (await import("./launch/many.ts")).launchMany,
  }),
  classicProgram({
    name: "btlaunchmanycurses",
    options: LAUNCHER_OPTIONS,
    words: launcherWords,
    count: { least: 1, most: 1 },
    relics: DOWNLOADER_RELICS,
    load: async () => (await import("./launch/many-curses.ts")).launchManyCurses,
  }),
];
