/**
 * Taking turns at an uplink that many want something of. Our own message, in the frame of BEP 10:
 *
 *     <0: wait, 1: offer, 2: free, 3: pass: u8>
 *
 * `wait`: ask for a piece only when it is offered. `offer`: ask for a piece now, whichever you like. `free`: ask as you
 * like again. `pass`: the answer to an offer of whom has nothing to ask for. Nobody is bound: what is asked for without an offer is served as ever.
 * @module
 */
import { ProtocolError } from "../base/index.ts";

/** What a `by_turn` message says; its place is its number on the wire. */
const WORDS = ["wait", "offer", "free", "pass"] as const;

export type TurnWord = (typeof WORDS)[number];

/** The payload of a `by_turn` message. */
export function encodeTurn(word: TurnWord): Uint8Array<ArrayBuffer> {
  return Uint8Array.of(WORDS.indexOf(word));
}

/** What it says. */
export function decodeTurn(payload: Uint8Array): TurnWord {
  const word = payload.length === 1 ? WORDS[payload[0] as number] : undefined;
  if (word === undefined) throw new ProtocolError("TURN_WORD_UNKNOWN", `turn message of ${payload.length} bytes, ${payload[0] ?? "none"}`);
  return word;
}
