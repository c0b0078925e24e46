/**
 * One WebSocket: what is kept of it besides its link.
 * @module
 */
import { SIGNAL_LENGTH_MAX } from "@bittern/protocol/tracker";
import { WebSocketReader } from "@bittern/protocol/websocket";
import type { WebSocketPeer } from "./swarms.ts";

const READER = { messageLengthMax: SIGNAL_LENGTH_MAX, isServer: true, lendsTexts: true } as const;

export class Conversation {
  readonly reader: WebSocketReader = new WebSocketReader(READER);
  /** What its URL showed. */
  readonly credential: string;
  /** Its peers by info hash and peer id: programs that share a connection have several. */
  readonly peers: Map<string, WebSocketPeer> = new Map();
  /** The one that announced last: mostly there is no other. */
  last: WebSocketPeer | undefined;

  constructor(credential: string) {
    this.credential = credential;
  }
}

/** One peer of one swarm, among those of a connection. */
export function keyOf(infoHash: string, peerId: string): string {
  return infoHash + peerId;
}
