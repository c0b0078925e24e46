/**
 * The way out of a node: one rate, shared by all its streams.
 *
 * Streams take turns, a segment each, so a full uplink is shared evenly. A stream that had nothing to say and now says
 * little goes first, as with the queueing most Linux systems use (fq_codel): a request or a "have" does not wait
 * behind everybody's blocks.
 * @module
 */
import { assert } from "@bittern/protocol/base";
import { Fifo } from "../fifo.ts";
import { Task } from "../queue.ts";
import type { Timeline } from "../timeline.ts";

/** Bytes; what a stream that was silent may send ahead of the others: one packet. */
export const SPARSE_LENGTH = 1500;

/** Something that wants its bytes carried. */
export interface Sender {
  /** Whether it stands in the queue; written by the uplink only. */
  isListed: boolean;
  /** Bytes it could send now; 0 when it has nothing or must wait. */
  readonly readyLength: number;
  /** Cuts off the next segment, at most about `lengthMax` bytes, and returns its length. */
  cut(lengthMax: number): number;
  /** The segment cut off last has left. */
  depart(length: number): void;
}

/** Serves one segment after the other, each for as long as its bytes take. */
export class Uplink extends Task {
  readonly #timeline: Timeline;
  readonly #quantum: number;
  readonly #sparse: Fifo<Sender> = new Fifo();
  readonly #rota: Fifo<Sender> = new Fifo();
  /** Bytes per millisecond. */
  #rate: number;
  #serving: Sender | undefined;
  #segmentLength = 0;
  /** Bytes that have left. */
  sentLength = 0;

  /** `rate` in bytes per second; `Infinity` for no limit, 0 lets nothing out. `quantum`: bytes of a turn. */
  constructor(timeline: Timeline, rate: number, quantum: number) {
    super();
    this.#timeline = timeline;
    this.#rate = rate / 1000;
    this.#quantum = quantum;
  }

  /** Bytes per second. */
  get rate(): number {
    return this.#rate * 1000;
  }

  /** Holds from the next segment on. */
  set rate(rate: number) {
    this.#rate = rate / 1000;
    if (this.#serving === undefined) this.#serve();
  }

  /** A sender has something to send; nothing happens when it is in the queue already. Hot. */
  offer(sender: Sender): void {
    if (sender.isListed) return;
    const readyLength = sender.readyLength;
    if (readyLength === 0) return;
    sender.isListed = true;
    if (readyLength <= SPARSE_LENGTH) this.#sparse.push(sender);
    else this.#rota.push(sender);
    if (this.#serving === undefined) this.#serve();
  }

  fire(): void {
    const sender = this.#serving;
    assert(sender !== undefined, "what ends was begun");
    this.#serving = undefined;
    this.sentLength += this.#segmentLength;
    sender.depart(this.#segmentLength);
    if (sender.readyLength > 0) this.#rota.push(sender);
    else sender.isListed = false;
    // Departing may have called back into the engine, whose writes may have begun the next segment.
    if (this.#serving === undefined) this.#serve();
  }

  #serve(): void {
    if (this.#rate === 0) return;
    for (;;) {
      const sender = this.#sparse.shift() ?? this.#rota.shift();
      if (sender === undefined) return;
      const length = sender.readyLength === 0 ? 0 : sender.cut(this.#quantum);
      if (length === 0) {
        sender.isListed = false;
        continue;
      }
      this.#serving = sender;
      this.#segmentLength = length;
      this.#timeline.schedule(this, this.#timeline.now + length / this.#rate);
      return;
    }
  }
}
