/**
 * CRC-32C (Castagnoli, reflected), which BEP 40 and BEP 42 hash addresses with.
 * @module
 */

const POLYNOMIAL = 0x82f63b78;

/** By four bits: sixteen entries are made in no time when the program starts, and what is hashed are addresses. */
const TABLE: Uint32Array = Uint32Array.from({ length: 16 }, (_, nibble) => {
  let value = nibble;
  for (let bit = 0; bit < 4; bit++) value = (value & 1) === 1 ? (value >>> 1) ^ POLYNOMIAL : value >>> 1;
  return value;
});

/** An unsigned 32-bit number. */
export function crc32c(bytes: Uint8Array): number {
  let value = 0xffffffff;
  for (const byte of bytes) {
    value = (TABLE[(value ^ byte) & 15] as number) ^ (value >>> 4);
    value = (TABLE[(value ^ (byte >>> 4)) & 15] as number) ^ (value >>> 4);
  }
  return ~value >>> 0;
}
