/**
 * What a user of the engine may want to hear of. Nobody has to listen.
 * @module
 */
import { type AddressFamily, type Endpoint } from "@bittern/protocol/address";
import type { FileIndex, HostError, PieceIndex, ProtocolError } from "@bittern/protocol/base";
import type { PingAnswer, SearchReport } from "@bittern/protocol/dht";
import type { Metainfo } from "@bittern/protocol/metainfo";
import type { TorrentId } from "./ids.ts";
import type { TorrentState } from "./snapshot.ts";

/** "refused": the tracker said no, in its own words; "failed": it did not answer, or nothing that makes sense. */
export type TrackerOutcome = "answered" | "warning" | "refused" | "failed";

export type SessionEvent =
  | { readonly type: "listening"; readonly endpoints: readonly Endpoint[] }
  | { readonly type: "listen-failed"; readonly fault: HostError }
  | { readonly type: "closed" }
  | { readonly type: "metadata"; readonly torrent: TorrentId; readonly metainfo: Metainfo }
  | { readonly type: "state"; readonly torrent: TorrentId; readonly state: TorrentState }
  /** Hashed, good and written. */
  | { readonly type: "piece"; readonly torrent: TorrentId; readonly piece: PieceIndex }
  | { readonly type: "piece-corrupt"; readonly torrent: TorrentId; readonly piece: PieceIndex }
  /** Every piece of the file is there. */
  | { readonly type: "file"; readonly torrent: TorrentId; readonly file: FileIndex }
  /** The check of what was in place is over; from here on `snapshot` tells what is there. */
  | { readonly type: "checked"; readonly torrent: TorrentId }
  /** Every wanted piece is there. */
  | { readonly type: "done"; readonly torrent: TorrentId }
  /** After `done`: all of it is synced and recorded. */
  | { readonly type: "durable"; readonly torrent: TorrentId }
  | { readonly type: "peer-joined"; readonly torrent: TorrentId; readonly peer: Endpoint }
  | { readonly type: "peer-left"; readonly torrent: TorrentId; readonly peer: Endpoint; readonly reason: string }
  | { readonly type: "peer-banned"; readonly torrent: TorrentId; readonly peer: Endpoint; readonly reason: string }
  | {
      readonly type: "tracker";
      readonly torrent: TorrentId;
      readonly url: string;
      readonly outcome: TrackerOutcome;
      readonly message: string;
      readonly peerCount: number;
    }
  /** Somebody is known in the DHT, and the node has found its place. */
  | { readonly type: "dht-ready"; readonly family: AddressFamily; readonly nodeCount: number }
  /** A torrent's round in the DHT is over. */
  | { readonly type: "dht-round"; readonly torrent: TorrentId; readonly report: SearchReport }
  /** Answers to the commands of the same names. */
  | { readonly type: "dht-peers"; readonly search: number; readonly peers: readonly Endpoint[]; readonly from: Endpoint }
  | { readonly type: "dht-searched"; readonly search: number; readonly report: SearchReport }
  | { readonly type: "dht-pinged"; readonly ping: number; readonly answer: PingAnswer | undefined }
  | { readonly type: "warning"; readonly torrent: TorrentId; readonly code: string; readonly message: string }
  /** The torrent stopped because of this; `resume` tries again. Disk-full ones try by themselves. */
  | { readonly type: "error"; readonly torrent: TorrentId; readonly fault: HostError | ProtocolError }
  /** The answer to the command of that number. */
  | { readonly type: "moved"; readonly torrent: TorrentId; readonly move: number; readonly fault: HostError | undefined }
  | { readonly type: "removed"; readonly torrent: TorrentId; readonly fault: HostError | undefined };
