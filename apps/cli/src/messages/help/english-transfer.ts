/**
 * The pages of what downloads and seeds, in English.
 * @module
 */
import { SESSION_ENVIRONMENT, SOURCE } from "./english-shared.ts";
import type { CommandHelp, Terms } from "./words.ts";

const KEYS: Terms = [
  ["p", "pause"],
  ["r", "resume"],
  ["s", "show the status"],
  ["c", "cancel: forget the torrent (its files stay) and end"],
  ["q", "quit"],
];
const SIGNALS: Terms = [["130, 143", "stopped by Ctrl-C or SIGTERM before the download was complete"]];
const DIR = "folder to download into (default: the current one)";
const PORT = "port to listen on: N, N-M (the first free one), or 0 for any (default: 6881-6999)";
const PEER = "a peer to connect to; may be given several times";
const MAX_DOWN = "bytes per second, such as 2MiB; 0 is unlimited";
const MAX_UP = "bytes per second, such as 500KiB; 0 is unlimited";
const SUPER_SEED = "give every piece away once before any twice, also beside other seeds (the only seed does so by itself)";

export const ENGLISH_TRANSFER: Pick<CommandHelp, "get" | "seed" | "share" | "watch" | "tui" | "explain"> = {
  get: {
    summary: "download",
    description: `Downloads into DIR/NAME and goes on seeding until it is stopped; --exit leaves when everything is there and safe on the disk.
Data that is already in place is checked and kept, so an interrupted download goes on where it was.

${SOURCE}

With --json the lines have a "type": listening (port), metadata, progress (about once a second: state, downloaded, uploaded,
verified, total, downRate, upRate, peers, seeds, secondsLeft), piece (hashed and written), complete (every wanted piece: seconds, downloaded,
uploaded), durable (all of it synced and recorded), summary (at the end: name, seconds, downloaded, uploaded, downRate, upRate, ratio,
ratioEver over all runs, peers, wasted), error. An error DISK_FULL ends nothing: the state is disk-full until there is room, and healed
says that it goes on.`,
    examples: [
      ["a torrent, seeding afterwards", "bittern get album.torrent"],
      ["a magnet link into a folder, then end", "bittern get 'magnet:?xt=urn:btih:...' --dir ~/downloads --exit"],
      ["only the films, first parts first", "bittern get series.torrent --select '*.mkv' --sequential"],
      ["from one known peer", "bittern get album.torrent --peer 10.0.0.2:6881 --exit"],
    ],
    keys: KEYS,
    exit: SIGNALS,
    environment: SESSION_ENVIRONMENT,
    arguments: {
      source: "what to download",
    },
    options: {
      dir: DIR,
      port: PORT,
      peer: PEER,
      exit: "end once everything is downloaded and safe on the disk",
      select: "only the files that match, such as '*.mkv' or 'extras/**'; may be given several times",
      sequential: "first pieces first",
      recheck: "hash what is in place anew, and fetch again what is gone, whatever is remembered of it",
      maxDown: MAX_DOWN,
      maxUp: MAX_UP,
      seedRatio: "end after uploading so many times the size",
      seedTime: "end after seeding so many minutes",
    },
  },
  seed: {
    summary: "give to others what is complete",
    description: `Checks the data at DIR/NAME and gives it to whoever asks, until it is stopped. The files are only read, never written.
If pieces are missing or damaged it says how many and ends: \`bittern get\` with the same folder completes them.

With --json the lines have a "type": listening (port) once peers are accepted, progress about once a second, summary at the
end, error.`,
    examples: [
      ["a folder beside its torrent", "bittern seed album.torrent"],
      ["data elsewhere, trusted without a check", "bittern seed album.torrent --dir /srv/mirror --no-check"],
    ],
    keys: KEYS,
    environment: SESSION_ENVIRONMENT,
    arguments: {
      torrent: "path or URL of the .torrent, or - for standard input",
    },
    options: {
      dir: "folder that holds the file or folder (default: the current one)",
      port: PORT,
      peer: PEER,
      noCheck: "take the data for whole without hashing it first",
      superSeed: SUPER_SEED,
      maxUp: MAX_UP,
    },
  },
  share: {
    summary: "publish a file or folder: torrent, tracker, page and seed in one",
    description: `Makes the torrent of PATH, runs a tracker for it, serves a page with the magnet link, the .torrent and a QR code, seeds, and
prints the link to give away. The page, the .torrent and the tracker share one HTTP port. Nothing is written beside PATH.

Other machines must be able to reach both ports; --public-host is the name or address they know this machine by (default:
its first address in the local network).

With --json the first line is {"type":"sharing","page","torrent","magnet","infoHash","infoHashV2","announce","port"}; progress
follows about once a second.`,
    examples: [
      ["in the local network", "bittern share holiday-photos"],
      ["to the world, under a name, on fixed ports", "bittern share disc.iso --public-host files.example.org --http 8080 --port 6881"],
      ["to one person, then end", "bittern share report.pdf --once"],
    ],
    environment: SESSION_ENVIRONMENT,
    arguments: {
      path: "file or folder",
    },
    options: {
      port: "port for peers: N, N-M (the first free one), or 0 for any (default: 6881-6999)",
      http: "port of page and tracker, or 0 for any free one (default: 8080, or the next free one)",
      publicHost: "name or address in all links",
      once: "end after one full copy has gone out",
      comment: "a remark for people, in the torrent and on the page",
      all: "take hidden files and litter too",
      superSeed: SUPER_SEED,
      maxUp: MAX_UP,
    },
  },
  watch: {
    summary: "download and seed whatever lies in a folder",
    description: `Works on every .torrent and .magnet file in DIR and in the folders in it: what is added starts, what is removed stops (its data stays).
A .magnet file holds a magnet link in its first line. Data goes beside the .torrent, or into the same place below --save-to.
What is already there is checked, one torrent at a time, and goes on where it was.

A folder may hold a file .bittern.json with options for its torrents and those in the folders below, the nearest first:
saveTo, select, trackers, sequential, paused, maxDown, maxUp, seedRatio, seedTime. While such a
file is broken, what it said before holds; where it was never right, no torrent below it is started. Where select, of its own folder
or of one above, chooses no file of a torrent, that torrent is left out, with one warning. A torrent that cannot be worked on is
tried again after ten seconds, six times.

With --json the lines have a "type": listening (port), added, removed, complete, satisfied (seeded as much as the options say), each
with file and name; progress (one for each torrent about once a second, with infoHash), error.`,
    examples: [
      ["a mirror, data beside the torrents", "bittern watch /srv/mirror"],
      ["a drop box for torrents and links", "bittern watch ~/torrents --save-to ~/downloads"],
      ["for one folder: only films, slowly", `echo '{"select":["*.mkv"],"maxUp":"200KiB"}' > ~/torrents/films/.bittern.json`],
    ],
    keys: [["q", "quit"]],
    environment: SESSION_ENVIRONMENT,
    arguments: {
      dir: "folder of .torrent and .magnet files",
    },
    options: {
      saveTo: "folder for the data (default: beside the .torrent)",
      poll: "look every second instead of waiting for the system to tell, for network file systems",
      port: PORT,
      maxDown: "bytes per second for all torrents together, such as 2MiB; 0 is unlimited",
      maxUp: "bytes per second for all torrents together, such as 500KiB; 0 is unlimited",
    },
  },
  tui: {
    summary: "all torrents on a full screen",
    description: `Shows a list of torrents on the whole terminal, downloads and seeds them, and keeps them from one start to the next.
A torrent opens into an overview with the reasons why it is slow, a map of its pieces and a graph of its rate, and into lists
of its files, peers and trackers. Press ? for the keys; paste a link to add it.

The list is kept in the state folder; one such screen at a time works on a state folder.

With --json it prints the torrents it keeps and ends, without a screen: infoHash, name (null while only a link is known),
path, paused, maxDown, maxUp.`,
    examples: [
      ["open the screen", "bittern tui"],
      ["add two torrents at once", "bittern tui album.torrent 'magnet:?xt=urn:btih:...' --dir ~/downloads"],
    ],
    keys: [
      ["?", "show all keys"],
      ["a", "add a torrent"],
      ["Enter", "open the torrent under the cursor"],
      ["Space", "pause or resume it"],
      ["d", "remove it"],
      ["q", "end"],
    ],
    environment: [
      ...SESSION_ENVIRONMENT,
      ["NO_COLOR", "anything: no colours"],
      ["LC_ALL, LC_CTYPE, LANG", "letters instead of blocks and arrows where they name no UTF-8 locale"],
    ],
    arguments: {
      source: "torrents to add: path, URL, magnet link or info hash",
    },
    options: {
      dir: "folder to download what is added into (default: the current one)",
      port: PORT,
      maxDown: "bytes per second, such as 2MiB; 0 is unlimited (default: as last time)",
      maxUp: "bytes per second, such as 500KiB; 0 is unlimited (default: as last time)",
      mouse: "use the mouse: click, wheel (m turns it on and off)",
    },
  },
  explain: {
    summary: "say why a torrent is slow or stands still",
    description: `Asks the commands that run (get, seed, share, tui and others with the same state folder) how their torrents are, and says for each why
it is slow or stands still: the cause, the numbers that show it, and what would help.

TORRENT is a path, URL, magnet link or info hash, or a part of the name of a running one. A torrent that runs nowhere is tried
out for a short while: what arrives goes into DIR, or without --dir into a folder that is removed afterwards.

With --json: torrents, each with infoHash, infoHashV2, name, command and pid (null when it was tried out), state, pace (stands,
moves or rests), progress, totalDone, totalWanted, downRate, upRate, peers, seeds, secondsLeft, and causes. A cause has a code, a
weight (stops, slows or perhaps), its numbers, and the texts what, evidence and help.`,
    examples: [
      ["everything that runs", "bittern explain"],
      ["one of them", "bittern explain album"],
      ["a torrent that runs nowhere", "bittern explain album.torrent --for 60"],
    ],
    environment: SESSION_ENVIRONMENT,
    arguments: {
      torrent: "which torrent (default: all that run)",
    },
    options: {
      for: "how long to try out what runs nowhere (default: 20)",
      dir: "where its data lies, or shall lie, when it is tried out (default: a folder that is removed)",
      port: "port to listen on when it is tried out: N, N-M, or 0 for any (default: 6881-6999)",
      peer: "a peer to connect to when it is tried out; may be given several times",
    },
  },
};
