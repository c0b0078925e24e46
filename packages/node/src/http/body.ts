/**
 * The body of an answer: bounded while it arrives, and bounded again while it is unpacked (200 KB of gzip may hold
 * 200 MB of zeros).
 * @module
 */
import type { IncomingMessage } from "node:http";
import { gunzip, inflate, inflateRaw, type ZlibOptions } from "node:zlib";
import type { Done } from "@bittern/host";
import { HostError } from "@bittern/protocol/base";
import { codeOf } from "../faults.ts";

/** Bytes. Packing may make a body longer than it was, by its head and tail and a little each block. */
const PACKING_MAX = 1024;

type Unpack = (bytes: Uint8Array, options: ZlibOptions, done: (error: Error | null, unpacked: Buffer) => void) => void;

/** Collects and unpacks; `lengthMax` counts bytes after unpacking. */
export function readBody(answer: IncomingMessage, lengthMax: number, done: Done<Uint8Array>): void {
  const encoding = (answer.headers["content-encoding"] ?? "identity").trim().toLowerCase();
  const arrivingMax = encoding === "identity" ? lengthMax : lengthMax + PACKING_MAX;
  const declared = Number(answer.headers["content-length"] ?? 0);
  if (declared > arrivingMax) return done(tooLong(lengthMax));
  const gathered = new Gathered();
  answer.on("data", (chunk: Buffer) => {
    if (gathered.length + chunk.length <= arrivingMax) return gathered.add(chunk);
    gathered.clear();
    done(tooLong(lengthMax));
  });
  answer.on("end", () => unpack(gathered.take(), encoding, lengthMax, done));
}

/** Bytes as they come, in one piece of memory: a body may come byte by byte, and an object for each would take a hundred times as much. */
class Gathered {
  #bytes = new Uint8Array(0);
  length = 0;

  add(chunk: Uint8Array): void {
    const length = this.length + chunk.length;
    if (length > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(length, 2 * this.#bytes.length));
      larger.set(this.#bytes.subarray(0, this.length));
      this.#bytes = larger;
    }
    this.#bytes.set(chunk, this.length);
    this.length = length;
  }

  clear(): void {
    this.#bytes = new Uint8Array(0);
    this.length = 0;
  }

  /** Given away. */
  take(): Uint8Array {
    const bytes = this.#bytes.length === this.length ? this.#bytes : this.#bytes.slice(0, this.length);
    this.clear();
    return bytes;
  }
}

/** A map and no object: what a server names may be "constructor". */
const WAYS: ReadonlyMap<string, readonly Unpack[]> = new Map([
  ["gzip", [gunzip]],
  ["x-gzip", [gunzip]],
  ["deflate", [inflate, inflateRaw]],
]);

function unpack(bytes: Uint8Array, encoding: string, lengthMax: number, done: Done<Uint8Array>): void {
  if (encoding === "identity" || encoding === "" || bytes.length === 0) return done(bytes);
  const ways = WAYS.get(encoding);
  if (ways === undefined)
    return done(new HostError("HTTP_BAD_ANSWER", `the body is packed as ${encoding.slice(0, 40)}, which nobody asked for`));
  tryWays(bytes, ways, lengthMax, done);
}

/** "deflate" means with a zlib head; some servers leave it out. */
function tryWays(bytes: Uint8Array, [way, ...others]: readonly Unpack[], lengthMax: number, done: Done<Uint8Array>): void {
  way?.(bytes, { maxOutputLength: Math.max(1, lengthMax) }, (error, unpacked) => {
    if (!error) {
      if (unpacked.length > lengthMax) return done(tooLong(lengthMax));
      return done(new Uint8Array(unpacked.buffer as ArrayBuffer, unpacked.byteOffset, unpacked.length));
    }
    if (codeOf(error) === "ERR_BUFFER_TOO_LARGE") return done(tooLong(lengthMax));
    if (others.length > 0) return tryWays(bytes, others, lengthMax, done);
    done(new HostError("HTTP_BAD_ANSWER", `the packed body is damaged: ${error.message}`, { cause: error }));
  });
}

function tooLong(lengthMax: number): HostError {
  return new HostError("HTTP_BODY_TOO_LONG", `the body is longer than ${lengthMax} bytes`);
}
