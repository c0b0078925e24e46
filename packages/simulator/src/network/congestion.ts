/**
 * How much of a stream may be under way, as TCP decides it: little at first, twice as much after each round trip, and little
 * again after a silence (slow start, RFC 5681; ten segments, RFC 6928; halved for each timeout of idling, RFC 2861).
 *
 * Streams of the virtual network lose nothing, so the window only grows, up to what the receiver takes. It grows while
 * the sender makes use of it: what waits for the uplink counts, as what waits in the queue of a real interface does.
 *
 * Pure: it is told what leaves and when its acknowledgement will be back, and says how much room there is. Hot: asked once a segment.
 * Once the window is fully open nothing is kept in mind but when it was last used.
 * @module
 */
import { assert, type Millis } from "@bittern/protocol/base";
import { Fifo } from "../fifo.ts";

/** Least time without an acknowledgement after which TCP believes nothing it knew of the way, beyond a round trip. */
const TIMEOUT_MILLIS: Millis = 200;

interface Flight {
  readonly length: number;
  readonly acknowledgedAt: Millis;
}

export interface CongestionOptions {
  /** Bytes under way at first; `Infinity`: no slow start. */
  readonly initialLength: number;
  /** Bytes the receiver takes unread. */
  readonly windowLength: number;
}

export class CongestionWindow {
  readonly #options: CongestionOptions;
  readonly #flights: Fifo<Flight> = new Fifo();
  #length: number;
  #inFlight = 0;
  /** When the last byte left, and a round trip then. */
  #departedAt: Millis | undefined;
  #roundTripMillis: Millis = 0;
  /** The sender has had more to send than half the window since the last acknowledgement. */
  #isUsed = false;

  constructor(options: CongestionOptions) {
    this.#options = options;
    this.#length = Math.min(options.initialLength, options.windowLength);
  }

  /** Bytes that may be under way. */
  get length(): number {
    return this.#length;
  }

  /** Whether bytes may leave now; a segment may begin as long as the window is not full. */
  hasRoom(now: Millis): boolean {
    this.#restartAfterIdling(now);
    if (this.#isOpen) return true;
    this.#acknowledge(now);
    return this.#inFlight < this.#length;
  }

  /** When the next acknowledgement comes; `undefined` when nothing is under way that is kept in mind. */
  get nextAcknowledgedAt(): Millis | undefined {
    return this.#flights.first?.acknowledgedAt;
  }

  /** A segment left, and `waitingLength` bytes more wait for the uplink. Acknowledgements come in the order of departures. */
  departed(length: number, waitingLength: number, now: Millis, acknowledgedAt: Millis): void {
    this.#departedAt = now;
    this.#roundTripMillis = acknowledgedAt - now;
    if (this.#isOpen) return;
    this.#inFlight += length;
    this.#flights.push({ length, acknowledgedAt });
    if (2 * (this.#inFlight + waitingLength) >= this.#length) this.#isUsed = true;
  }

  get #isOpen(): boolean {
    return this.#length >= this.#options.windowLength;
  }

  #acknowledge(now: Millis): void {
    for (let flight = this.#flights.first; flight !== undefined && flight.acknowledgedAt <= now; flight = this.#flights.first) {
      this.#flights.shift();
      this.#inFlight -= flight.length;
      assert(this.#inFlight >= 0, "what is acknowledged has left");
      if (this.#isUsed) this.#length = Math.min(this.#length + flight.length, this.#options.windowLength);
    }
    if (2 * this.#inFlight < this.#length) this.#isUsed = false;
    if (this.#isOpen) this.#forget();
  }

  #restartAfterIdling(now: Millis): void {
    if (this.#departedAt === undefined) return;
    const timeouts = Math.floor((now - this.#departedAt) / (TIMEOUT_MILLIS + this.#roundTripMillis));
    if (timeouts === 0) return;
    this.#departedAt = undefined;
    this.#length = Math.max(Math.min(this.#options.initialLength, this.#options.windowLength), this.#length / 2 ** timeouts);
    this.#forget();
  }

  /** All that left is acknowledged, or does not matter any more. */
  #forget(): void {
    this.#flights.clear();
    this.#inFlight = 0;
    this.#isUsed = false;
  }
}
