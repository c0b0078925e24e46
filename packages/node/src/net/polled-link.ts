/**
 * One accepted connection that is expected to be short, without anything of Node's: a descriptor, and the calls of the system.
 *
 * It does what `BriefLink` does at a sixth to a third less. A connection whose request is there when it is accepted is read,
 * answered and closed without ever being waited for.
 * @module
 */
import { getSystemErrorName } from "node:util";
import type { TcpHandler, TcpLink } from "@bittern/host";
import type { Endpoint } from "@bittern/protocol/address";
import type { HostError } from "@bittern/protocol/base";
import { networkFault } from "../faults.ts";
import { INTERRUPTED, NO_BUFFER, WOULD_BLOCK } from "./libc.ts";
import { type KeptLink, type LinkKeeper, UNBOUND } from "./link.ts";
import { READABLE, WRITABLE } from "./stream-calls.ts";
import type { Ended, StreamPoll, Waiter } from "./stream-poll.ts";

/** Writes that leave in one turn; the rest waits for the next. */
const SENDS_MAX = 16;

/** A write of which something is left. */
interface Unsent {
  readonly bytes: Uint8Array;
  /** Where that begins. */
  at: number;
  readonly release: (() => void) | undefined;
}

export class PolledLink implements TcpLink, KeptLink, Waiter, Ended {
  place = -1;
  number = 0;
  readonly descriptor: number;
  readonly remote: Endpoint;
  readonly #poll: StreamPoll;
  readonly #keeper: LinkKeeper;
  #handler: TcpHandler | undefined;
  #fault: HostError | undefined;
  #phase: "open" | "closing" | "gone" = "open";
  #isReading = false;
  /** What is waited for. */
  #awaited = 0;
  #unsentLength = 0;
  /** Oldest first; most links never need it. */
  #unsent: Unsent[] | undefined;

  constructor(descriptor: number, remote: Endpoint, poll: StreamPoll, keeper: LinkKeeper) {
    this.descriptor = descriptor;
    this.remote = remote;
    this.#poll = poll;
    this.#keeper = keeper;
  }

  /** Names the handler and begins to read, or refuses the link. */
  begin(handler: TcpHandler | undefined): void {
    this.#handler = handler;
    if (handler === undefined) this.destroy(undefined);
    if (this.#phase !== "open") return;
    this.#isReading = true;
    // The request is mostly there.
    this.#receive();
    this.#await();
  }

  get local(): Endpoint {
    if (this.#phase === "gone") return UNBOUND;
    const { calls, name } = this.#poll;
    name.clear();
    calls.nameOf(this.descriptor, name.address, name.lengthAddress);
    return name.endpoint() ?? UNBOUND;
  }

  get unsentLength(): number {
    return this.#unsentLength;
  }

  get #isOpen(): boolean {
    return this.#phase === "open";
  }

  // Hot.
  write(bytes: Uint8Array, release?: () => void): void {
    if (this.#phase !== "open") {
      release?.();
      return;
    }
    const sent = this.writeNow(bytes);
    // It may have ended with this.
    if (sent === bytes.length || !this.#isOpen) {
      release?.();
      return;
    }
    this.#unsent ??= [];
    this.#unsent.push({ bytes, at: sent, release });
    this.#unsentLength += bytes.length - sent;
    this.#await();
  }

  // Hot.
  writeNow(bytes: Uint8Array): number {
    if (this.#phase !== "open" || this.#unsentLength > 0) return 0;
    const sent = this.#poll.calls.send(this.descriptor, bytes, bytes.length);
    if (sent >= 0) return sent;
    if (!isForNow(sent)) this.destroy(this.#faultOf(sent));
    return 0;
  }

  pauseReading(): void {
    this.#isReading = false;
    this.#await();
  }

  resumeReading(): void {
    this.#isReading = true;
    this.#await();
  }

  close(): void {
    if (this.#phase !== "open") return;
    if (this.#unsentLength === 0) return this.destroy(undefined);
    this.#phase = "closing";
    this.#await();
    this.#keeper.closing(this);
  }

  /** Ends the link at once; `closed` says `fault`. */
  destroy(fault: HostError | undefined): void {
    if (this.#phase === "gone") return;
    this.#phase = "gone";
    this.#fault = fault;
    this.#poll.leave(this);
    this.#poll.tellLater(this);
  }

  ready(flags: number): void {
    if (this.#unsentLength > 0) this.#sendMore();
    // An error or a hang-up too: reading says what it is.
    if ((flags & ~WRITABLE) !== 0 && this.#isReading && this.#phase === "open") this.#receive();
  }

  tellEnd(): void {
    const unsent = this.#unsent;
    this.#unsent = undefined;
    this.#unsentLength = 0;
    for (const { release } of unsent ?? []) release?.();
    this.#keeper.gone(this);
    this.#handler?.closed(this, this.#fault);
  }

  #receive(): void {
    const poll = this.#poll;
    const length = poll.calls.receive(this.descriptor, poll.memory, poll.memoryLength);
    if (length > 0) this.#handler?.bytes(this, poll.received.of(length));
    else if (length === 0) this.close();
    else if (!isForNow(length)) this.destroy(this.#faultOf(length));
  }

  #sendMore(): void {
    const unsent = this.#unsent as Unsent[];
    for (let sends = 0; sends < SENDS_MAX && unsent.length > 0; sends++) {
      const first = unsent[0] as Unsent;
      const left = first.bytes.length - first.at;
      const sent = this.#poll.calls.send(this.descriptor, first.bytes.subarray(first.at), left);
      if (sent < 0) {
        if (!isForNow(sent)) this.destroy(this.#faultOf(sent));
        return;
      }
      this.#unsentLength -= sent;
      if (sent < left) {
        first.at += sent;
        return;
      }
      unsent.shift();
      first.release?.();
    }
    if (unsent.length > 0 || this.#phase === "gone") return;
    if (this.#phase === "closing") return this.destroy(undefined);
    this.#await();
    this.#handler?.drained(this);
  }

  /** Waits for what there is to wait for now. */
  #await(): void {
    if (this.#phase === "gone") return;
    const flags = (this.#isReading && this.#phase === "open" ? READABLE : 0) | (this.#unsentLength > 0 ? WRITABLE : 0);
    if (flags === this.#awaited) return;
    const status = this.#poll.await(this, this.#awaited, flags);
    this.#awaited = flags;
    if (status < 0) this.destroy(this.#faultOf(status));
  }

  #faultOf(status: number): HostError {
    const code = getSystemErrorName(status);
    return networkFault(Object.assign(new Error(code), { code }), `${this.remote.address} port ${this.remote.port}`);
  }
}

/** Whether an error says no more than "not now". */
function isForNow(status: number): boolean {
  return status === WOULD_BLOCK || status === INTERRUPTED || status === NO_BUFFER;
}
