/**
 * The page of the tracker, in English.
 * @module
 */
import type { CommandHelp } from "./words.ts";

export const ENGLISH_TRACK: Pick<CommandHelp, "track"> = {
  track: {
    summary: "run a tracker",
    description: `Tells peers of each other over HTTP and UDP, on all IPv4 and IPv6 addresses, until it is stopped, and those of WebTorrent over
WebSocket on the port of HTTP (ws://HOST:PORT). Any torrent may be announced unless a list, a folder or --private says otherwise. A
page with the live swarms is at /, beside it /stats.json, /metrics (Prometheus) and /healthz.

--state FILE keeps swarms, counts, users and statistics over restarts; a crash costs the last five seconds at most. Lists and
certificates in files are read anew when they change, at once on SIGHUP without a terminal.

With --json the first line is {"type":"listening","http","udp","announce"}: ports as integers (with --tls-cert also "https"; null for a
door that is shut) and the announce URLs. {"type":"warning","message"} may follow.`,
    examples: [
      ["on the usual port", "bittern track"],
      ["on any free port, for a script", "bittern track --port 0 --json"],
      ["one that forgets nothing", "bittern track --state /var/lib/bittern/tracker.journal"],
      ["the torrents of a folder and no others, their files given out", "bittern track --torrent-dir /srv/torrents --serve-torrents"],
      ["with HTTPS beside HTTP", "bittern track --https 443 --tls-cert chain.pem --tls-key key.pem"],
      ["behind a proxy on this machine", "bittern track --http 8080 --trust-proxy 127.0.0.1 --announce-url https://t.example/announce"],
      [
        "one more torrent on the list of a running one",
        'curl -X PUT -H "Authorization: Bearer $TOKEN" http://t.example:6969/api/torrents/HASH',
      ],
      ["for members, with pass keys", "bittern track --private --users keys.txt --state members.journal"],
    ],
    environment: [["BITTERN_TRACKER_TOKEN", "token of the management API, where no file has it; at least 16 characters"]],
    arguments: {},
    options: {
      port: "port for HTTP and UDP, or 0 for any free one (default: 6969)",
      http: "port for HTTP, where it shall differ",
      udp: "port for UDP, where it shall differ",
      https: "port for HTTPS beside HTTP; without it the port of HTTP speaks HTTPS once --tls-cert is given",
      noUdp: "no UDP",
      tlsCert: "certificate chain for HTTPS, in PEM form",
      tlsKey: "its key, in PEM form",
      trustProxy: "reverse proxy whose X-Forwarded-For counts; may be given several times",
      connections: "HTTP connections at once; more make the idlest go (default: 10000)",
      threads: "processes at the doors, for more cores than one (default: 1)",
      noNative:
        "load nothing native: datagrams one by one and connections through Node, which costs more, as on every system without koffi",
      interval: "time between two announces of a peer, at least; grows with the load (default: 1800)",
      minInterval: "time a client has to wait whatever it wants (default: 60)",
      peers: "peers in an answer where the client does not say (default: 50)",
      peersMax: "peers in an answer over HTTP at most (default: 100)",
      compactOnly: "keep no peer ids: half the memory; answers in dictionary form go without them",
      scrape: "scrapes that are answered (default: all)",
      message: "shown to users by their clients with every answer (warning message)",
      trackerId: "name of this tracker in its answers",
      natCheck: "dial peers back and hand out first those that answer (default: 3 tries)",
      onlyReachable: "with --nat-check: hand out no others, as the classic tracker does",
      torrentDir: "track the torrents of this folder of .torrent files and no others",
      torrentDirInterval: "time between two looks into it (default: 60)",
      serveTorrents: "give those files out, at /file?info_hash= and on the pages",
      allowList: "track the info hashes in this file and no others",
      denyList: "track all but the info hashes in this file",
      secret: "track this torrent for those whose announce URL has the word; may be given several times",
      private: "ask for a pass key in the announce URL (/KEY/announce), and count what each user gives and takes",
      users: "pass keys, one a line, for --private",
      allowAddress: "serve these networks and no others; may be given several times",
      denyAddress: "serve no client from here; may be given several times",
      addressList: "networks, one a line: denied, or allowed with + before them",
      rate: "announces a second from one address (or one /64 of IPv6), in the long run",
      burst: "announces from one address at once, with --rate (default: 100)",
      apiTokenFile: "open the management API under /api to whoever has the token in this file (see Environment)",
      maxTorrents: "torrents at most; the smallest go (default: 1000000)",
      maxPeers: "peers at most; the oldest go (default: 4000000)",
      page: "what stands at /: a page of today, that of the classic tracker, or nothing; /healthz and the numbers are there with each",
      title: "heading of the page",
      announceUrl: "announce URL that pages name, where the doors are reached by another; may be given several times",
      favicon: "icon of the pages",
      state: "journal of swarms, counts, users and statistics",
      journal: "the same as --state",
      store:
        "share the swarms with other trackers through redis://HOST:PORT, or several with commas between for a Cluster; needs the package ioredis",
      dfile: "state file of the classic tracker, read at the start and written from time to time",
      dfileInterval: "time between two writes of it (default: 300)",
    },
  },
};
