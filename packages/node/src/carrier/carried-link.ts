/**
 * A connection that a carrier holds, as a link of the main process.
 * @module
 */
import type { TcpHandler, TcpLink } from "@bittern/host";
import type { Endpoint } from "@bittern/protocol/address";
import { type Channel, KIND } from "./channel.ts";

/** Bytes of one record, at most. */
const RECORD_MAX = 48 * 1024;
/** Bytes of a link on their way to the carrier that count as sent, as those in the kernel's buffer do. */
const WINDOW_LENGTH = 256 * 1024;

export class CarriedLink implements TcpLink {
  readonly remote: Endpoint;
  readonly local: Endpoint;
  readonly #number: number;
  readonly #channel: Channel;
  #handler: TcpHandler | undefined;
  #phase: "open" | "closing" | "gone" = "open";
  #isPaused = false;
  /** The other side sends no more, and may still read. */
  #hasEnded = false;
  /** Bytes that the carrier has not seen leave. */
  #underWayLength = 0;

  constructor(number: number, remote: Endpoint, local: Endpoint, channel: Channel) {
    this.#number = number;
    this.remote = remote;
    this.local = local;
    this.#channel = channel;
  }

  begin(handler: TcpHandler): void {
    this.#handler = handler;
  }

  get unsentLength(): number {
    return Math.max(0, this.#underWayLength - WINDOW_LENGTH);
  }

  write(bytes: Uint8Array, release?: () => void): void {
    if (this.#phase === "open") {
      this.#underWayLength += bytes.length;
      // A record is put together from what arrives, so none is long.
      for (let at = 0; at < bytes.length; at += RECORD_MAX)
        this.#channel.put(KIND.write, this.#number, bytes.subarray(at, at + RECORD_MAX));
    }
    release?.();
  }

  pauseReading(): void {
    this.#isPaused = true;
    if (this.#phase === "open") this.#channel.put(KIND.pause, this.#number);
  }

  resumeReading(): void {
    this.#isPaused = false;
    if (this.#phase === "open") this.#channel.put(KIND.resume, this.#number);
    // Whoever reads again may have an answer to write first.
    if (this.#hasEnded) process.nextTick(() => this.#end());
  }

  close(): void {
    if (this.#phase !== "open") return;
    this.#phase = "closing";
    this.#channel.put(KIND.close, this.#number);
  }

  heard(bytes: Buffer): void {
    // A plain view: `slice` of a Buffer does not copy, and that of a Uint8Array does.
    if (this.#phase === "open") this.#handler?.bytes(this, new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length));
  }

  /** The other side sends no more. What it asked for is answered by now, unless reading is paused until it is. */
  halfClosed(): void {
    this.#hasEnded = true;
    this.#end();
  }

  #end(): void {
    if (!this.#isPaused) this.close();
  }

  sent(length: number): void {
    const wasWaiting = this.unsentLength > 0;
    this.#underWayLength -= length;
    if (wasWaiting && this.unsentLength === 0 && this.#phase === "open") this.#handler?.drained(this);
  }

  ended(): void {
    if (this.#phase === "gone") return;
    this.#phase = "gone";
    this.#underWayLength = 0;
    this.#handler?.closed(this, undefined);
  }
}
