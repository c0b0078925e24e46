/**
 * What the content corner is made of, what it hears from the disk, and what it has to tell the rest of its torrent.
 * @module
 */
import type { HostError, PieceIndex } from "@bittern/protocol/base";
import type { Metainfo } from "@bittern/protocol/metainfo";
import type { PiecePool } from "../../disk/pool.ts";
import type { ResumeRecord } from "../../disk/resume.ts";
import type { AddTorrent, FilePriority } from "../../session/command.ts";
import type { TorrentId } from "../../session/ids.ts";
import type { SessionInput } from "../../session/input.ts";

export type ContentInput = Extract<
  SessionInput,
  {
    type:
      | "store-opened"
      | "store-allocated"
      | "store-selected"
      | "store-closed"
      | "piece-stored"
      | "run-stored"
      | "verified"
      | "synced"
      | "space"
      | "moved"
      | "record-saved";
  }
>;

/** What the torrent has to know. */
export type ContentNews =
  /** Everything in place is checked: transfers may begin. */
  | { readonly type: "open" }
  /** While checking: the piece was here already. */
  | { readonly type: "piece-found"; readonly piece: PieceIndex }
  /** Fetched, hashed, written. `bytes` are its content where it was in one buffer; they die with this turn. */
  | { readonly type: "piece-good"; readonly piece: PieceIndex; readonly bytes: Uint8Array | undefined }
  | {
      readonly type: "piece-bad";
      readonly piece: PieceIndex;
      readonly bytes: Uint8Array | undefined;
      readonly leaves: Uint8Array | undefined;
    }
  /** The disk did not take it; it has to be fetched again. */
  | { readonly type: "piece-unstored"; readonly piece: PieceIndex }
  /** Verified pieces that are no longer what they were. */
  | { readonly type: "pieces-lost"; readonly pieces: readonly PieceIndex[] }
  /** A buffer came back. */
  | { readonly type: "buffer"; readonly buffer: ArrayBuffer }
  | { readonly type: "fault"; readonly fault: HostError }
  | { readonly type: "healed" }
  /** It was tried again, and this still stands. */
  | { readonly type: "unhealed"; readonly fault: HostError }
  /** A check that was asked for is over, though the store does not go on. */
  | { readonly type: "checked" }
  | { readonly type: "durable" }
  | { readonly type: "moved"; readonly move: number; readonly fault: HostError | undefined }
  | { readonly type: "warning"; readonly code: string; readonly message: string }
  | { readonly type: "closed"; readonly fault: HostError | undefined };

export interface ContentOptions {
  readonly torrent: TorrentId;
  readonly metainfo: Metainfo;
  readonly add: AddTorrent;
  readonly priorities: readonly FilePriority[] | undefined;
  readonly record: ResumeRecord | undefined;
  readonly pool: PiecePool;
  readonly wallSeconds: () => number;
}
