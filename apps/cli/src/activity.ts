/**
 * What a torrent does, as commands say it: the library's state, and a full disk told apart from the errors that do not heal.
 * @module
 */
import type { TorrentState, TorrentStatus } from "@bittern/client";

/** `disk-full` is an `error` that passes by itself once there is room. */
export type Activity = TorrentState | "disk-full";

/** Of a torrent at one moment. */
export function activityOf({ state, error }: Pick<TorrentStatus, "state" | "error">): Activity {
  return state === "error" && error !== null && isDiskFull(error) ? "disk-full" : state;
}

/** Whether this is the error that passes by itself. */
export function isDiskFull(error: Error & { readonly code?: unknown }): boolean {
  return error.code === "DISK_FULL";
}
