/**
 * What a classic downloader shows, as a value: its faces only lay it out.
 * @module
 */
import type { PeerInfo } from "@bittern/client";

/** Something the user should know, and when it happened. */
export interface ClassicError {
  /** `HH:MM:SS`. */
  readonly time: string;
  readonly text: string;
}

export interface DownloadView {
  /** What is downloaded, as the torrent calls it. */
  readonly name: string;
  /** Bytes. */
  readonly byteLength: number;
  /** Absolute path. */
  readonly target: string;
  readonly state: DownloadState;
  /** Bytes per second, and bytes since the start. */
  readonly downRate: number;
  readonly downTotal: number;
  readonly upRate: number;
  readonly upTotal: number;
  /** Oldest first. */
  readonly errors: readonly ClassicError[];
  /** Who is connected, where every peer is to be shown. */
  readonly peers: readonly PeerInfo[] | undefined;
}

export type DownloadState =
  /** Only a link is known. */
  | { readonly type: "metadata"; readonly fraction: number }
  | { readonly type: "checking"; readonly fraction: number }
  | { readonly type: "connecting"; readonly fraction: number }
  /** `secondsLeft` is undefined while nothing comes in. */
  | { readonly type: "downloading"; readonly fraction: number; readonly secondsLeft: number | undefined }
  | { readonly type: "complete" }
  | { readonly type: "failed" };
