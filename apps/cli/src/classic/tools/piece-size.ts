/**
 * The piece size as the classic makers take it: a power of two.
 * @module
 */
import { UsageError } from "@bittern/protocol/base";

/** 16 KiB, the length of a block, to 64 MiB. */
const POWER_MIN = 14;
const POWER_MAX = 26;

/** Bytes; nothing when the size of the data is to decide. */
export function pieceLengthOf(power: number): { readonly pieceLength?: number } {
  if (power === 0) return {};
  if (power >= POWER_MIN && power <= POWER_MAX) return { pieceLength: 2 ** power };
  throw new UsageError("PIECE_SIZE", `--piece_size_pow2 is ${power}, but must be from ${POWER_MIN} to ${POWER_MAX}, or 0`);
}
