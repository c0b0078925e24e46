/**
 * Bytes that leave link by link when a turn of the host is over, each link's in one write.
 *
 * A tracker that passes messages on between hundreds of links has a few for each of them after every turn, and a write costs far
 * more than a copy.
 * @module
 */
import type { TcpLink } from "@bittern/host";
import type { LinkId } from "./input.ts";

/** Bytes of a buffer; what is longer leaves by itself. */
const LENGTH = 16 * 1024;
/** Buffers that are kept. */
const KEPT_MAX = 256;

interface Gathered {
  readonly link: TcpLink;
  readonly buffer: Uint8Array<ArrayBuffer>;
  length: number;
}

export class GatheredWrites {
  readonly #soon: (flush: () => void) => void;
  readonly #onWritten: (id: LinkId, link: TcpLink) => void;
  readonly #byLink: Map<LinkId, Gathered> = new Map();
  readonly #free: Uint8Array<ArrayBuffer>[] = [];
  readonly #flushAll = (): void => this.#flush();

  /** `soon` calls back when the turn is over; `onWritten` hears of each write. */
  constructor(soon: (flush: () => void) => void, onWritten: (id: LinkId, link: TcpLink) => void) {
    this.#soon = soon;
    this.#onWritten = onWritten;
  }

  /** Adds a copy of `bytes` to what leaves by a link. */
  put(id: LinkId, link: TcpLink, bytes: Uint8Array): void {
    let gathered = this.#byLink.get(id);
    if (gathered !== undefined && gathered.length + bytes.length > LENGTH) {
      this.flush(id);
      gathered = undefined;
    }
    if (bytes.length > LENGTH) {
      link.write(bytes.slice());
      this.#onWritten(id, link);
      return;
    }
    if (gathered === undefined) {
      if (this.#byLink.size === 0) this.#soon(this.#flushAll);
      gathered = { link, buffer: this.#free.pop() ?? new Uint8Array(LENGTH), length: 0 };
      this.#byLink.set(id, gathered);
    }
    gathered.buffer.set(bytes, gathered.length);
    gathered.length += bytes.length;
  }

  /** Sends at once what waits for a link: what is sent after it must not overtake it. */
  flush(id: LinkId): void {
    const gathered = this.#byLink.get(id);
    if (gathered === undefined) return;
    this.#byLink.delete(id);
    this.#write(id, gathered);
  }

  #flush(): void {
    for (const [id, gathered] of this.#byLink) {
      this.#byLink.delete(id);
      this.#write(id, gathered);
    }
  }

  #write(id: LinkId, { link, buffer, length }: Gathered): void {
    // `subarray` would ask for the species of the array first.
    link.write(new Uint8Array(buffer.buffer, 0, length), () => {
      if (this.#free.length < KEPT_MAX) this.#free.push(buffer);
    });
    this.#onWritten(id, link);
  }
}
