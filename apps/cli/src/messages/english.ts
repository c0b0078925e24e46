/**
 * English.
 * @module
 */

import {
  causeWords,
  count,
  ENGLISH_FACE,
  explanationLines,
  factLines,
  formatBytes,
  formatPercent,
  formatRate,
  peersWords,
  progressLine,
  progressWords,
  summaryWords,
} from "@bittern/faces";
import { activityOf } from "../activity.ts";
import type { Catalogue, TransferMessages } from "./catalogue.ts";
import { ENGLISH_CLASSIC } from "./classic/english.ts";
import { ENGLISH_DEMO, ENGLISH_DOCTOR, ENGLISH_SIMULATE, ENGLISH_WEB_CONFIG } from "./english-tools.ts";
import { ENGLISH_WINDOW } from "./english-window.ts";
import { ENGLISH_SHARED } from "./help/english-shared.ts";
import { ENGLISH_TOOLS } from "./help/english-tools.ts";
import { ENGLISH_TORRENTS } from "./help/english-torrents.ts";
import { ENGLISH_TRACK } from "./help/english-track.ts";
import { ENGLISH_TRANSFER } from "./help/english-transfer.ts";

const STATES: TransferMessages["states"] = {
  metadata: "fetching metadata",
  layers: "fetching piece hashes",
  checking: "checking",
  downloading: "downloading",
  finished: "seeding what was selected",
  seeding: "seeding",
  paused: "paused",
  error: "stopped",
  damaged: "damaged",
  "disk-full": "waits for room on the disk",
};

const LEFT_OUT = {
  "leads out": "a link that leads out of the folder",
  "leads round": "a link that leads back to a folder it lies in",
  "leads nowhere": "a link that leads nowhere",
  "no file": "neither a file nor a folder",
} as const;

export const ENGLISH: Catalogue = {
  warning: "warning",
  pageLeadsTo: (page, link) => `${page} leads to ${link}`,
  seeHelp: (line) => `see \`${line} --help\``,
  stoppedBy: (reason) => `stopped by ${reason}`,
  stopping: "stopping: trackers are told, and what came is saved; Ctrl-C once more leaves at once",
  failure: (_code, message) => message,

  progressLine: (view, width) => progressLine(view, width),
  progressWords: (view) => progressWords(view),
  hashing: "hashing",
  checking: "checking",

  transfer: {
    listening: (port) => `listening on port ${port}`,
    opening: () => [],
    metadataWait: undefined,
    content: (name, size, fileCount) => `${name}: ${size} in ${count(fileCount, "file")}`,
    complete: (name, size) => `${name}: complete, ${size}`,
    downloadedIn: (size, seconds, rate) => `${size === undefined ? "" : `; ${size} downloaded`} in ${seconds} s (${rate})`,
    pausedUntilRoom: (message) => `${message}: waits for room on the disk, and goes on by itself`,
    roomAgain: "there is room on the disk again: going on",
    damaged: (message) => `${message}: only what is left is seeded; \`bittern get\` into the same folder fetches it again`,
    paused: "paused; press r to resume",
    resumed: "resumed",
    seeding: (name) => `${name}: seeding`,
    summary: summaryWords,
    cause: (cause) => causeWords(cause).what,
    states: STATES,
    statusLines: (status) =>
      factLines([
        ["state", STATES[activityOf(status)]],
        ["progress", `${formatPercent(status.progress)}, ${formatBytes(status.totalDone)} of ${formatBytes(status.totalWanted)}`],
        ["downloaded", `${formatBytes(status.downloaded)} at ${formatRate(status.downRate)}`],
        ["uploaded", `${formatBytes(status.uploaded)} at ${formatRate(status.upRate)}, ratio ${status.ratio.toFixed(2)}`],
        ["connected", peersWords(status.peers, status.seeds)],
        ["swarm", `${count(status.swarmSeeds, "seed")}, ${peersWords(status.swarmPeers, 0)}`],
      ]),
  },

  facts: {
    name: "name",
    version: "version",
    infoHash: "info hash",
    infoHashV2: "info hash v2",
    size: "size",
    sizeOf: (size, fileCount) => `${size} in ${count(fileCount, "file")}`,
    pieces: "pieces",
    piecesOf: (pieceCount, length) => `${pieceCount} of ${length}`,
    torrent: "torrent",
    trackers: "trackers",
    webSeeds: "web seeds",
    peers: "peers",
    select: "selects files",
    private: "private",
    privateYes: "yes: peers come from its trackers only",
    comment: "comment",
    source: "source",
    createdBy: "created by",
    created: "created",
    magnet: "magnet",
    sizeColumn: "size",
    fileColumn: "file",
  },

  create: {
    privateWithoutTracker: "it is private and has no tracker, so nobody can find a peer of it; give it a tracker with -t",
    leftOutQuietly: (amount) => `left out ${count(amount, "hidden file or litter", "hidden files and litter")}; --all takes them`,
    leftOut: (path, why) => `left out ${path}: ${LEFT_OUT[why]}`,
  },
  edit: { hashChanged: "The info hash has changed: this is another torrent now, with another swarm." },
  verify: {
    whole: (name, pieceCount, size) => `${name}: whole, ${count(pieceCount, "piece")}, ${size}`,
    damaged: (name, good, pieces, bad) => `${name}: ${good} of ${count(pieces, "piece")} good, ${bad} damaged or missing`,
    missing: "missing",
    more: (amount) => `and ${amount} more`,
    badPieces: (ranges) => `bad pieces: ${ranges}`,
  },
  share: {
    sharing: (name, size) => `sharing ${name} (${size}) at`,
    language: "en",
    content: (size, fileCount) => `${size} in ${count(fileCount, "file")}`,
    take: "Download",
    seeds: "seeds",
    downloading: "downloading",
    openMagnet: "Open magnet link",
    getTorrent: "Get the .torrent",
    code: "QR code of the magnet link",
    files: (amount) => (amount === 1 ? "File" : "Files"),
    more: (amount) => `and ${count(amount, "more file", "more files")}`,
    name: "Name",
    size: "Size",
    commandLine: "From a command line",
    infoHash: "Info hash",
    and: "and",
  },
  track: { tracking: (urls) => `tracking at ${urls.join(" and ")}` },
  explain: {
    lines: (explanation, command, pid) => explanationLines(explanation, command === null ? "" : `${command}, process ${pid}`),
    nothingRuns: (stateDir) => `nothing runs with the state folder ${stateDir}; name a torrent to try it out`,
    looking: "looking",
  },
  watch: {
    watching: (folder, port) => `watching ${folder}, listening on port ${port}`,
    added: (name) => `started: ${name}`,
    removed: (name) => `stopped: ${name}`,
    complete: (name) => `complete: ${name}`,
    satisfied: (name) => `seeded enough, paused: ${name}`,
    optionsKept: "Until it is mended, what it said before holds",
    optionsAwaited: "Until it is mended, no torrent below it is started",
    torrents: (amount, fetching) => `${count(amount, "torrent")}${fetching === 0 ? "" : ` (${fetching} fetching metadata)`}`,
  },
  ask: {
    tracker: "tracker",
    infoHash: "info hash",
    seeds: "seeds",
    downloaders: "downloaders",
    completed: "completed",
    peers: "peers",
    againIn: "again in",
    unknown: "does not know it",
  },
  dht: {
    address: "address",
    id: "node id",
    client: "client",
    ourAddress: "sees us at",
    time: "time",
    found: (peers, nodes, seconds) => `${count(peers, "peer")} in ${seconds} s; ${count(nodes, "node")} known`,
    running: (places) => `a node of the DHT at ${places.join(" and ")}`,
    looking: (nodes) => (nodes === 0 ? "no node of the DHT has answered yet, waiting" : `asking the DHT, ${count(nodes, "node")} known`),
  },
  feed: { linksLeft: (amount) => `${count(amount, "link is", "links are")} left for the next run` },
  page: {
    language: "en",
    torrent: "Torrent",
    link: "Link",
    size: "Size",
    files: (amount) => count(amount, "file"),
    leftOut: (failure) => `${failure}: left out`,
  },
  doctor: ENGLISH_DOCTOR,
  demo: ENGLISH_DEMO,
  webConfig: ENGLISH_WEB_CONFIG,
  simulate: ENGLISH_SIMULATE,
  face: ENGLISH_FACE,
  classic: ENGLISH_CLASSIC,
  help: { shared: ENGLISH_SHARED, commands: { ...ENGLISH_TRANSFER, ...ENGLISH_TORRENTS, ...ENGLISH_TRACK, ...ENGLISH_TOOLS } },
  window: ENGLISH_WINDOW,
};
