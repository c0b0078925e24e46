/**
 * One end of a TCP link, as its owner holds it.
 * @module
 */
import type { TcpHandler, TcpLink } from "@bittern/host";
import type { Endpoint } from "@bittern/protocol/address";
import { HostError, type Millis } from "@bittern/protocol/base";
import { KIND } from "../trace.ts";
import type { Dial } from "./dial.ts";
import type { Station } from "./station.ts";
import type { Receiver, Signal, Stream, StreamContext, Writer } from "./stream.ts";

/** How long a closed link may still send what was written. */
const LINGER_MILLIS: Millis = 5000;

/** Sees the bytes one end writes, before they leave. */
export type LinkTap = (bytes: Uint8Array) => void;

/** Whoever keeps account of the links of a process. */
export interface LinkOwner {
  readonly isAlive: boolean;
  forget(link: LinkEnd): void;
}

export class LinkEnd implements TcpLink, Receiver, Writer {
  readonly remote: Endpoint;
  local: Endpoint;
  isPaused = false;
  isVanished = false;
  /** Its own direction and the other one; set once the pair exists. */
  out: Stream | undefined;
  in: Stream | undefined;
  handler: TcpHandler | undefined;
  /** Of a dialled link: what it will be bound to, and the dial while it is under way. */
  dialledFrom: Endpoint | undefined;
  dial: Dial | undefined;
  tap: LinkTap | undefined;
  /** What was written before the link stood. */
  #early: { readonly bytes: Uint8Array; readonly release: (() => void) | undefined }[] = [];
  readonly #context: StreamContext;
  readonly #station: Station;
  readonly #owner: LinkOwner;
  #phase: "opening" | "open" | "closing" | "closed" = "opening";

  constructor(context: StreamContext, station: Station, owner: LinkOwner, ends: { local: Endpoint; remote: Endpoint }) {
    this.#context = context;
    this.#station = station;
    this.#owner = owner;
    this.local = ends.local;
    this.remote = ends.remote;
    station.linkCount++;
  }

  /** Being dialled. */
  get isOpening(): boolean {
    return this.#phase === "opening";
  }

  get unsentLength(): number {
    if (this.#phase === "opening") return this.#early.reduce((sum, { bytes }) => sum + bytes.length, 0);
    return this.out?.unsentLength ?? 0;
  }

  write(bytes: Uint8Array, release?: () => void): void {
    if (this.#phase === "closing" || this.#phase === "closed") {
      release?.();
      return;
    }
    this.tap?.(bytes);
    if (this.#phase === "opening") this.#early.push({ bytes, release });
    else this.out?.write(bytes, release);
  }

  pauseReading(): void {
    this.isPaused = true;
  }

  resumeReading(): void {
    if (!this.isPaused) return;
    this.isPaused = false;
    this.in?.resumeReading();
  }

  close(): void {
    if (this.#phase === "opening") return this.#finishSoon();
    if (this.#phase !== "open") return;
    this.#phase = "closing";
    this.in?.deafen();
    this.out?.end();
    if (this.unsentLength === 0) return this.#finishSoon();
    this.#context.timeline.after(LINGER_MILLIS, () => {
      if (this.#phase !== "closing") return;
      this.out?.abort();
      this.finish(undefined);
    });
  }

  /** An accepted link stands from the beginning. */
  accepted(): void {
    this.#phase = "open";
    this.#note(KIND.accepted, 0);
  }

  receive(bytes: Uint8Array): void {
    if (this.#phase !== "open" || !this.#owner.isAlive) return;
    this.#note(KIND.bytes, bytes.length);
    this.handler?.bytes(this, bytes);
  }

  signal(signal: Signal): void {
    if (!this.#owner.isAlive) return;
    if (signal === "connected") return this.#connected();
    this.out?.abandon();
    this.finish(signal === "end" ? undefined : new HostError("CONNECTION_RESET", `${this.remote.address} reset the link`));
  }

  drained(): void {
    if (!this.#owner.isAlive) return;
    if (this.#phase === "closing") return this.#finishSoon();
    if (this.#phase !== "open") return;
    this.#note(KIND.drained, 0);
    this.handler?.drained(this);
  }

  failed(fault: HostError): void {
    this.out?.abandon();
    this.in?.abandon();
    if (this.#owner.isAlive) this.finish(fault);
  }

  /** The link is over; its handler hears of it once. */
  finish(fault: HostError | undefined): void {
    if (this.#phase === "closed") return;
    if (this.#phase === "opening") this.out?.abort();
    this.#endDial();
    this.#phase = "closed";
    this.in?.deafen();
    for (const { release } of this.#early.splice(0)) release?.();
    this.#station.linkCount--;
    this.#owner.forget(this);
    this.#note(KIND.closed, fault === undefined ? 0 : 1);
    this.handler?.closed(this, fault);
  }

  /** Breaks the link for both ends, as a router that lost its memory does. */
  reset(): void {
    if (this.#phase !== "open") return;
    this.out?.abort();
    this.finish(new HostError("CONNECTION_RESET", "the network broke the link"));
  }

  /** Its process is gone. With its power on, the system tells the other end. */
  vanish(isHeard: boolean): void {
    if (this.#phase === "closed") return;
    this.#phase = "closed";
    this.#endDial();
    this.#station.linkCount--;
    if (isHeard) this.out?.abort();
    else this.out?.abandon();
    if (isHeard) this.in?.deafen();
    else this.isVanished = true;
    this.handler = undefined;
  }

  #connected(): void {
    if (this.#phase !== "opening") return;
    this.#phase = "open";
    this.#endDial();
    this.local = this.dialledFrom ?? this.local;
    this.#note(KIND.dialled, 0);
    const early = this.#early.splice(0);
    for (const { bytes, release } of early) this.out?.write(bytes, release);
    this.handler?.connected(this);
    // Everything early may have fitted the send buffer; whoever saw it counted as unsent waits for a word.
    if (early.length > 0 && this.unsentLength === 0) this.#context.timeline.after(0, () => this.drained());
  }

  #endDial(): void {
    this.dial?.end();
    this.dial = undefined;
  }

  /** Not at once: nobody is called back while calling. */
  #finishSoon(): void {
    this.#context.timeline.after(0, () => {
      if (this.#owner.isAlive) this.finish(undefined);
    });
  }

  #note(kind: number, length: number): void {
    this.#context.timeline.note(kind, this.#station.index, length);
  }
}
