/**
 * What WebTorrent peers of several trackers say to each other, through a channel of Redis that keeps nothing.
 *
 *     PREFIX{signals}    channel: <tracker: 8 bytes> <message>, see shared-signal.ts of the tracker's room
 *
 * What cannot be said at once is lost, as an offer is that nobody answers.
 * @module
 */
import { SIGNAL_LENGTH_MAX } from "@bittern/protocol/tracker";
import type { Connection } from "./redis-connection.ts";

/** Bytes that may be on their way. */
const SIGNALS_LENGTH_MAX = 4 * 1024 * 1024;

export class RedisSignals {
  readonly #listener: Connection;
  readonly #channel: string;
  readonly #tracker: Buffer;
  #length = 0;

  /** `listener`: a connection of its own, for who listens to a channel can ask nothing. `hear` gets what others said. */
  constructor(listener: Connection, channel: string, tracker: Buffer, hear: (bytes: Uint8Array) => void) {
    this.#listener = listener;
    this.#channel = channel;
    this.#tracker = tracker;
    listener.on("error", () => undefined);
    // Once for each time it connects; one that fails has lost its connection and will have another.
    listener.on("ready", () => void listener.subscribe(channel).catch(() => undefined));
    listener.on("messageBuffer", (_channel: Buffer, message: Buffer) => {
      const { length } = tracker;
      if (message.length <= length || message.length > length + 1 + SIGNAL_LENGTH_MAX) return;
      if (!message.subarray(0, length).equals(tracker)) hear(new Uint8Array(message.subarray(length)));
    });
  }

  /** Says something by a connection to whoever listens; false when it is lost. */
  say(connection: Connection | undefined, bytes: Uint8Array): boolean {
    const { length } = bytes;
    if (connection?.status !== "ready" || this.#length + length > SIGNALS_LENGTH_MAX) return false;
    this.#length += length;
    const settle = (): void => {
      this.#length -= length;
    };
    connection.publish(this.#channel, Buffer.concat([this.#tracker, bytes])).then(settle, settle);
    return true;
  }

  close(): void {
    this.#listener.disconnect();
  }
}
