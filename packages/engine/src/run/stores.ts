/**
 * The stores and records of one run loop.
 * @module
 */

import type { Host, Store } from "@bittern/host";
import { HostError } from "@bittern/protocol/base";
import type { TorrentId } from "../session/ids.ts";
import type { SessionInput } from "../session/input.ts";
import type { SessionOutput } from "../session/output.ts";
import type { LinkOutput } from "./links.ts";
import type { QuestionOutput } from "./questions.ts";

export type StoreOutput = Exclude<SessionOutput, LinkOutput | QuestionOutput | { type: "event" }>;

/** What concerns one torrent. */
type TorrentOutput = Exclude<StoreOutput, { type: "load-nodes" | "save-nodes" }>;

type Ending = Extract<StoreOutput, { type: "close-store" | "remove-store" }>;

/** The record of the DHT: one of all sessions that share a state folder. */
const NODES_KEY = "dht-nodes";

export class Stores {
  readonly #host: Host;
  readonly #give: (input: SessionInput) => void;
  readonly #stores = new Map<TorrentId, Store>();
  /** Stores that are being opened, and how they are to end at once where the engine has changed its mind meanwhile. */
  readonly #opening = new Map<TorrentId, Ending | undefined>();

  constructor(host: Host, give: (input: SessionInput) => void) {
    this.#host = host;
    this.#give = give;
  }

  get(torrent: TorrentId): Store | undefined {
    return this.#stores.get(torrent);
  }

  closeAll(): void {
    for (const store of this.#stores.values()) store.close(() => undefined);
    this.#stores.clear();
  }

  perform(output: StoreOutput): void {
    const records = this.#host.records;
    switch (output.type) {
      case "load-nodes":
        return records.load(NODES_KEY, (outcome) =>
          this.#give({ type: "nodes-loaded", bytes: outcome instanceof HostError ? undefined : outcome }),
        );
      case "save-nodes":
        return records.save(NODES_KEY, output.bytes, (outcome) => this.#give({ type: "nodes-saved", fault: faultOf(outcome) }));
      default:
        return this.#performFor(output.torrent, output);
    }
  }

  #performFor(torrent: TorrentId, output: TorrentOutput): void {
    const records = this.#host.records;
    switch (output.type) {
      case "open-store":
        this.#opening.set(torrent, undefined);
        return this.#host.storage.open(output.plan, (outcome) => this.#opened(torrent, outcome));
      case "load-record":
        return records.load(output.key, (outcome) =>
          this.#give({ type: "record-loaded", torrent, bytes: outcome instanceof HostError ? undefined : outcome }),
        );
      case "save-record":
        return records.save(output.key, output.bytes, (outcome) => this.#give({ type: "record-saved", torrent, fault: faultOf(outcome) }));
      case "erase-record":
        return records.erase(output.key, () => undefined);
      default: {
        const store = this.#stores.get(torrent);
        if (store !== undefined) return this.#ask(store, output);
        const isEnding = output.type === "close-store" || output.type === "remove-store";
        if (isEnding && this.#opening.has(torrent)) this.#opening.set(torrent, output);
      }
    }
  }

  #opened(torrent: TorrentId, outcome: Store | HostError): void {
    const ending = this.#opening.get(torrent);
    this.#opening.delete(torrent);
    if (outcome instanceof HostError) {
      this.#give({ type: "store-opened", torrent, outcome });
      if (ending !== undefined) this.#give({ type: "store-closed", torrent, fault: undefined });
      return;
    }
    if (ending !== undefined) return this.#ask(outcome, ending);
    this.#stores.set(torrent, outcome);
    this.#give({ type: "store-opened", torrent, outcome: outcome.stamps });
  }

  #ask(store: Store, output: Exclude<TorrentOutput, { type: "open-store" | "load-record" | "save-record" | "erase-record" }>): void {
    const { torrent } = output;
    const give = this.#give;
    switch (output.type) {
      case "store-piece":
        return store.storePiece(output.piece, output.buffer, output.byteLength, output.expected, (outcome, buffer) =>
          give({ type: "piece-stored", torrent, piece: output.piece, outcome, buffer }),
        );
      case "store-run":
        return store.storeRun(output.piece, output.begin, output.buffer, output.byteLength, (fault, buffer) =>
          give({ type: "run-stored", torrent, piece: output.piece, begin: output.begin, fault, buffer }),
        );
      case "allocate":
        return store.allocate((outcome) => give({ type: "store-allocated", torrent, fault: faultOf(outcome) }));
      case "select":
        return store.select(output.wanted, (outcome) => give({ type: "store-selected", torrent, fault: faultOf(outcome) }));
      case "verify":
        return store.verify(output.pieces, output.expected, (outcome) =>
          give({ type: "verified", torrent, pieces: output.pieces, outcome }),
        );
      case "hash-leaves":
        return store.hashLeaves(output.piece, output.expected, (outcome) =>
          give({ type: "leaves-hashed", torrent, piece: output.piece, outcome }),
        );
      case "sync":
        return store.sync((outcome) => give({ type: "synced", torrent, ticket: output.ticket, outcome }));
      case "ask-space":
        return store.space((outcome) => give({ type: "space", torrent, outcome }));
      case "move":
        return store.move(output.to, (outcome) => give({ type: "moved", torrent, move: output.move, to: output.to, outcome }));
      case "close-store":
        this.#stores.delete(torrent);
        return store.close((outcome) => give({ type: "store-closed", torrent, fault: faultOf(outcome) }));
      case "remove-store":
        this.#stores.delete(torrent);
        return store.remove((outcome) => give({ type: "store-closed", torrent, fault: faultOf(outcome) }));
    }
  }
}

function faultOf(outcome: unknown): HostError | undefined {
  return outcome instanceof HostError ? outcome : undefined;
}
