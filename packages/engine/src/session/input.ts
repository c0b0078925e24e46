/**
 * Everything that can happen to a session. Plain data: a recorded list of these replays any run.
 * @module
 */

import type { BlockSpan, HttpAnswer, PieceOutcome, StorePlace, StoreStamps } from "@bittern/host";
import { type AddressFamily, type Endpoint } from "@bittern/protocol/address";
import type { HostError, PieceIndex } from "@bittern/protocol/base";
import type { Transport } from "../peers/candidate.ts";
import type { Command } from "./command.ts";
import type { LinkId, TorrentId } from "./ids.ts";

export type SessionInput =
  | { readonly type: "tick" }
  | { readonly type: "command"; readonly command: Command }
  | { readonly type: "listening"; readonly endpoints: readonly Endpoint[] }
  | { readonly type: "listen-failed"; readonly fault: HostError }
  | { readonly type: "accepted"; readonly link: LinkId; readonly remote: Endpoint; readonly transport: Transport }
  | { readonly type: "connected"; readonly link: LinkId; readonly local: Endpoint }
  /** The view dies when `handle` returns. */
  | { readonly type: "bytes"; readonly link: LinkId; readonly bytes: Uint8Array }
  /** Blocks handed out with `send-blocks` have left this process. */
  | { readonly type: "blocks-sent"; readonly link: LinkId; readonly byteLength: number }
  /** Bytes of `send-answer` have left this process. */
  | { readonly type: "answer-sent"; readonly link: LinkId; readonly byteLength: number }
  | { readonly type: "blocks-failed"; readonly link: LinkId; readonly blocks: readonly BlockSpan[]; readonly fault: HostError }
  | { readonly type: "closed"; readonly link: LinkId; readonly fault: HostError | undefined }
  | { readonly type: "store-opened"; readonly torrent: TorrentId; readonly outcome: StoreStamps | HostError }
  | { readonly type: "store-allocated"; readonly torrent: TorrentId; readonly fault: HostError | undefined }
  | { readonly type: "store-selected"; readonly torrent: TorrentId; readonly fault: HostError | undefined }
  /** The buffer comes back to the engine's pool. */
  | {
      readonly type: "piece-stored";
      readonly torrent: TorrentId;
      readonly piece: PieceIndex;
      readonly outcome: PieceOutcome | HostError;
      readonly buffer: ArrayBuffer;
    }
  | {
      readonly type: "run-stored";
      readonly torrent: TorrentId;
      readonly piece: PieceIndex;
      readonly begin: number;
      readonly fault: HostError | undefined;
      readonly buffer: ArrayBuffer;
    }
  | {
      readonly type: "verified";
      readonly torrent: TorrentId;
      readonly pieces: readonly PieceIndex[];
      readonly outcome: Uint8Array | HostError;
    }
  /** `undefined`: the piece is not what it should be. */
  | {
      readonly type: "leaves-hashed";
      readonly torrent: TorrentId;
      readonly piece: PieceIndex;
      readonly outcome: Uint8Array | HostError | undefined;
    }
  | { readonly type: "synced"; readonly torrent: TorrentId; readonly ticket: number; readonly outcome: StoreStamps | HostError }
  | { readonly type: "space"; readonly torrent: TorrentId; readonly outcome: number | HostError }
  | {
      readonly type: "moved";
      readonly torrent: TorrentId;
      readonly move: number;
      readonly to: StorePlace;
      readonly outcome: StoreStamps | HostError;
    }
  /** The store was closed or removed; nothing of it is open any more. */
  | { readonly type: "store-closed"; readonly torrent: TorrentId; readonly fault: HostError | undefined }
  | { readonly type: "record-loaded"; readonly torrent: TorrentId; readonly bytes: Uint8Array | undefined }
  | { readonly type: "record-saved"; readonly torrent: TorrentId; readonly fault: HostError | undefined }
  | { readonly type: "http-answered"; readonly request: number; readonly outcome: HttpAnswer | HostError }
  | { readonly type: "resolved"; readonly query: number; readonly outcome: readonly string[] | HostError }
  | { readonly type: "texts-resolved"; readonly query: number; readonly outcome: readonly string[] | HostError }
  | { readonly type: "datagrams-bound"; readonly family: AddressFamily; readonly outcome: Endpoint | HostError }
  | { readonly type: "nodes-loaded"; readonly bytes: Uint8Array | undefined }
  | { readonly type: "nodes-saved"; readonly fault: HostError | undefined }
  /** The view dies when `handle` returns. */
  | { readonly type: "datagram"; readonly bytes: Uint8Array; readonly from: Endpoint };
