/**
 * All pieces of a torrent in a given number of cells: each stands for as many pieces as must share it.
 * @module
 */
import type { PieceItems } from "../snapshot.ts";

export interface PieceCell {
  /** Of the cell's wanted pieces, the share that is verified: 0 to 1. */
  readonly fraction: number;
  /** `absent`: a wanted piece is missing and no connected peer has it; `busy`: one is being fetched. */
  readonly kind: "whole" | "busy" | "absent" | "missing" | "unwanted";
}

const MISSING = 0;
const UNWANTED = 1;
const STARTED = 2;
const VERIFIED = 3;

/** At most `cellCount` cells; one a piece where there are fewer pieces. `isAlone`: nobody is connected, so nothing is said of copies. */
export function pieceCells({ states, copies }: PieceItems, cellCount: number, isAlone: boolean): readonly PieceCell[] {
  const count = Math.min(cellCount, states.length);
  return Array.from({ length: count }, (_, cell) => {
    const from = Math.floor((cell * states.length) / count);
    const to = Math.floor(((cell + 1) * states.length) / count);
    return cellOf(states, copies, from, to, isAlone);
  });
}

function cellOf(states: Uint8Array, copies: Uint16Array, from: number, to: number, isAlone: boolean): PieceCell {
  let verified = 0;
  let unwanted = 0;
  let started = 0;
  let absent = 0;
  for (let piece = from; piece < to; piece++) {
    const state = states[piece];
    if (state === VERIFIED) verified++;
    else if (state === UNWANTED) unwanted++;
    else if (state === STARTED) started++;
    else if (state === MISSING && copies[piece] === 0) absent++;
  }
  const wanted = to - from - unwanted;
  if (wanted === 0) return { fraction: 0, kind: "unwanted" };
  const fraction = verified / wanted;
  if (fraction === 1) return { fraction, kind: "whole" };
  if (started > 0) return { fraction, kind: "busy" };
  return { fraction, kind: absent > 0 && !isAlone ? "absent" : "missing" };
}
