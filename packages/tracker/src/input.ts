/**
 * What a tracker can be told: everything that reaches it comes as one of these.
 * @module
 */
import type { Sender } from "@bittern/host";
import type { Endpoint } from "@bittern/protocol/address";
import type { HostError } from "@bittern/protocol/base";
import type { TrackerCommand } from "./command.ts";

/** A connection, as the run loop numbers them; no number comes twice. */
export type LinkId = number;

export type TrackerInput =
  /** `wallSeconds` since 1970: a journal notes it, nothing else depends on it. */
  | { readonly type: "tick"; readonly wallSeconds: number }
  /** A datagram arrived at a socket. Its bytes are lent until `handle` returns. */
  | { readonly type: "datagram"; readonly socket: number; readonly bytes: Uint8Array; readonly from: Sender }
  /** Somebody connected. */
  | { readonly type: "linked"; readonly link: LinkId; readonly remote: Endpoint }
  /** Bytes of a connection, lent until `handle` returns. */
  | { readonly type: "bytes"; readonly link: LinkId; readonly bytes: Uint8Array }
  /** After a `send`, more than the run loop likes is still unsent: the other side does not read. */
  | { readonly type: "stalled"; readonly link: LinkId }
  /** Everything sent has left, after an `await-drain`. */
  | { readonly type: "drained"; readonly link: LinkId }
  /** It is the link's turn, after an `await-turn`. */
  | { readonly type: "turn"; readonly link: LinkId }
  | { readonly type: "unlinked"; readonly link: LinkId }
  /** Of a `dial`: it stands; bytes came, lent until `handle` returns; it ended, or never stood. */
  | { readonly type: "dialled"; readonly dial: number }
  | { readonly type: "dial-bytes"; readonly dial: number; readonly bytes: Uint8Array }
  | { readonly type: "dial-ended"; readonly dial: number }
  /** Bytes of the journal as the last run left it, before anything else; lent until `handle` returns. */
  | { readonly type: "journal-read"; readonly bytes: Uint8Array }
  /** A whole journal from elsewhere, to begin with where there is none of our own. Lent until `handle` returns. */
  | { readonly type: "recall"; readonly bytes: Uint8Array; readonly wallSeconds: number }
  /** All of it was read: from now on changes are noted. */
  | { readonly type: "journal-opened"; readonly wallSeconds: number }
  /** The store has done what it was asked, or could not. */
  | { readonly type: "journal-answered"; readonly fault: HostError | undefined }
  /** Hand everything to the store now: we are about to end. */
  | { readonly type: "journal-flush" }
  /** What another tracker that shares our swarms wrote, `ageSeconds` ago; lent until `handle` returns. */
  | { readonly type: "shared"; readonly bytes: Uint8Array; readonly ageSeconds: number }
  /** How often a torrent was completed, all trackers together. */
  | { readonly type: "shared-completed"; readonly infoHash: Uint8Array; readonly count: number }
  /** What a peer of another tracker that shares our swarms says to ours; lent until `handle` returns. */
  | { readonly type: "shared-signal"; readonly bytes: Uint8Array }
  /** The others' log of a shard has been lost: it is to be told everything again. */
  | { readonly type: "retell"; readonly shard: number }
  /** What has become of an `ask-welcome`: why it is refused, or `undefined`. */
  | { readonly type: "welcomed"; readonly question: number; readonly refusal: string | undefined }
  /** The operator's word. */
  | { readonly type: "command"; readonly command: TrackerCommand }
  /** The answer to a request that was handed out as `other`. The body is given away. */
  | {
      readonly type: "answer";
      readonly link: LinkId;
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: Uint8Array;
    };
