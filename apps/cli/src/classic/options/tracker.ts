/**
 * The options of the classic tracker, and those of a relative that ours has too.
 * @module
 */
import { float, integer, type NumberOption, type TextOption, text } from "./option.ts";

type TextName =
  | "dfile"
  | "bind"
  | "allowed_dir"
  | "infopage_redirect"
  | "favicon"
  | "logfile"
  | "scrape_allowed"
  | "allowed_list"
  | "banned_ips";
type NumberName =
  | "port"
  | "socket_timeout"
  | "save_dfile_interval"
  | "timeout_downloaders_interval"
  | "reannounce_interval"
  | "response_size"
  | "timeout_check_interval"
  | "nat_check"
  | "min_time_between_log_flushes"
  | "parse_allowed_interval"
  | "show_infopage"
  | "show_names"
  | "only_local_override_ip"
  | "allow_get"
  | "keep_dead"
  | "max_give"
  | "parse_dir_interval";

export type TrackerTable = Readonly<Record<TextName, TextOption> & Record<NumberName, NumberOption>>;

export const TRACKER_OPTIONS: TrackerTable = {
  port: integer(80, "port to listen on"),
  dfile: text(undefined, "file to keep what is known of the downloaders in"),
  bind: text("", "local address to listen on; empty listens on all"),
  socket_timeout: integer(15, "seconds a connection may be silent"),
  save_dfile_interval: integer(300, "seconds between two writes of the state file"),
  timeout_downloaders_interval: integer(2700, "seconds after which a downloader that was not heard of is forgotten"),
  reannounce_interval: integer(1800, "seconds a downloader is told to wait between two announces"),
  response_size: integer(50, "peers in an answer where the downloader does not say how many it wants"),
  timeout_check_interval: integer(5, "seconds between two looks for connections that time out", {
    retired: "timeouts are kept to the millisecond",
  }),
  nat_check: integer(3, "how often a downloader is dialled back to see whether it can be reached; 0 never looks"),
  min_time_between_log_flushes: float(3, "seconds that lines of the log may wait to be written together"),
  allowed_dir: text("", "folder of .torrent files: those are tracked and no others"),
  parse_allowed_interval: integer(15, "minutes between two looks into allowed_dir"),
  show_infopage: integer(1, "0 shows no page at /"),
  infopage_redirect: text("", "URL to send whoever asks for the page to"),
  show_names: integer(1, "0 keeps the names of the torrents in allowed_dir off the page"),
  favicon: text("", "file to serve as /favicon.ico"),
  only_local_override_ip: integer(1, "0 believes every downloader the address it names, not only those in the local network"),
  logfile: text("", "file to append the log to; empty or - is standard output"),
  allow_get: integer(0, "1 gives the .torrent files of allowed_dir out, at /file?info_hash="),
  keep_dead: integer(0, "1 keeps torrents listed that nobody has any more"),
  scrape_allowed: text("full", "which scrapes are answered: none, specific, full"),
  max_give: integer(200, "peers in an answer at most"),
  parse_dir_interval: integer(0, "seconds between two looks into allowed_dir; 0 leaves it to parse_allowed_interval"),
  allowed_list: text("", "file of info hashes, one a line: those are tracked and no others"),
  banned_ips: text("", "file of addresses and networks, one a line, that are not served"),
};
