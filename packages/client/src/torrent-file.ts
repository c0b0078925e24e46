/**
 * One file of a torrent, or a part of it: read like a Blob, while it is still being downloaded.
 * @module
 */
import type { FilePriority } from "@bittern/engine";
import { UsageError } from "@bittern/protocol/base";
import { type PieceSource, streamRange } from "./stream.ts";
import type { WaitOptions } from "./waits.ts";

const PRIORITIES: ReadonlySet<number> = new Set<FilePriority>([0, 1, 4, 7]);

/** What a file asks of its torrent. */
export interface FilePort extends PieceSource {
  priorityOf(file: number): FilePriority;
  setPriority(file: number, priority: FilePriority): void;
}

/** Which bytes of the file: from `start` up to, not including, `end`. */
export interface StreamOptions extends WaitOptions {
  /** Bytes; negative counts from the end. 0 when absent. */
  readonly start?: number;
  /** Bytes; negative counts from the end. The length when absent. */
  readonly end?: number;
}

interface Place {
  /** Position in the torrent's list of files, pads counted. */
  readonly index: number;
  readonly path: string;
  /** Where the range begins in the torrent's stream of bytes. */
  readonly offset: number;
  readonly length: number;
}

/**
 * One file of a torrent, or a part of it, read as a `Blob` is, while it still downloads. Chunks are given away: whoever reads
 * owns them. Reading rejects when the torrent stops for a reason that does not pass by itself, or is removed.
 */
export class TorrentFile implements AsyncIterable<Uint8Array> {
  /** Below the torrent's folder, with "/"; the name of a single file. */
  readonly path: string;
  /** Bytes. */
  readonly length: number;
  /** Where it begins in the torrent's stream of bytes. */
  readonly offset: number;
  readonly #place: Place;
  readonly #port: FilePort;

  /** Files come from `Torrent.files`, parts from `slice`. */
  constructor(place: Place, port: FilePort) {
    this.#place = place;
    this.#port = port;
    this.path = place.path;
    this.length = place.length;
    this.offset = place.offset;
  }

  /** The last part of the path. */
  get name(): string {
    return this.path.slice(this.path.lastIndexOf("/") + 1);
  }

  /** 0 to 1: how much of it is verified, piece by piece. */
  get progress(): number {
    if (this.length === 0) return 1;
    const { pieceLength } = this.#port;
    const end = this.offset + this.length;
    let verified = 0;
    for (let at = this.offset; at < end; ) {
      const next = Math.min(end, (Math.floor(at / pieceLength) + 1) * pieceLength);
      if (this.#port.verifiedFrom(at, 1) === 1) verified += next - at;
      at = next;
    }
    return verified / this.length;
  }

  /** 0: not wanted; 1: normal; 4: before others; 7: first. Of the whole file, also when this is a part of it. */
  get priority(): FilePriority {
    return this.#port.priorityOf(this.#place.index);
  }
  set priority(priority: FilePriority) {
    if (!PRIORITIES.has(priority)) throw new UsageError("PRIORITY_INVALID", `${priority} is no priority; give 0, 1, 4 or 7`);
    this.#port.setPriority(this.#place.index, priority);
  }

  /**
   * The bytes as they become verified, in order; pieces in front of the reader are fetched before all others, and a file
   * that was not wanted becomes wanted. Nothing is read further ahead than a megabyte.
   */
  stream(options: StreamOptions = {}): ReadableStream<Uint8Array> {
    const part = this.slice(options.start, options.end);
    if (part.length > 0 && this.priority === 0) this.priority = 1;
    return streamRange(this.#port, part, options.signal);
  }

  /** A part of the file, as `Blob.slice` cuts it: negative positions count from the end. */
  slice(start = 0, end: number = this.length): TorrentFile {
    const from = position(start, this.length);
    const to = Math.max(from, position(end, this.length));
    return new TorrentFile({ ...this.#place, offset: this.offset + from, length: to - from }, this.#port);
  }

  /** All bytes, once they are verified; in memory at once, so meant for small files and parts. */
  async arrayBuffer(options: WaitOptions = {}): Promise<ArrayBuffer> {
    const whole = new Uint8Array(this.length);
    let at = 0;
    for await (const chunk of chunksOf(this.stream(options))) {
      whole.set(chunk, at);
      at += chunk.length;
    }
    return whole.buffer;
  }

  /** As UTF-8. */
  async text(options: WaitOptions = {}): Promise<string> {
    return new TextDecoder().decode(await this.arrayBuffer(options));
  }

  /** All bytes, as `arrayBuffer` gives them. */
  async blob(options: WaitOptions = {}): Promise<Blob> {
    return new Blob([await this.arrayBuffer(options)]);
  }

  [Symbol.asyncIterator](): AsyncIterableIterator<Uint8Array> {
    return chunksOf(this.stream());
  }
}

/** Leaving the loop cancels the stream. */
async function* chunksOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array, void, void> {
  const reader = stream.getReader();
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
  } finally {
    await reader.cancel();
  }
}

function position(at: number, length: number): number {
  return Math.trunc(at < 0 ? Math.max(0, length + at) : Math.min(at, length));
}
