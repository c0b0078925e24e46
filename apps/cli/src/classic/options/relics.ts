/**
 * Options of a relative of the classic suite that nothing of ours corresponds to: command lines that have them go on working.
 *
 * Each takes its value, changes nothing, is answered by one line that says why, and stands in no list of options.
 * @module
 */

/** Why an option changes nothing; several share a reason. */
export type RelicReason =
  | "itself"
  | "disk"
  | "encryption"
  | "mapping"
  | "families"
  | "settings"
  | "selection"
  | "seedId"
  | "network"
  | "control"
  | "compact"
  | "natLog"
  | "webSeeds";

/** Name of an option -> why it changes nothing. */
export type Relics = Readonly<Record<string, RelicReason>>;

/** What promises something must not be passed over in silence: only its "off" is taken. */
export const PROMISES: ReadonlySet<string> = new Set(["crypto_only", "crypto_stealth"]);

const ALL: Relics = { ipv6_enabled: "families", ipv6_binds_v4: "families", save_options: "settings" };

export const DOWNLOADER_RELICS: Relics = {
  ...ALL,
  upload_unit_size: "itself",
  tcp_ack_fudge: "itself",
  round_robin_period: "itself",
  rarest_first_priority_cutoff: "itself",
  breakup_seed_bitfield: "itself",
  security: "itself",
  alloc_rate: "disk",
  buffer_reads: "disk",
  write_buffer_size: "disk",
  max_files_open: "disk",
  lock_files: "disk",
  lock_while_reading: "disk",
  auto_flush: "disk",
  expire_cache_data: "disk",
  selector_enabled: "selection",
  upnp_nat_access: "mapping",
  crypto_allowed: "encryption",
  crypto_only: "encryption",
  crypto_stealth: "encryption",
  dedicated_seed_id: "seedId",
};

export const MAKER_RELICS: Relics = { httpseeds: "webSeeds" };

export const TRACKER_RELICS: Relics = {
  ...ALL,
  http_timeout: "network",
  multitracker: "network",
  multitracker_enabled: "network",
  multitracker_allowed: "network",
  multitracker_reannounce_interval: "network",
  multitracker_maxpeers: "network",
  aggregate_forward: "network",
  aggregator: "network",
  allowed_controls: "control",
  dedicated_seed_id: "seedId",
  compact_reqd: "compact",
  crypto_allowed: "encryption",
  log_nat_checks: "natLog",
  min_time_between_cache_refreshes: "itself",
};
