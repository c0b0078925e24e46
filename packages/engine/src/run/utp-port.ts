/**
 * uTP for one run loop: the machine of `protocol/utp` over the session's datagram sockets, with links that look like those of TCP.
 *
 * Nothing is told from inside a call: what a call brings about comes with the next flush, which gathers what came since the last
 * one. So a burst of packets is acknowledged once, and the small messages of a turn travel together.
 * @module
 */
import type { Cancel, Clock, TcpHandler, TcpLink } from "@bittern/host";
import type { Endpoint } from "@bittern/protocol/address";
import { HostError, type Millis, type Random, unreachable } from "@bittern/protocol/base";
import { isUtp, Utp, type UtpFault, type UtpOutput } from "@bittern/protocol/utp";

export interface UtpPortParts {
  readonly clock: Clock;
  readonly random: Random;
  /** Sends or loses a datagram. */
  readonly send: (bytes: Uint8Array, to: Endpoint) => void;
  /** Names the handler of a new link, or refuses it. */
  readonly accept: (link: TcpLink) => TcpHandler | undefined;
}

const FAULTS = {
  timeout: ["TIMED_OUT", "nothing comes by uTP"],
  reset: ["CONNECTION_RESET", "the other side ended the uTP connection"],
  refused: ["CONNECTION_REFUSED", "the other side wants no uTP connection"],
} as const;

export class UtpPort {
  readonly #parts: UtpPortParts;
  readonly #utp: Utp;
  readonly #links = new Map<number, UtpLink>();
  /** Outputs of calls, until the flush. */
  readonly #out: UtpOutput[] = [];
  #cancelFlush: Cancel | undefined;
  #cancelTick: Cancel | undefined;
  #tickAt: Millis | undefined;

  constructor(parts: UtpPortParts) {
    this.#parts = parts;
    this.#utp = new Utp({ random: parts.random });
  }

  /** Takes a datagram if it is one of uTP; its bytes may die when this returns. */
  receive(bytes: Uint8Array, from: Endpoint): boolean {
    if (!isUtp(bytes)) return false;
    const out: UtpOutput[] = [];
    this.#utp.receive(bytes, from, this.#parts.clock.now(), out);
    this.#perform(out);
    this.#flushSoon();
    return true;
  }

  connect(to: Endpoint, handler: TcpHandler): TcpLink {
    const number = this.#utp.connect(to, this.#parts.clock.now(), this.#out);
    const link = new UtpLink(this, this.#utp, number ?? 0, to);
    link.handler = handler;
    if (number === undefined) {
      this.#parts.clock.wakeAt(this.#parts.clock.now(), () =>
        handler.closed(link, new HostError("UNREACHABLE", "there are too many uTP connections")),
      );
    } else {
      this.#links.set(number, link);
    }
    this.#flushSoon();
    return link;
  }

  /** Something happened to a link: what it brings comes with the flush. */
  call(act: (now: Millis, out: UtpOutput[]) => void): void {
    act(this.#parts.clock.now(), this.#out);
    this.#flushSoon();
  }

  /** Ends everything and tells nobody. */
  closeAll(): void {
    this.#cancelFlush?.();
    this.#cancelTick?.();
    const now = this.#parts.clock.now();
    const out: UtpOutput[] = [];
    for (const number of this.#links.keys()) this.#utp.close(number, now, out);
    this.#utp.flush(now, out);
    for (const output of out) if (output.type === "send") this.#parts.send(output.bytes, output.to);
    for (const link of this.#links.values()) link.releaseAll();
    this.#links.clear();
  }

  #flushSoon(): void {
    if (this.#cancelFlush !== undefined) return;
    this.#cancelFlush = this.#parts.clock.wakeAt(this.#parts.clock.now(), () => {
      this.#cancelFlush = undefined;
      this.#flush();
    });
  }

  #flush(): void {
    const now = this.#parts.clock.now();
    this.#utp.flush(now, this.#out);
    this.#perform(this.#out.splice(0));
    this.#tickLater();
  }

  #tickLater(): void {
    const due = this.#utp.deadline;
    if (due === undefined || this.#tickAt !== undefined) return;
    this.#tickAt = due;
    this.#cancelTick = this.#parts.clock.wakeAt(due, () => {
      this.#tickAt = undefined;
      this.#utp.tick(this.#parts.clock.now(), this.#out);
      this.#flush();
    });
  }

  #perform(out: readonly UtpOutput[]): void {
    for (const output of out) {
      if (output.type === "send") this.#parts.send(output.bytes, output.to);
      else if (output.type === "accepted") this.#accept(output.connection, output.remote);
      else this.#tell(output);
    }
  }

  #accept(number: number, remote: Endpoint): void {
    const link = new UtpLink(this, this.#utp, number, remote);
    const handler = this.#parts.accept(link);
    if (handler === undefined) return link.close();
    link.handler = handler;
    this.#links.set(number, link);
  }

  #tell(output: Exclude<UtpOutput, { type: "send" | "accepted" }>): void {
    const link = this.#links.get(output.connection);
    const handler = link?.handler;
    if (link === undefined || handler === undefined) return;
    switch (output.type) {
      case "connected":
        return handler.connected(link);
      case "bytes":
        return handler.bytes(link, output.bytes);
      case "written":
        return link.release(output.ticket);
      case "drained":
        return handler.drained(link);
      case "closed":
        this.#links.delete(output.connection);
        link.releaseAll();
        return handler.closed(link, faultOf(output.fault));
      default:
        return unreachable(output);
    }
  }
}

function faultOf(fault: UtpFault | undefined): HostError | undefined {
  if (fault === undefined) return undefined;
  const [code, message] = FAULTS[fault];
  return new HostError(code, message);
}

class UtpLink implements TcpLink {
  readonly remote: Endpoint;
  readonly local: Endpoint = { address: "0.0.0.0", port: 0 };
  handler: TcpHandler | undefined;
  readonly #port: UtpPort;
  readonly #utp: Utp;
  readonly #number: number;
  readonly #releases = new Map<number, () => void>();
  #ticketCount = 0;

  constructor(port: UtpPort, utp: Utp, number: number, remote: Endpoint) {
    this.#port = port;
    this.#utp = utp;
    this.#number = number;
    this.remote = remote;
  }

  get unsentLength(): number {
    return this.#utp.unsentLength(this.#number);
  }

  write(bytes: Uint8Array, release?: () => void): void {
    const ticket = ++this.#ticketCount;
    if (release !== undefined) this.#releases.set(ticket, release);
    this.#port.call((_, out) => this.#utp.write(this.#number, bytes, ticket, out));
  }

  release(ticket: number): void {
    const release = this.#releases.get(ticket);
    this.#releases.delete(ticket);
    release?.();
  }

  releaseAll(): void {
    for (const ticket of [...this.#releases.keys()]) this.release(ticket);
  }

  pauseReading(): void {
    this.#utp.pauseReading(this.#number);
  }

  resumeReading(): void {
    this.#port.call((_, out) => this.#utp.resumeReading(this.#number, out));
  }

  close(): void {
    this.#port.call((now, out) => this.#utp.close(this.#number, now, out));
  }
}
