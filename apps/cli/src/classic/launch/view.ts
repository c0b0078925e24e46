/**
 * What the many-torrent programs show, as a value.
 * @module
 */

import type { ClassicMessages } from "../../messages/classic/words.ts";
import type { WatchRow } from "../../watch/folder-session.ts";
import { clockWords } from "../words.ts";

export interface LaunchRow {
  readonly name: string;
  /** Bytes; 0 while nobody knows. */
  readonly byteLength: number;
  readonly status: string;
  readonly upRate: number;
  readonly downRate: number;
  readonly uploaded: number;
  readonly downloaded: number;
  /** Set while it waits for its next try. */
  readonly retry: { readonly tries: number; readonly seconds: number } | undefined;
}

/** `now` in milliseconds, as the roster counts. */
export function launchRow(row: WatchRow, name: string, now: number, words: ClassicMessages): LaunchRow {
  const { launch } = words;
  const nothing = { byteLength: 0, upRate: 0, downRate: 0, uploaded: 0, downloaded: 0, retry: undefined };
  switch (row.phase) {
    case "failed":
      return {
        ...nothing,
        name,
        status: launch.hasDied,
        retry: { tries: row.tries, seconds: Math.max(0, Math.ceil((row.retryAt - now) / 1000)) },
      };
    case "dead":
      return { ...nothing, name, status: launch.dead(row.tries, row.message) };
    case "waiting":
      return { ...nothing, name, status: launch.diskWait };
    case "checking":
    case "running": {
      if (row.torrent === undefined) return { ...nothing, name, status: launch.beginning };
      const { upRate, downRate, uploaded, downloaded, totalWanted } = row.torrent.status();
      return {
        name,
        byteLength: row.torrent.metainfo?.totalLength ?? totalWanted,
        status: statusWords(row.torrent.status(), words),
        upRate,
        downRate,
        uploaded,
        downloaded,
        retry: undefined,
      };
    }
  }
}

type Status = ReturnType<NonNullable<WatchRow["torrent"]>["status"]>;

function statusWords({ state, progress, eta, downloaded }: Status, { launch, download }: ClassicMessages): string {
  const percent = `(${(Math.floor(progress * 1000) / 10).toFixed(1)}%)`;
  switch (state) {
    case "metadata":
    case "layers":
      return download.activities.metadata;
    case "checking":
      return `${download.activities.checking} ${percent}`;
    case "paused":
      return `${launch.paused} ${percent}`;
    case "finished":
    case "seeding":
      return download.complete;
    case "error":
      return launch.hasDied;
    case "downloading":
      if (downloaded === 0) return `${download.activities.connecting} ${percent}`;
      return `${eta === null ? download.stalled : download.finishingIn(clockWords(eta / 1000))} ${percent}`;
  }
}
