/**
 * What SHA-1 and SHA-256 share (FIPS 180-4): a message is cut into blocks of 64 bytes, the last is filled with a one bit,
 * zeros, and the length of the message in bits.
 * @module
 */
import { assert } from "../base/index.ts";

/** Bytes. */
export const HASH_BLOCK_LENGTH: number = 64;
/** Bytes of the message length at the end of the last block. */
const LENGTH_FIELD_LENGTH = 8;

/** Gathers what `update` brings into blocks. A hash adds its `compress` and reads its words out at the end. */
export abstract class HashBlocks {
  readonly #rest: Uint8Array<ArrayBuffer> = new Uint8Array(HASH_BLOCK_LENGTH);
  #restLength = 0;
  #byteLength = 0;
  #isDone = false;

  /** Mixes in one block of 64 bytes that begins at `at`. */
  protected abstract compress(bytes: Uint8Array, at: number): void;
  /** The words of the state, most significant first. */
  protected abstract words(): Int32Array;

  /** Takes the next bytes of the message; they are free again when this returns. */
  update(bytes: Uint8Array): this {
    assert(!this.#isDone, "a digest was not asked for yet");
    this.#byteLength += bytes.length;
    let at = this.#fillRest(bytes);
    for (; at + HASH_BLOCK_LENGTH <= bytes.length; at += HASH_BLOCK_LENGTH) this.compress(bytes, at);
    if (at < bytes.length) {
      this.#rest.set(bytes.subarray(at), this.#restLength);
      this.#restLength += bytes.length - at;
    }
    return this;
  }

  /** The hash of everything taken; to be asked for once. Fresh bytes. */
  digest(): Uint8Array<ArrayBuffer> {
    assert(!this.#isDone, "a digest is asked for once");
    this.#close();
    const words = this.words();
    const digest = new Uint8Array(4 * words.length);
    const view = new DataView(digest.buffer);
    for (const [index, word] of words.entries()) view.setInt32(4 * index, word);
    return digest;
  }

  /** Completes a block begun earlier; returns how many bytes that took. */
  #fillRest(bytes: Uint8Array): number {
    if (this.#restLength === 0) return 0;
    const taken = Math.min(bytes.length, HASH_BLOCK_LENGTH - this.#restLength);
    this.#rest.set(bytes.subarray(0, taken), this.#restLength);
    this.#restLength += taken;
    if (this.#restLength < HASH_BLOCK_LENGTH) return taken;
    this.compress(this.#rest, 0);
    this.#restLength = 0;
    return taken;
  }

  #close(): void {
    this.#isDone = true;
    const rest = this.#rest;
    rest[this.#restLength] = 0x80;
    rest.fill(0, this.#restLength + 1);
    if (this.#restLength >= HASH_BLOCK_LENGTH - LENGTH_FIELD_LENGTH) {
      this.compress(rest, 0);
      rest.fill(0);
    }
    const view = new DataView(rest.buffer);
    view.setUint32(56, Math.floor(this.#byteLength / 2 ** 29));
    view.setUint32(60, (this.#byteLength * 8) % 2 ** 32);
    this.compress(rest, 0);
  }
}
