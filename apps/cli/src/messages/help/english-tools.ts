/**
 * The pages of what asks, tries and prepares, in English.
 * @module
 */
import { SOURCE, STATE_ENVIRONMENT } from "./english-shared.ts";
import type { CommandHelp } from "./words.ts";

const TRACKERS = `The trackers of SOURCE are asked, and those that -t adds; each by IPv4 and by IPv6, and where its host says in DNS that it is
(BEP 34). They may speak HTTP, HTTPS, UDP, or as those of WebTorrent WebSocket (ws, wss), where most trackers count browsers alone.`;
const ASKED_TOO = "ask this one too; may be given several times";
const PATIENCE = "how long a tracker may take (default: 20)";

export const ENGLISH_TOOLS: Pick<
  CommandHelp,
  "scrape" | "announce" | "dht" | "doctor" | "simulate" | "demo" | "fetch-feed" | "web-config" | "completion"
> = {
  scrape: {
    summary: "ask trackers how large a swarm is",
    description: `Asks trackers how many seeds and downloaders they know of a torrent, without joining its swarm.

${TRACKERS} A hybrid torrent has two swarms, one for each of its hashes.

${SOURCE}

JSON: {"trackers": [{"url", "infoHash", "complete", "incomplete", "downloaded", "error"}]}; what a tracker does not say is null.`,
    examples: [
      ["the trackers of a torrent", "bittern scrape album.torrent"],
      ["one tracker, one hash", "bittern scrape 49e2cdab588e7ff0733dbb433afc844945624f04 -t udp://tracker.example:6969"],
      ["the browsers at a tracker of WebTorrent", "bittern scrape album.torrent -t wss://tracker.example"],
    ],
    exit: [["1", "no tracker answered"]],
    arguments: {
      source: "the torrent to ask for",
    },
    options: {
      tracker: ASKED_TOO,
      timeout: PATIENCE,
    },
  },
  announce: {
    summary: "ask trackers for the peers of a torrent",
    description: `Announces to trackers and lists the peers they tell of, with their counts and intervals. Unless --event says what to
announce, this is only a question: a second announce takes us out of the swarm again. Over WebSocket it always does, for nobody could
connect to us the way browsers do, and there no tracker tells of addresses.

${TRACKERS} A hybrid torrent is announced under both of its hashes.

${SOURCE}

JSON: {"trackers": [{"url", "infoHash", "address", "interval", "minInterval", "complete", "incomplete", "downloaded", "externalAddress",
"warning", "peers", "error"}], "peers": ["HOST:PORT"]}; what a tracker does not say is null.`,
    examples: [
      ["who is there", "bittern announce album.torrent"],
      ["all addresses, one a line", "bittern announce album.torrent --json | jq -r '.peers[]'"],
      ["as a seed that stays listed", "bittern announce album.torrent --left 0 --port 6881 --event started"],
      ["whether a tracker of WebTorrent answers", "bittern announce album.torrent -t wss://tracker.example"],
    ],
    exit: [["1", "no tracker answered"]],
    arguments: {
      source: "the torrent to ask for",
    },
    options: {
      event: "what is announced",
      tracker: ASKED_TOO,
      port: "port we are reached at (default: 6881)",
      left: "bytes we lack; 0 announces a seed (default: 1)",
      numwant: "peers wanted at most, over HTTP and UDP (default: 50)",
      timeout: PATIENCE,
    },
  },
  dht: {
    summary: "ask the DHT, or be one of its nodes",
    description: `Asks the distributed hash table, which knows the peers of torrents without a tracker, by a node of its own that is gone afterwards.

lookup SOURCE lists the peers of a torrent. ping HOST:PORT asks one node whether it is there, who it is, and where it sees us.
run is a node until it is stopped: others can begin with it, by --dht-bootstrap, in a network that the well-known nodes do not reach.

${SOURCE}

JSON: {"infoHashes", "peers", "nodes", "seconds"} of lookup; {"address", "id", "client", "ourAddress", "millis"} of ping; lines
{"type": "listening", "port", "addresses"} and {"type": "stopped", ...} of run.`,
    examples: [
      ["who has a torrent", "bittern dht lookup 49e2cdab588e7ff0733dbb433afc844945624f04"],
      ["whether a node is there", "bittern dht ping dht.libtorrent.org:25401"],
      ["the first node of a network of one's own", "bittern dht run --port 6881"],
    ],
    exit: [["1", "nobody answered"]],
    arguments: {
      question: "what to do",
      target: "of which torrent, or which node",
    },
    options: {
      port: "UDP port of the node; 0 is any free one (default: 0)",
    },
  },
  doctor: {
    summary: "tell what of this machine would hold a transfer back",
    description: `Looks at ports, addresses, open files, TCP windows, memory and the folders of downloads and of state, and says what to do about
what it finds. It makes small files in both folders and takes them away again; no other machine is asked unless -t names a
tracker.

JSON: {"checks": [{"check", "level", "finding", "advice"}]}; a level is good, warning or problem.`,
    examples: [
      ["before the first download", "bittern doctor"],
      [
        "a folder, fixed ports, and whether a tracker can be reached",
        "bittern doctor --dir /srv/torrents --port 6881 -t udp://tracker.example:6969",
      ],
    ],
    exit: [["1", "at least one problem was found"]],
    environment: STATE_ENVIRONMENT,
    arguments: {},
    options: {
      dir: "folder that downloads go to (default: the current one)",
      port: "port to listen on: N or N-M (default: 6881-6999)",
      tracker: "ask whether this tracker answers; may be given several times",
    },
  },
  simulate: {
    summary: "run a swarm in the deterministic simulator",
    description: `Runs SCENARIO in virtual time with the very engine that downloads: same seed, same run, byte for byte. Prints when everybody
was complete, the figures of the scenario, and the hash of the trace.

Without SCENARIO it lists all of them with their options; each option is a number, given as --peers 50 or --total-length 64MiB.`,
    examples: [
      ["what there is", "bittern simulate"],
      ["fifty peers", "bittern simulate swarm --peers 50 --seed 7"],
      ["how late the last is, with 2, 4 and 8 downloaders", "bittern simulate home-links"],
      ["the time over the number of peers", "bittern simulate scaling --peers 100 --svg curve.svg"],
      ["is it the same run twice?", "bittern simulate swarm --seed 7 --json | jq -r .traceHash"],
    ],
    exit: [["1", "not everybody completed, or an invariant broke"]],
    arguments: {
      scenario: "name of the scenario",
    },
    options: {
      seed: "seed of all randomness, a number or a word (default: 1)",
      peers: "how many peers (default: as the scenario says)",
      svg: "draw the curve of the scenario `scaling` into a file",
    },
  },
  demo: {
    summary: "the main job from end to end on this machine",
    description: `Makes a folder of real files and one large generated file, makes its torrent, and runs a tracker, one seeder and two downloaders
in processes of their own over real sockets on the loopback address. Then compares every byte, prints the figures and
removes everything again.`,
    examples: [
      ["the show", "bittern demo"],
      ["the figures for a script", "bittern demo --json"],
    ],
    arguments: {},
    options: {
      size: "length of the generated file (default: 96MiB)",
      keep: "leave the folder with everything in it",
    },
  },
  "fetch-feed": {
    summary: "take the new torrents of a feed or a page into a folder",
    description: `Reads the RSS or Atom feed, or the page with links, at URL and saves every torrent in DIR that it has not saved before: as
NAME.torrent, and as NAME.magnet where there is only a magnet link. With \`bittern watch DIR\` beside it, a mirror keeps itself.

A link is a torrent by its ending or by the type that the feed gives it. --by-type also asks the server for the type of every
other link, and takes those of type application/x-bittorrent.

Made for cron: it asks only whether something changed since, says nothing where nothing is new, and never takes a torrent twice,
not even one that was deleted from DIR since. What failed is tried again by the next run. Two runs at once are refused.

Without --json it prints the path of each file it saved; with it {feed, format, changed, links, saved, failed, left}.`,
    examples: [
      ["once an hour, by a line of crontab", "0 * * * * bittern fetch-feed https://example.org/torrents.rss ~/torrents --quiet"],
      ["a directory listing", "bittern fetch-feed https://example.org/images/ ~/torrents"],
      ["a page whose links do not end in .torrent", "bittern fetch-feed https://example.org/releases.html ~/torrents --by-type"],
    ],
    exit: [["1", "the feed, or at least one of its torrents, could not be had"]],
    environment: STATE_ENVIRONMENT,
    arguments: {
      url: "address of the feed or page",
      dir: "folder for the torrents; made when it is missing",
    },
    options: {
      byType: "ask the server what the other links are",
      noMagnet: "leave magnet links alone",
      max: "at most so many new ones in one run (default: 200)",
    },
  },
  "web-config": {
    summary: "print what a web server needs to serve torrents",
    description: `nginx and apache print ready configuration: .torrent files are sent as application/x-bittorrent, so that a browser hands them to
a client instead of showing them as text, and /announce and /scrape lead to the tracker behind the web server. Without
--server-name these are lines for a site that is there already, with it a whole site.

page prints a web page that links to every .torrent in DIR by relative links, to be put into that folder as index.html.

Start the tracker on the same machine with \`bittern track --trust-proxy 127.0.0.1\`: then it believes the web server about who asks.`,
    examples: [
      ["lines for a site of nginx", "bittern web-config nginx > /etc/nginx/snippets/bittern.conf"],
      [
        "a whole site of Apache, without a tracker",
        "bittern web-config apache --server-name files.example.org --root /srv/torrents --no-tracker",
      ],
      ["a page for a folder of torrents", "bittern web-config page /srv/torrents -o /srv/torrents/index.html --force"],
    ],
    arguments: {
      kind: "for which server, or the page",
      dir: "folder of .torrent files, for the page (default: the current one)",
    },
    options: {
      serverName: "print a whole site that answers to this name",
      listen: "port of the whole site (default: 80)",
      root: "folder that the whole site shows (default: /var/www/html)",
      tracker: "where the tracker answers (default: 127.0.0.1:6969)",
      noTracker: "no tracker behind the web server",
      title: "heading of the page (default: the name of the folder)",
      output: "write to a file instead of standard output",
      force: "overwrite that file",
    },
  },
  completion: {
    summary: "print the completion script for a shell",
    description: "Prints a script that completes commands, options and file names, made from the same tree as these pages.",
    examples: [
      ["bash, for every session", "bittern completion bash > ~/.local/share/bash-completion/completions/bittern"],
      ["zsh", "bittern completion zsh > ~/.zfunc/_bittern   # a folder named in $fpath"],
      ["fish", "bittern completion fish > ~/.config/fish/completions/bittern.fish"],
    ],
    arguments: {
      shell: "which shell",
    },
    options: {},
  },
};
