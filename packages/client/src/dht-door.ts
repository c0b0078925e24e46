/**
 * Between the DHT for people and the node that asks for it: what is asked, and what is heard.
 * @module
 */
import type { SessionEvent } from "@bittern/engine";
import type { Endpoint } from "@bittern/protocol/address";
import type { DhtSnapshot } from "@bittern/protocol/dht";

/** What carries the questions: a session, or a run loop of its own. */
export interface DhtDoor {
  search(search: number, infoHash: Uint8Array, announcePort: number): void;
  forget(search: number): void;
  ping(ping: number, to: Endpoint): void;
  snapshot(): DhtSnapshot | undefined;
  resolve(node: string): Promise<readonly Endpoint[]>;
  /** Where nodes reach us. */
  listening(): readonly Endpoint[];
  /** Port that peers reach us at; 0 while they do not. */
  announcePort(): number;
  /** Ends what was opened for this node alone. */
  close(): Promise<void>;
}

/** What a session hears of its node. */
export type DhtEvent = Extract<SessionEvent, { readonly type: "dht-ready" | "dht-peers" | "dht-searched" | "dht-pinged" }>;
