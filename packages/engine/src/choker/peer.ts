/**
 * What the choker has to know of a peer and of our uplink.
 * @module
 */
import type { Millis, Rate } from "@bittern/protocol/base";

export interface ChokerPeer {
  readonly id: number;
  /** It wants something of us. */
  readonly isInterested: boolean;
  /** By us. */
  readonly isUnchoked: boolean;
  /** We wait for it, and it has sent nothing for long. */
  readonly isSnubbed: boolean;
  /** A seed, or a partial seed (BEP 21): it will never want anything. */
  readonly isUploadOnly: boolean;
  /** What it gives us. */
  readonly downloadRate: Rate;
  /** What we give it. */
  readonly uploadRate: Rate;
  /** Bytes. */
  readonly uploadedSinceUnchoke: number;
  /** When it was unchoked last; anything before `connectedAt` when it never was. */
  readonly unchokedAt: Millis;
  readonly connectedAt: Millis;
  /** We want something of it. Left out: not known, and then nobody is taken for a free rider. */
  readonly areWeInterested?: boolean;
  /** Bytes of payload it gave us on this connection. */
  readonly downloaded?: number;
  /** Bytes of payload we gave it on this connection. */
  readonly uploaded?: number;
}

export interface ChokeContext {
  /** We want nothing any more: reciprocity says nothing, so the order is another one. */
  readonly isSeeding: boolean;
  /** Measured, of all torrents together. */
  readonly uplinkRate: Rate;
  /** Blocks wait for the uplink (or for the rate limit): another slot would only divide what there is. */
  readonly uplinkBusy: boolean;
}

/** Ids to tell of, the choked ones first: at no moment are there more slots than decided. */
export interface ChokeDecision {
  readonly unchoke: readonly number[];
  readonly choke: readonly number[];
}
