/**
 * The hash requests of BEP 52: which hashes of a file's tree are asked for, and which others prove them.
 *
 *     level 3          root               base layer 0, index 2, length 2, proof layers 2:
 *     level 2       u2      .             h2 h3 are sent, then the uncles u1 and u2; with them the root can be reckoned,
 *     level 1     u1  x   .   .           and x need not be sent because it follows from h2 and h3
 *     level 0   . .  h2 h3  . . . .
 *
 * An uncle that follows from the hashes themselves is left out but counted: of n proof layers, log2(length) - 1 bring none.
 * @module
 */
import { isPowerOfTwo, log2 } from "./root.ts";

/** Hashes of the base layer in one message, as BEP 52 has it. */
export const HASHES_MAX: number = 512;
/** libtorrent 2.0 asks for all leaves of a piece at once, for pieces up to 128 MiB. */
export const PIECE_LEAVES_MAX: number = 8192;

export interface HashRequest {
  /** Levels above the leaves. */
  readonly baseLayer: number;
  /** First hash, counted in its layer. */
  readonly index: number;
  /** Hashes of the base layer: a power of two from 2 on. */
  readonly length: number;
  /** Levels above the base layer whose uncles are asked for; those that follow from the hashes are counted but not sent. */
  readonly proofLayers: number;
}

/** Whether a request makes sense for a tree of `height` levels above its leaves. Any numbers may be asked about. */
export function isHashRequest(request: HashRequest, height: number, lengthMax: number = HASHES_MAX): boolean {
  const { baseLayer, index, length, proofLayers } = request;
  if (![baseLayer, index, length, proofLayers].every((field) => Number.isSafeInteger(field) && field >= 0)) return false;
  if (baseLayer >= height || length < 2 || length > lengthMax || !isPowerOfTwo(length)) return false;
  const isAligned = index % length === 0 && index + length <= 2 ** (height - baseLayer);
  return isAligned && proofLayers < height - baseLayer;
}

/** How many uncles answer a request. */
export function uncleCount({ length, proofLayers }: HashRequest): number {
  return Math.max(0, proofLayers - (log2(length) - 1));
}

/** The level of the node that the hashes and their uncles add up to. */
export function provenLevel(request: HashRequest): number {
  return request.baseLayer + log2(request.length) + uncleCount(request);
}
