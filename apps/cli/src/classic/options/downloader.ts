/**
 * The options of the three downloaders, which differ in nothing but their faces; the many-torrent programs take them too.
 * @module
 */
import { float, integer, type NumberOption, type TextOption, text } from "./option.ts";

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
  | "super_seeder"
  | "max_connections";

export type DownloaderTable = Readonly<Record<TextName, TextOption> & Record<NumberName, NumberOption>>;

/** What 3.4.2 had, in its order, and then what a relative of the classic suite had and our engine has too. */
export const DOWNLOADER_OPTIONS: DownloaderTable = {
  max_uploads: integer(7),
  keepalive_interval: float(120, { retired: true }),
  download_slice_size: integer(16_384, { retired: true }),
  request_backlog: integer(5, { retired: true }),
  max_message_length: integer(8_388_608, { retired: true }),
  ip: text("", { letter: "i" }),
  minport: integer(6881),
  maxport: integer(6999),
  responsefile: text(""),
  url: text(""),
  saveas: text(""),
  timeout: float(300),
  timeout_check_interval: float(60, { retired: true }),
  max_slice_length: integer(131_072, { retired: true }),
  max_rate_period: float(20, { retired: true }),
  bind: text(""),
  upload_rate_fudge: float(5, { retired: true }),
  display_interval: float(0.5),
  rerequest_interval: integer(300, { retired: true }),
  min_peers: integer(20, { retired: true }),
  http_timeout: integer(60),
  max_initiate: integer(35),
  max_allow_in: integer(55),
  check_hashes: integer(1),
  max_upload_rate: integer(0),
  snub_time: float(30, { retired: true }),
  spew: integer(0),
  rarest_first_cutoff: integer(4, { retired: true }),
  min_uploads: integer(4, { retired: true }),
  report_hash_failures: integer(0),
  max_download_rate: integer(0),
  random_port: integer(0),
  priority: text(""),
  alloc_type: text("sparse", { retired: true }),
  auto_kick: integer(1, { retired: true }),
  double_check: integer(1, { retired: true }),
  super_seeder: integer(0),
  triple_check: integer(0, { retired: true }),
  max_connections: integer(0),
};
