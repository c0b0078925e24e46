/**
 * How long a message may be, known from its id before a byte of it is kept (BEP 3, 6, 10, 52).
 *
 * Lengths are those of the prefix: the id counts, the prefix itself does not.
 * @module
 */
import { BLOCK_LENGTH, ProtocolError } from "../base/index.ts";
import { MESSAGE_ID } from "./message.ts";

/** Bytes: the bitfield of 2,097,152 pieces, the most a torrent may have, and its id. No honest message is longer. */
export const FRAME_LENGTH_MAX: number = 256 * 1024 + 1;
/** Bytes of a message of BEP 10, and of one we do not know and skip. */
export const EXTENDED_LENGTH_MAX: number = 64 * 1024;
/** Hashes in one message: the 512 that BEP 52 allows to ask for, and an uncle for every layer a file can have. */
export const HASHES_MAX: number = 512 + 64;

const ID = 1;
const WORD = 4;
const HASH = 32;
const HASH_REQUEST_LENGTH = ID + HASH + 4 * WORD;

/** Ids beyond the table are unknown. */
const ID_COUNT = 24;
const SHORTEST = new Uint32Array(ID_COUNT);
const LONGEST = new Uint32Array(ID_COUNT);

allow(MESSAGE_ID.choke, ID, ID);
allow(MESSAGE_ID.unchoke, ID, ID);
allow(MESSAGE_ID.interested, ID, ID);
allow(MESSAGE_ID.notInterested, ID, ID);
allow(MESSAGE_ID.have, ID + WORD, ID + WORD);
allow(MESSAGE_ID.bitfield, ID, FRAME_LENGTH_MAX);
allow(MESSAGE_ID.request, ID + 3 * WORD, ID + 3 * WORD);
allow(MESSAGE_ID.piece, ID + 2 * WORD, ID + 2 * WORD + BLOCK_LENGTH);
allow(MESSAGE_ID.cancel, ID + 3 * WORD, ID + 3 * WORD);
allow(MESSAGE_ID.port, ID + 2, ID + 2);
allow(MESSAGE_ID.suggest, ID + WORD, ID + WORD);
allow(MESSAGE_ID.haveAll, ID, ID);
allow(MESSAGE_ID.haveNone, ID, ID);
allow(MESSAGE_ID.reject, ID + 3 * WORD, ID + 3 * WORD);
allow(MESSAGE_ID.allowedFast, ID + WORD, ID + WORD);
allow(MESSAGE_ID.extended, ID + 1, EXTENDED_LENGTH_MAX);
allow(MESSAGE_ID.hashRequest, HASH_REQUEST_LENGTH, HASH_REQUEST_LENGTH);
allow(MESSAGE_ID.hashes, HASH_REQUEST_LENGTH, HASH_REQUEST_LENGTH + HASHES_MAX * HASH);
allow(MESSAGE_ID.hashReject, HASH_REQUEST_LENGTH, HASH_REQUEST_LENGTH);

function allow(id: number, shortest: number, longest: number): void {
  SHORTEST[id] = shortest;
  LONGEST[id] = longest;
}

/** Whether the id stands in a BEP we speak. */
export function isKnown(id: number): boolean {
  return id < ID_COUNT && (LONGEST[id] as number) > 0;
}

/** Throws unless a message with this id may have this length; `bitfieldLength` is 0 while the number of pieces is unknown. */
export function checkFrameLength(id: number, length: number, bitfieldLength: number): void {
  if (length > FRAME_LENGTH_MAX) throw tooLong(id, length);
  if (!isKnown(id)) {
    if (length > EXTENDED_LENGTH_MAX) throw tooLong(id, length);
    return;
  }
  if (length > (LONGEST[id] as number)) throw tooLong(id, length);
  if (length < (SHORTEST[id] as number)) throw wrong(id, length);
  if (id === MESSAGE_ID.bitfield && bitfieldLength > 0 && length !== bitfieldLength) throw wrong(id, length);
  if (id === MESSAGE_ID.hashes && (length - HASH_REQUEST_LENGTH) % HASH !== 0) throw wrong(id, length);
}

function tooLong(id: number, length: number): ProtocolError {
  return new ProtocolError("FRAME_TOO_LONG", `message ${id} of ${length} bytes`);
}

function wrong(id: number, length: number): ProtocolError {
  return new ProtocolError("FRAME_LENGTH_WRONG", `message ${id} of ${length} bytes`);
}
