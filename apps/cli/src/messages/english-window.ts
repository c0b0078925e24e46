/**
 * The window of one download in English: the words of the classic window.
 * @module
 */
import { timeLeftWords } from "../classic/words.ts";
import type { WindowMessages } from "./catalogue.ts";
import { ENGLISH_CLASSIC } from "./classic/english.ts";

export const ENGLISH_WINDOW: WindowMessages = {
  language: "en",
  about: "about",
  aboutText:
    "This page belongs to one download and to one process on this machine. Closing it ends the download within a minute; what is there is kept and taken up by the next start.",
  gauge: "Part of the download that is done",
  timeLeftLabel: "Estimated time left:",
  downloadToLabel: "Download to:",
  downRateLabel: "Download rate:",
  downTotalLabel: "Downloaded:",
  upRateLabel: "Upload rate:",
  upTotalLabel: "Uploaded:",
  errors: "Errors",
  cancel: "Cancel",
  close: "Close",
  ok: "OK",
  saveTitle: "Choose where to save",
  saveHint: "Pick a partial download to resume it, or an existing complete one to seed it.",
  saveAs: "Save as",
  save: "Save",
  above: "The folder above",
  entries: "What the folder holds",
  succeeded: "Download Succeeded!",
  failed: "Download Failed!",
  over: "ended",
  gone: "The program has ended; this page can be closed.",
  fetching: "fetching the torrent",
  fetchingFromPeers: "fetching the torrent from peers",
  checking: "checking existing file",
  connecting: "connecting to peers",
  openYourself: (url) => `open this address in a browser of this machine: ${url}`,
  upload: "Upload",
  timeLeft: (seconds) => timeLeftWords(seconds, ENGLISH_CLASSIC.download.time),
};
