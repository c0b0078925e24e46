/**
 * How much a peer may be asked for of which nothing was verified yet.
 *
 * One that lies fast was asked for hundreds of blocks before the first verdict; an honest one proves itself with its first piece, and is
 * held up for no longer than that takes to be hashed.
 * @module
 */
import { BLOCK_LENGTH } from "@bittern/protocol/base";
import { PIPELINE_START } from "../../peers/pipeline.ts";

/** Pieces, or as many blocks as a peer is asked for at first, under way and in wait of a verdict. */
const UNPROVEN_PIECES_MAX = 2;
const UNPROVEN_BLOCKS_MAX: number = PIPELINE_START;

/** Blocks that may be under way and in wait of a verdict together, where pieces have so many bytes. */
export function unprovenBlocksMax(pieceByteLength: number): number {
  return Math.max(UNPROVEN_BLOCKS_MAX, UNPROVEN_PIECES_MAX * Math.ceil(pieceByteLength / BLOCK_LENGTH));
}
