/**
 * The options of the three downloaders, which differ in nothing but their faces; the many-torrent programs take them too.
 * @module
 */
import { float, integer, type NumberOption, type TextOption, text } from "./option.ts";

const EXACT_TIMERS = "timeouts are kept to the millisecond";

type TextName = "ip" | "responsefile" | "url" | "saveas" | "bind" | "priority" | "alloc_type";
type NumberName =
  | "max_uploads"
  | "keepalive_interval"
  | "download_slice_size"
  | "request_backlog"
  | "max_message_length"
  | "minport"
  | "maxport"
  | "timeout"
  | "timeout_check_interval"
  | "max_slice_length"
  | "max_rate_period"
  | "upload_rate_fudge"
  | "display_interval"
  | "rerequest_interval"
  | "min_peers"
  | "http_timeout"
  | "max_initiate"
  | "max_allow_in"
  | "check_hashes"
  | "max_upload_rate"
  | "snub_time"
  | "spew"
  | "rarest_first_cutoff"
  | "min_uploads"
  | "report_hash_failures"
  | "max_download_rate"
  | "random_port"
  | "auto_kick"
  | "double_check"
  | "triple_check"
  | "super_seeder";

export type DownloaderTable = Readonly<Record<TextName, TextOption> & Record<NumberName, NumberOption>>;

/** What 3.4.2 had, in its order, and then what a relative of the classic suite had and our engine has too. */
export const DOWNLOADER_OPTIONS: DownloaderTable = {
  max_uploads: integer(7, "the number of peers that may download from us at once"),
  keepalive_interval: float(120, "seconds between two keep-alives on a quiet connection", {
    retired: "a keep-alive goes out after 110 quiet seconds, which every client expects",
  }),
  download_slice_size: integer(16_384, "bytes to ask for in one request", { retired: "all clients of today ask for 16 KiB" }),
  request_backlog: integer(5, "requests to keep open with one peer", {
    retired: "as many are open as the speed of the peer and the length of the way ask for",
  }),
  max_message_length: integer(8_388_608, "a peer that announces a longer message is hung up on", {
    retired: "the longest message that makes sense is known for each kind",
  }),
  ip: text("", "address or name to report to the tracker, where it would see another one", { letter: "i" }),
  minport: integer(6881, "first port to try to listen on"),
  maxport: integer(6999, "last port to try to listen on"),
  responsefile: text("", "path of the .torrent; an alternative to --url"),
  url: text("", "URL of the .torrent; an alternative to --responsefile"),
  saveas: text("", "where to save the file or folder; empty takes the name that the torrent suggests"),
  timeout: float(300, "seconds without a word after which a peer is hung up on"),
  timeout_check_interval: float(60, "seconds between two looks for peers that time out", { retired: EXACT_TIMERS }),
  max_slice_length: integer(131_072, "a peer that asks for a longer slice is hung up on", {
    retired: "the bound is fixed, as docs/limits.md says",
  }),
  max_rate_period: float(20, "seconds that the shown rates are averaged over", { retired: "the meter has a window of its own" }),
  bind: text("", "local address to listen on; empty listens on all"),
  upload_rate_fudge: float(5, "seconds by which the system's send buffer falsifies the upload rate", {
    retired: "what the buffer holds is not counted as sent",
  }),
  display_interval: float(0.5, "seconds between two updates of what is shown"),
  rerequest_interval: integer(300, "seconds between two looks whether more peers are needed", {
    retired: "the tracker says how often it may be asked, and a lack of peers is noticed at once",
  }),
  min_peers: integer(20, "with fewer peers the tracker is asked again", {
    retired: "the client asks again by itself when it runs out of peers",
  }),
  http_timeout: integer(60, "seconds to wait for the server that has the .torrent"),
  max_initiate: integer(35, "with so many peers no further connections are opened"),
  max_allow_in: integer(55, "with so many peers further ones that come in are turned away"),
  check_hashes: integer(1, "0 takes the data on the disk for good without checking it"),
  max_upload_rate: float(0, "kB/s to upload at most; 0 sets no limit"),
  snub_time: float(30, "seconds without data after which a peer counts as snubbing us", {
    retired: "the choker notices by itself who gives nothing",
  }),
  spew: integer(0, "1 shows what is known of every peer"),
  rarest_first_cutoff: integer(4, "random pieces to take before the rarest come first", {
    retired: "four pieces are taken at random, as it always was",
  }),
  min_uploads: integer(4, "slots to fill with peers chosen at random", { retired: "the choker keeps its slots filled by itself" }),
  report_hash_failures: integer(0, "1 shows an error for each piece that fails its hash check"),
  max_download_rate: float(0, "kB/s to download at most; 0 sets no limit"),
  random_port: integer(0, "1 listens on any free port instead of the first of the range"),
  priority: text("", "priorities of the files in their order, separated by commas: -1 none, 0 high, 1 normal, 2 low"),
  alloc_type: text("sparse", "how room is made on the disk", { retired: "files get their full length at once and fill up in place" }),
  auto_kick: integer(1, "1 bans peers that send bad data", { retired: "who is proven to send bad data is always banned" }),
  double_check: integer(1, "1 checks data again before it is written", { retired: "every piece is hashed before it is written" }),
  super_seeder: integer(0, "1 gives every piece away once before any piece twice", {
    retired: "the only seed of a swarm always does so, and stops when a second one comes",
  }),
  triple_check: integer(0, "1 checks data again after it is written", { retired: "`bittern verify` does that whenever you like" }),
};
