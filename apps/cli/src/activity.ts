/**
 * What a torrent does, as commands say it: the library's state, with a full disk and a damaged seed told apart from the other errors.
 * @module
 */
import type { TorrentState, TorrentStatus } from "@bittern/client";

/** `disk-full` is an `error` that passes by itself once there is room, `damaged` that of a seed which gives what is left of its data. */
export type Activity = TorrentState | "disk-full" | "damaged";

/** Of a torrent at one moment. */
export function activityOf({ state, error }: Pick<TorrentStatus, "state" | "error">): Activity {
  if (state !== "error" || error === null) return state;
  if (isDiskFull(error)) return "disk-full";
  return isDamage(error) ? "damaged" : state;
}

/** Whether this is the error that passes by itself. */
export function isDiskFull(error: Error & { readonly code?: unknown }): boolean {
  return error.code === "DISK_FULL";
}

/** Whether files that are only read got lost. */
export function isDamage(error: Error & { readonly code?: unknown }): boolean {
  return error.code === "DATA_DAMAGED";
}
