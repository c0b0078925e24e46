/**
 * What a tracker wants done, in order. Bytes are lent until the next `handle`, but for those of `send-whole`.
 * @module
 */
import type { JournalFile, Sender } from "@bittern/host";
import type { Endpoint } from "@bittern/protocol/address";
import type { LinkId } from "./input.ts";

/** A request that is neither announce nor scrape. */
export interface OtherRequest {
  readonly method: string;
  /** As it was sent, from the slash on, without the query. */
  readonly path: string;
  /** Behind the question mark; empty when there is none. */
  readonly query: string;
  /** Lower-case names; of a name that came twice the values are joined with ", ". */
  readonly headers: ReadonlyMap<string, string>;
  /** At most 64 KiB; given away. */
  readonly body: Uint8Array;
  /** Who asked; behind a configured proxy, whoever the proxy names. */
  readonly address: string;
}

/** An announce that somebody else decides on. */
export interface WelcomeQuestion {
  /** 20 bytes each. */
  readonly infoHash: Uint8Array;
  readonly peerId: Uint8Array;
  /** Whom it came from. */
  readonly address: string;
  readonly port: number;
  /** Bytes, as the client reports them; `left` is -1 where it does not know. */
  readonly uploaded: number;
  readonly downloaded: number;
  readonly left: number;
  /** The word in its announce URL, or the two of them with a slash between; empty when there is none. */
  readonly credential: string;
  readonly event: "started" | "completed" | "stopped" | "paused" | undefined;
}

export type TrackerOutput =
  | { readonly type: "send-datagram"; readonly socket: number; readonly bytes: Uint8Array; readonly to: Sender }
  /** One write. */
  | { readonly type: "send"; readonly link: LinkId; readonly bytes: Uint8Array }
  /** One write together with whatever else goes to that link in this turn of the host: for what many links get a little of. */
  | { readonly type: "send-gathered"; readonly link: LinkId; readonly bytes: Uint8Array }
  /** One write of bytes that are given away. */
  | { readonly type: "send-whole"; readonly link: LinkId; readonly bytes: Uint8Array }
  /** Stop reading; say `drained` as soon as nothing is unsent. */
  | { readonly type: "await-drain"; readonly link: LinkId }
  /** Say `turn` when it is this link's turn: one link has it at a turn of the host's. */
  | { readonly type: "await-turn"; readonly link: LinkId }
  | { readonly type: "pause-reading"; readonly link: LinkId }
  | { readonly type: "resume-reading"; readonly link: LinkId }
  /** Nothing more is sent or heard on the link; an `unlinked` for it changes nothing. */
  | { readonly type: "close"; readonly link: LinkId }
  /** Connect to a peer, to see whether it can be reached. */
  | { readonly type: "dial"; readonly dial: number; readonly to: Endpoint }
  | { readonly type: "dial-send"; readonly dial: number; readonly bytes: Uint8Array }
  /** Nothing more is sent or heard there. */
  | { readonly type: "dial-close"; readonly dial: number }
  /** Append durably; the bytes are given away. Like each of the next two, it is answered once by `journal-answered`. */
  | { readonly type: "journal-append"; readonly file: JournalFile; readonly bytes: Uint8Array }
  /** Empty the next file, or make it. */
  | { readonly type: "journal-begin" }
  /** Let the next file take the place of the current one, durably and as a whole. */
  | { readonly type: "journal-commit" }
  /** Whether an announce is welcome: answered by one `welcomed`, soon. */
  | { readonly type: "ask-welcome"; readonly question: number; readonly about: WelcomeQuestion }
  /** For the trackers that share our swarms: announces of one shard, given away. */
  | { readonly type: "share"; readonly shard: number; readonly bytes: Uint8Array }
  /** One more completion for them; with `known`: that there are at least so many. The hash is given away. */
  | { readonly type: "share-completed"; readonly infoHash: Uint8Array; readonly known: number | undefined }
  /** For their WebTorrent peers, at once or never, see shared-signal.ts; given away. */
  | { readonly type: "share-signal"; readonly bytes: Uint8Array }
  /** Somebody of our own network passes requests of others on and is not among the proxies; said once. */
  | { readonly type: "unnamed-proxy"; readonly address: string }
  /** Somebody else has to answer this: with one `answer`, whenever it is ready. */
  | { readonly type: "other"; readonly link: LinkId; readonly request: OtherRequest };
