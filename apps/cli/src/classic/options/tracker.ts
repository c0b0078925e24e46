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
  | "allowed_ips"
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
  | "parse_dir_interval"
  | "hupmonitor";

export type TrackerTable = Readonly<Record<TextName, TextOption> & Record<NumberName, NumberOption>>;

export const TRACKER_OPTIONS: TrackerTable = {
  port: integer(80),
  dfile: text(undefined),
  bind: text(""),
  socket_timeout: integer(15),
  save_dfile_interval: integer(300),
  timeout_downloaders_interval: integer(2700),
  reannounce_interval: integer(1800),
  response_size: integer(50),
  timeout_check_interval: integer(5, {
    retired: true,
  }),
  nat_check: integer(3),
  min_time_between_log_flushes: float(3),
  allowed_dir: text(""),
  parse_allowed_interval: integer(15),
  show_infopage: integer(1),
  infopage_redirect: text(""),
  show_names: integer(1),
  favicon: text(""),
  only_local_override_ip: integer(1),
  logfile: text(""),
  allow_get: integer(0),
  keep_dead: integer(0),
  scrape_allowed: text("full"),
  max_give: integer(200),
  parse_dir_interval: integer(0),
  allowed_list: text(""),
  allowed_ips: text(""),
  banned_ips: text(""),
  hupmonitor: integer(0),
};
