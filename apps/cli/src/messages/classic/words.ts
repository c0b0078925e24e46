/**
 * Everything that the classic programs say, as one type. In English it is what they said in 2004, as far as that is known.
 * @module
 */
import type { DownloaderTable } from "../../classic/options/downloader.ts";
import type { LauncherTable } from "../../classic/options/launcher.ts";
import type { MakerTable } from "../../classic/options/maker.ts";
import type { RelicReason } from "../../classic/options/relics.ts";
import type { TrackerTable } from "../../classic/options/tracker.ts";

export type ClassicName =
  | "btmakemetafile"
  | "btcompletedir"
  | "btshowmetainfo"
  | "btrename"
  | "btreannounce"
  | "btcopyannounce"
  | "btdownloadheadless"
  | "btdownloadcurses"
  | "btdownloadgui"
  | "bttrack"
  | "btlaunchmany"
  | "btlaunchmanycurses";

/** Downloader options that change nothing any more. */
type RetiredDownloader =
  | "keepalive_interval"
  | "download_slice_size"
  | "request_backlog"
  | "max_message_length"
  | "timeout_check_interval"
  | "max_slice_length"
  | "max_rate_period"
  | "upload_rate_fudge"
  | "rerequest_interval"
  | "min_peers"
  | "snub_time"
  | "rarest_first_cutoff"
  | "min_uploads"
  | "alloc_type"
  | "auto_kick"
  | "double_check"
  | "triple_check";

/** A line for each option, and why it changes nothing where it does not. */
export interface TableWords<Option extends string, Retired extends string> {
  readonly help: Readonly<Record<Option, string>>;
  readonly retired: Readonly<Record<Retired, string>>;
}

export interface ClassicMessages {
  readonly usage: (name: string, what: string) => string;
  /** What follows the name in the usage line, and one line that says what the program is for. */
  readonly programs: Readonly<Record<ClassicName, { readonly usage: string; readonly summary: string }>>;
  readonly options: {
    readonly downloader: TableWords<keyof DownloaderTable, RetiredDownloader>;
    readonly launcher: TableWords<Exclude<keyof LauncherTable, keyof DownloaderTable>, never>;
    readonly maker: TableWords<keyof MakerTable, never>;
    readonly tracker: TableWords<keyof TrackerTable, "timeout_check_interval">;
  };
  /** Stands in place of a value in the list of options. */
  readonly value: string;
  readonly defaultsTo: (value: string) => string;
  readonly changesNothing: (option: string, why: string) => string;
  /** Why an option of long ago changes nothing. */
  readonly relics: Readonly<Record<RelicReason, string>>;
  readonly error: (message: string) => string;
  readonly seeUsage: (name: string) => string;
  readonly download: ClassicDownloadMessages;
  readonly launch: ClassicLaunchMessages;
  readonly tools: ClassicToolMessages;
}

/** What a downloader shows. */
export interface ClassicDownloadMessages {
  readonly activities: Readonly<Record<"checking" | "connecting" | "metadata", string>>;
  readonly fields: Readonly<
    Record<"saving" | "percentDone" | "timeLeft" | "downloadTo" | "downloadRate" | "uploadRate" | "downloadTotal" | "uploadTotal", string>
  >;
  /** Of the box that fills a terminal. */
  readonly labels: Readonly<Record<"file" | "size" | "dest" | "progress" | "status" | "speed" | "totals" | "errors", string>>;
  readonly error: string;
  readonly succeeded: string;
  readonly failed: string;
  readonly complete: string;
  readonly stalled: string;
  readonly hasFailed: string;
  readonly shuttingDown: string;
  readonly finishingIn: (time: string) => string;
  readonly down: (amount: string) => string;
  readonly up: (amount: string) => string;
  readonly time: ClockWords;
  readonly trackerWarns: (message: string) => string;
  readonly trackerRejects: (message: string) => string;
  readonly trackerSilent: (url: string, message: string) => string;
}

/** The parts of `2 hour 03 min 04 sec`. */
export interface ClockWords {
  readonly unknown: string;
  readonly nothing: string;
  readonly hour: string;
  readonly min: string;
  readonly sec: string;
}

/** What the programs for many torrents say. */
export interface ClassicLaunchMessages {
  readonly starting: string;
  readonly ending: string;
  readonly added: (file: string) => string;
  readonly stopped: (name: string) => string;
  readonly complete: (name: string) => string;
  readonly satisfied: (name: string) => string;
  readonly died: (name: string, message: string) => string;
  readonly retry: (tries: number, seconds: number) => string;
  readonly dead: (tries: number, message: string) => string;
  readonly hasDied: string;
  readonly diskWait: string;
  readonly beginning: string;
  readonly paused: string;
  readonly all: string;
  readonly speed: string;
  readonly total: string;
  readonly columns: readonly [name: string, size: string, download: string, upload: string];
  readonly totals: string;
  readonly moreBelow: (count: number) => string;
}

/** What the makers and readers of .torrent files say. */
export interface ClassicToolMessages {
  readonly done: (percent: string) => string;
  readonly announcesTo: (path: string, trackers: string) => string;
  readonly oldAnnounce: (path: string, url: string) => string;
  readonly renamed: (path: string, before: string, after: string) => string;
  readonly decodes: string;
  readonly facts: Readonly<
    Record<
      | "file"
      | "infoHash"
      | "fileName"
      | "fileSize"
      | "directoryName"
      | "files"
      | "archiveSize"
      | "announceUrl"
      | "announceList"
      | "comment",
      string
    >
  >;
}
