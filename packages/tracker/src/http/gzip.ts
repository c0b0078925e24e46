/**
 * A gzip stream around pieces that somebody else deflates (RFC 1952): the compressing is the world's, the frame is ours.
 *
 *     <1f 8b 08 00 00000000 00 ff>  deflated pieces, each flushed to a whole byte  <03 00> <CRC-32: u32> <length: u32>
 * @module
 */
import { concatBytes } from "@bittern/protocol/base";

/** Deflates bytes without a frame (RFC 1951), flushed to a whole byte and not ended, so that another piece may follow. */
export type Deflate = (bytes: Uint8Array) => Uint8Array;

const HEAD = Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255);
/** An empty block that says it is the last. */
const LAST_BLOCK = Uint8Array.of(3, 0);

export class Gzip {
  readonly #deflate: Deflate;
  #crc = 0xffffffff;
  #length = 0;

  constructor(deflate: Deflate) {
    this.#deflate = deflate;
  }

  /** The next piece of the stream. */
  piece(bytes: Uint8Array): Uint8Array {
    const deflated = this.#deflate(bytes);
    const piece = this.#length === 0 ? concatBytes([HEAD, deflated]) : deflated;
    this.#length += bytes.length;
    for (const byte of bytes) this.#crc = (CRC_TABLE[(this.#crc ^ byte) & 255] as number) ^ (this.#crc >>> 8);
    return piece;
  }

  /** The end of the stream, after at least one byte. */
  end(): Uint8Array {
    const end = new Uint8Array(10);
    end.set(LAST_BLOCK);
    const view = new DataView(end.buffer);
    view.setUint32(2, ~this.#crc >>> 0, true);
    view.setUint32(6, this.#length % 2 ** 32, true);
    return end;
  }
}

/** A whole stream. */
export function gzip(bytes: Uint8Array, deflate: Deflate): Uint8Array {
  const stream = new Gzip(deflate);
  return concatBytes([stream.piece(bytes), stream.end()]);
}

const CRC_TABLE: Uint32Array = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
  return value;
});
