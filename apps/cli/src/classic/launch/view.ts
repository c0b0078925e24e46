/**
 * What the many-torrent programs show, as a value.
 * @module
 */
import type { WatchRow } from "../../watch/folder-session.ts";
import { statusLineWords } from "../screen/box.ts";
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
export function launchRow(row: WatchRow, name: string, now: number): LaunchRow {
  const nothing = { byteLength: 0, upRate: 0, downRate: 0, uploaded: 0, downloaded: 0, retry: undefined };
  switch (row.phase) {
    case "failed":
      return { ...nothing, name, status: "died", retry: { tries: row.tries, seconds: Math.max(0, Math.ceil((row.retryAt - now) / 1000)) } };
    case "dead":
      return { ...nothing, name, status: `dead after ${row.tries} tries: ${row.message}` };
    case "waiting":
      return { ...nothing, name, status: "disk wait" };
    case "checking":
    case "running": {
      if (row.torrent === undefined) return { ...nothing, name, status: "starting" };
      const { upRate, downRate, uploaded, downloaded, totalWanted } = row.torrent.status();
      return {
        name,
        byteLength: row.torrent.metainfo?.totalLength ?? totalWanted,
        status: statusWords(row.torrent.status()),
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

function statusWords({ state, progress, eta, downloaded }: Status): string {
  const percent = `${(Math.floor(progress * 1000) / 10).toFixed(1)}%`;
  switch (state) {
    case "metadata":
      return "fetching metadata";
    case "checking":
      return `checking existing file (${percent})`;
    case "paused":
      return `paused (${percent})`;
    case "finished":
    case "seeding":
      return statusLineWords.complete;
    case "error":
      return "died";
    case "downloading":
      if (downloaded === 0) return `connecting to peers (${percent})`;
      return `${eta === null ? statusLineWords.stalled : `finishing in ${clockWords(eta / 1000)}`} (${percent})`;
  }
}
