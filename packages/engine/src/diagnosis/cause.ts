/**
 * Why a torrent is slow or stands still: a cause, with the numbers that show it.
 * @module
 */
import type { Millis, PieceIndex, Rate } from "@bittern/protocol/base";

/** `stops`: nothing goes on while it lasts; `slows`: it would be faster without; `perhaps`: the signs fit, no proof. */
export type Weight = "stops" | "slows" | "perhaps";

/** `silent`: no node has answered yet; `asked`: nodes answered. */
export type DhtStanding = "off" | "private" | "silent" | "asked";

/** One reason, known by its `code`, with the numbers that show it. Lengths are bytes, rates bytes per second, a progress is 0 to 1. */
export type Cause = { readonly weight: Weight } /** The user paused it. */ & (
  | { readonly code: "paused" }
  /** The torrent stopped for a reason of its own. */
  | { readonly code: "fault"; readonly fault: string; readonly message: string }
  /** No room on the disk: it is tried again by itself. */
  | { readonly code: "disk-full"; readonly message: string }
  /** Files that are only read are gone or changed; the message names them. */
  | { readonly code: "data-damaged"; readonly message: string }
  /** What lies in place is being hashed. */
  | { readonly code: "checking"; readonly progress: number }
  /** A link: nobody has sent the info dictionary yet. */
  | { readonly code: "metadata-missing"; readonly peers: number }
  /** A version 2 torrent: nobody has sent its piece layers yet, without which nothing can be checked. */
  | { readonly code: "layers-missing"; readonly peers: number }
  /** It has no tracker, nobody named a peer, and the DHT does not help either; `nodes` of it answered. */
  | { readonly code: "no-trackers"; readonly dht: DhtStanding; readonly nodes: number }
  /** The tracker said no (`isRefusal`), or did not answer. */
  | {
      readonly code: "tracker-refuses" | "tracker-silent";
      readonly url: string;
      readonly message: string;
      readonly isLast: boolean;
      readonly retryMillis: Millis | undefined;
    }
  /** Trackers answer and give nobody to connect to; `others`: whom they count beside us. */
  | { readonly code: "no-peers"; readonly others: number }
  /** Addresses are known, and none answers. */
  | { readonly code: "peers-unreachable"; readonly known: number; readonly unreachable: number; readonly dialling: number }
  /** Peers have what we want, and none of them lets us ask. */
  | { readonly code: "all-choke"; readonly peers: number; readonly useful: number }
  /** Peers that let us ask and send nothing. */
  | { readonly code: "snubbed"; readonly peers: number; readonly unchoking: number }
  /** Pieces that came and do not match their hashes; peers that sent nothing else are asked no more. */
  | { readonly code: "false-data"; readonly pieces: number; readonly distrusted: number; readonly peers: number }
  /** Pieces that no connected peer has. */
  | {
      readonly code: "pieces-absent";
      readonly absent: number;
      readonly missing: number;
      readonly piece: PieceIndex;
      readonly peers: number;
    }
  /** A limit that the user set is reached. */
  | {
      readonly code: "limit";
      readonly direction: "down" | "up";
      readonly scope: "torrent" | "session";
      readonly limit: Rate;
      readonly rate: Rate;
    }
  /** Pieces wait for the disk, and what they lie in is all there is. */
  | { readonly code: "disk-slow"; readonly waitingLength: number; readonly bufferLength: number; readonly rate: Rate }
  /** No port could be opened. */
  | { readonly code: "not-listening" }
  /** Nobody has ever connected to us. */
  | { readonly code: "port-closed"; readonly port: number; readonly listeningMillis: Millis; readonly peers: number }
  /** Few peers let us ask, or what they give is little: nothing here is to blame. */
  | { readonly code: "peers-slow"; readonly unchoking: number; readonly peers: number; readonly rate: Rate }
  /** Complete, and nobody wants anything. */
  | { readonly code: "nobody-wants"; readonly peers: number }
);

/** `stands`: nothing moves though it should; `moves`: it does; `rests`: it is complete or paused, and nothing has to. */
export type Pace = "stands" | "moves" | "rests";

/** Whether a torrent moves, and what holds it back. */
export interface Diagnosis {
  readonly pace: Pace;
  /** The heaviest first; empty when nothing holds it back. */
  readonly causes: readonly Cause[];
}
