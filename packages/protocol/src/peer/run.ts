/**
 * Messages that follow each other in one read, for blocks that follow each other in one piece, or for pieces that somebody has: the same
 * as so many messages, told as one (BEP 3).
 *
 * A fast peer asks for a mebibyte with 64 messages, and sends it with as many. Told one by one, each of them is an object and a walk
 * through everything behind the wire, and for the second that a gibibyte takes most of that walk is code not optimised yet (measured:
 * a quarter of a seed's time). Only whole blocks make a run, as all clients ask for them; whatever else comes is told by itself. In a crowd
most of what is read is what others have, several pieces at a time.
 * @module
 */
import { BLOCK_LENGTH, type PieceIndex } from "../base/index.ts";
import { u32, view } from "./decode.ts";
import { HAVE_LENGTH, MESSAGE_ID, type PeerMessage, PIECE_HEADER_LENGTH, PREFIX_LENGTH, REQUEST_LENGTH } from "./message.ts";

/** Bytes of a `piece` message with a whole block, prefix included. */
const BLOCK_FRAME_LENGTH: number = PIECE_HEADER_LENGTH + BLOCK_LENGTH;

/** Requests for `count` whole blocks, two at least. */
export interface RequestRun {
  readonly type: "request-run";
  readonly piece: PieceIndex;
  /** Bytes into the piece where the first block begins; each of the others begins where the one before it ends. */
  readonly begin: number;
  readonly count: number;
}

/** `count` whole blocks, two at least. */
export interface BlockRun {
  readonly type: "block-run";
  readonly piece: PieceIndex;
  /** Bytes into the piece where the first block begins; each of the others begins where the one before it ends. */
  readonly begin: number;
  readonly count: number;
  /** From the first byte of the first block to the last of the last one, with the headers between them: a view that dies with the next read. */
  readonly bytes: Uint8Array;
}

/** `count` haves, two at least. */
export interface HaveRun {
  readonly type: "have-run";
  readonly count: number;
  /** In the order they were told; nothing keeps one from being told twice. */
  readonly pieces: readonly PieceIndex[];
}

export type MessageRun = RequestRun | BlockRun | HaveRun;

/** The run that begins with the have at `at`, which is whole; `undefined` where no other one follows it. Hot. */
export function haveRunAt(bytes: Uint8Array, at: number): HaveRun | undefined {
  const end = bytes.length - HAVE_LENGTH;
  let next = at + HAVE_LENGTH;
  while (next <= end && bytes[next + 4] === MESSAGE_ID.have && u32(bytes, next) === HAVE_LENGTH - PREFIX_LENGTH) next += HAVE_LENGTH;
  const count = (next - at) / HAVE_LENGTH;
  if (count === 1) return undefined;
  const pieces: PieceIndex[] = [];
  for (let have = at; have < next; have += HAVE_LENGTH) pieces.push(u32(bytes, have + 5));
  return { type: "have-run", count, pieces };
}

/** The run that begins with the request at `at`, which is whole; `undefined` where no other one belongs to it. Hot. */
export function requestRunAt(bytes: Uint8Array, at: number): RequestRun | undefined {
  if (u32(bytes, at + 13) !== BLOCK_LENGTH) return undefined;
  const piece = u32(bytes, at + 5);
  const begin = u32(bytes, at + 9);
  const last = bytes.length - REQUEST_LENGTH;
  let count = 1;
  for (let next = at + REQUEST_LENGTH; next <= last; next += REQUEST_LENGTH) {
    const isNext =
      bytes[next + 4] === MESSAGE_ID.request &&
      u32(bytes, next) === REQUEST_LENGTH - PREFIX_LENGTH &&
      u32(bytes, next + 5) === piece &&
      u32(bytes, next + 9) === begin + count * BLOCK_LENGTH &&
      u32(bytes, next + 13) === BLOCK_LENGTH;
    if (!isNext) break;
    count++;
  }
  return count === 1 ? undefined : { type: "request-run", piece, begin, count };
}

/** The run that begins with the whole `piece` message at `at`; `undefined` where no other one belongs to it. Hot. */
export function blockRunAt(bytes: Uint8Array, at: number): BlockRun | undefined {
  const length = BLOCK_FRAME_LENGTH - PREFIX_LENGTH;
  if (u32(bytes, at) !== length) return undefined;
  const piece = u32(bytes, at + 5);
  const begin = u32(bytes, at + 9);
  const last = bytes.length - BLOCK_FRAME_LENGTH;
  let count = 1;
  for (let next = at + BLOCK_FRAME_LENGTH; next <= last; next += BLOCK_FRAME_LENGTH) {
    const isNext =
      bytes[next + 4] === MESSAGE_ID.piece &&
      u32(bytes, next) === length &&
      u32(bytes, next + 5) === piece &&
      u32(bytes, next + 9) === begin + count * BLOCK_LENGTH;
    if (!isNext) break;
    count++;
  }
  if (count === 1) return undefined;
  return {
    type: "block-run",
    piece,
    begin,
    count,
    bytes: view(bytes, at + PIECE_HEADER_LENGTH, count * BLOCK_FRAME_LENGTH - PIECE_HEADER_LENGTH),
  };
}

/** Bytes of one message of a run, prefix included. */
const MESSAGE_LENGTH = { "request-run": REQUEST_LENGTH, "block-run": BLOCK_FRAME_LENGTH, "have-run": HAVE_LENGTH } as const;

/** Bytes of a run on the wire, prefixes included. */
export function runLength({ type, count }: MessageRun): number {
  return count * MESSAGE_LENGTH[type];
}

/** One block of a run, or its first `length` bytes: a view that dies with the run's. */
export function blockOfRun({ bytes }: BlockRun, block: number, length: number = BLOCK_LENGTH): Uint8Array {
  return view(bytes, block * BLOCK_FRAME_LENGTH, length);
}

/** A run as its messages; what is one already by itself. */
export function messagesOf<Event extends { readonly type: string }>(event: Event | MessageRun): readonly (Event | PeerMessage)[] {
  if (!isRun(event)) return [event];
  if (event.type === "have-run") return event.pieces.map((piece): PeerMessage => ({ type: "have", piece }));
  const { piece, begin, count } = event;
  return Array.from({ length: count }, (_, block): PeerMessage => {
    const at = begin + block * BLOCK_LENGTH;
    if (event.type === "request-run") return { type: "request", piece, begin: at, length: BLOCK_LENGTH };
    return { type: "piece", piece, begin: at, block: blockOfRun(event, block) };
  });
}

function isRun(event: { readonly type: string }): event is MessageRun {
  return Object.hasOwn(MESSAGE_LENGTH, event.type);
}
