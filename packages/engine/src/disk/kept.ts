/**
 * How much of each block stays in memory while its piece is gathered: all of it, or only its beginning.
 *
 * A host that writes and hashes needs every byte. One that knows a block by its first bytes, as a simulated world does, says so when
 * the session is made; a thousand engines then gather 64 MiB each in buffers of kilobytes. What is asked for, counted and limited
 * is the same in both.
 * @module
 */
import { BLOCK_LENGTH } from "@bittern/protocol/base";

/** Bytes of a buffer that hold the first `byteLength` bytes of a piece or run. Hot. */
export function keptLength(byteLength: number, keptBlockLength: number): number {
  if (keptBlockLength === BLOCK_LENGTH) return byteLength;
  return Math.floor(byteLength / BLOCK_LENGTH) * keptBlockLength + Math.min(byteLength % BLOCK_LENGTH, keptBlockLength);
}
