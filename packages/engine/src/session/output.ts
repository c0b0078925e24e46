/**
 * Everything a session can want done. Performed in order by the run loop; nothing is ever called from inside the engine.
 * @module
 */

import type { BlockSpan, HttpRequest, MerkleExpectation, PieceExpectation, StorePlace, StorePlan, TcpListenOptions } from "@bittern/host";
import { type AddressFamily, type Endpoint } from "@bittern/protocol/address";
import type { PieceIndex } from "@bittern/protocol/base";
import type { Transport } from "../peers/candidate.ts";
import type { SessionEvent } from "./event.ts";
import type { LinkId, TorrentId } from "./ids.ts";

export type SessionOutput =
  | { readonly type: "listen"; readonly options: TcpListenOptions }
  | { readonly type: "stop-listening"; readonly endpoints: readonly Endpoint[] }
  | { readonly type: "connect"; readonly link: LinkId; readonly to: Endpoint; readonly transport: Transport }
  /** Small messages; the run loop gathers all of a turn into one write, and what `mayWait` needs no write of its own. The bytes are given away. */
  | { readonly type: "send"; readonly link: LinkId; readonly bytes: Uint8Array; readonly mayWait?: boolean }
  /** The same word for many links, which may wait on all of them. */
  | { readonly type: "send-news"; readonly links: readonly LinkId[]; readonly bytes: Uint8Array }
  /** What was sent and may wait leaves now, on all links; before that it goes with the next word on its link, in order. */
  | { readonly type: "send-waiting" }
  /** As `send`, for what is long; `answer-sent` says when it has left this process. */
  | { readonly type: "send-answer"; readonly link: LinkId; readonly bytes: Uint8Array }
  /** Payload the engine never sees: the host reads, frames and writes it. At most 1 MiB together. */
  | { readonly type: "send-blocks"; readonly link: LinkId; readonly torrent: TorrentId; readonly blocks: readonly BlockSpan[] }
  | { readonly type: "close-link"; readonly link: LinkId }
  | { readonly type: "pause-reading"; readonly link: LinkId }
  | { readonly type: "resume-reading"; readonly link: LinkId }
  | { readonly type: "open-store"; readonly torrent: TorrentId; readonly plan: StorePlan }
  | { readonly type: "allocate"; readonly torrent: TorrentId }
  | { readonly type: "select"; readonly torrent: TorrentId; readonly wanted: readonly boolean[] }
  /** Gives the buffer away until `piece-stored`. */
  | {
      readonly type: "store-piece";
      readonly torrent: TorrentId;
      readonly piece: PieceIndex;
      readonly buffer: ArrayBuffer;
      readonly byteLength: number;
      readonly expected: PieceExpectation;
    }
  /** Gives the buffer away until `run-stored`. */
  | {
      readonly type: "store-run";
      readonly torrent: TorrentId;
      readonly piece: PieceIndex;
      readonly begin: number;
      readonly buffer: ArrayBuffer;
      readonly byteLength: number;
    }
  | {
      readonly type: "verify";
      readonly torrent: TorrentId;
      readonly pieces: readonly PieceIndex[];
      readonly expected: readonly PieceExpectation[];
    }
  | {
      readonly type: "hash-leaves";
      readonly torrent: TorrentId;
      readonly piece: PieceIndex;
      readonly expected: MerkleExpectation;
    }
  | { readonly type: "sync"; readonly torrent: TorrentId; readonly ticket: number }
  | { readonly type: "ask-space"; readonly torrent: TorrentId }
  | { readonly type: "move"; readonly torrent: TorrentId; readonly move: number; readonly to: StorePlace }
  | { readonly type: "close-store"; readonly torrent: TorrentId }
  | { readonly type: "remove-store"; readonly torrent: TorrentId }
  | { readonly type: "load-record"; readonly torrent: TorrentId; readonly key: string }
  | { readonly type: "save-record"; readonly torrent: TorrentId; readonly key: string; readonly bytes: Uint8Array }
  | { readonly type: "erase-record"; readonly torrent: TorrentId; readonly key: string }
  | { readonly type: "http"; readonly request: number; readonly what: HttpRequest }
  | { readonly type: "cancel-http"; readonly request: number }
  | { readonly type: "resolve"; readonly query: number; readonly name: string }
  /** Text records of a name. */
  | { readonly type: "resolve-texts"; readonly query: number; readonly name: string }
  /** `fromPort`: by the socket of the port where we listen, or not at all. */
  | { readonly type: "send-datagram"; readonly bytes: Uint8Array; readonly to: Endpoint; readonly fromPort?: true }
  /** The socket of the port for a family; `datagrams-bound` follows. `carriesUtp`: links may come and go by it, too. */
  | { readonly type: "bind-datagrams"; readonly family: AddressFamily; readonly at: Endpoint; readonly carriesUtp: boolean }
  | { readonly type: "unbind-datagrams"; readonly family: AddressFamily }
  /** The record of the DHT. */
  | { readonly type: "load-nodes" }
  | { readonly type: "save-nodes"; readonly bytes: Uint8Array }
  | { readonly type: "event"; readonly event: SessionEvent };
