/**
 * Messages out of the bytes of a WebSocket, however they are cut into frames and reads (RFC 6455, 5.4 to 5.6).
 *
 * A message is counted before a byte of it is kept. Whatever the RFC calls a reason to fail the connection is a
 * `ProtocolError`, and nothing more may be read then.
 * @module
 */
import { concatBytes, fromUtf8, NO_BYTES, ProtocolError } from "../base/index.ts";
import { type FrameHead, OPCODE, PayloadScratch, payloadOf, readFrameHead } from "./frame.ts";

/** Why a side ends (RFC 6455, 7.4.1). */
export const CLOSE_CODE = { normal: 1000, goingAway: 1001, wrong: 1002, unsupported: 1003, notUtf8: 1007, tooLong: 1009 } as const;

/** Bytes of a ping, a pong or a close. */
const CONTROL_LENGTH_MAX = 125;
/** Bytes of a frame's head at most. */
const HEAD_LENGTH_MAX = 14;
/** Codes that may stand in a close; those between are for inside of a program, or nobody's. */
const CLOSE_CODES_KNOWN = /^(100[0-3]|100[7-9]|101[0-4]|[34]\d\d\d)$/;

export type WebSocketMessage =
  | { readonly type: "text"; readonly text: string }
  /** A text as it lies, for who asked for it; lent until the next call of any reader. `textOfWebSocket` reads it. */
  | { readonly type: "lent-text"; readonly bytes: Uint8Array }
  | { readonly type: "binary"; readonly bytes: Uint8Array }
  /** To be answered by a pong with the same bytes. */
  | { readonly type: "ping"; readonly bytes: Uint8Array }
  | { readonly type: "pong" }
  /** The other side sends nothing more; `code` is `undefined` when it gives none. */
  | { readonly type: "close"; readonly code: number | undefined };

export interface WebSocketReaderOptions {
  /** Bytes of a message, all its frames together. */
  readonly messageLengthMax: number;
  /** Whether we are the server: a client masks what it sends, and must. */
  readonly isServer: boolean;
  /** Hands over a text that came in one frame as its bytes, not yet known to be UTF-8: for who can read most of them as they lie. */
  readonly lendsTexts?: boolean;
}

const scratch = new PayloadScratch();

export class WebSocketReader {
  readonly #options: WebSocketReaderOptions;
  /** The start of a frame that is not whole yet. */
  #rest: Uint8Array = NO_BYTES;
  /** The frames of a message that is not whole yet. */
  #parts: Uint8Array[] = [];
  #partsLength = 0;
  #opcode: number = OPCODE.continuation;
  #isOver = false;

  constructor(options: WebSocketReaderOptions) {
    this.#options = options;
  }

  /** Bytes kept until more come. */
  get heldLength(): number {
    return this.#rest.length + this.#partsLength;
  }

  /** Takes what arrived and returns the messages that are whole now; what comes after a close is passed over. */
  push(bytes: Uint8Array): readonly WebSocketMessage[] {
    const messages: WebSocketMessage[] = [];
    scratch.begin();
    const unread = this.#rest.length === 0 ? bytes : concatBytes([this.#rest, bytes]);
    let at = 0;
    while (!this.#isOver) {
      const head = readFrameHead(unread, at);
      if (head !== undefined) this.#check(head);
      if (head === undefined || unread.length < head.payloadAt + head.payloadLength) break;
      // Text that came in one frame is read at once; anything else may be kept.
      const isWholeText = head.isLast && head.opcode === OPCODE.text;
      const payload = isWholeText ? scratch.lend(unread, head) : payloadOf(unread, head);
      const message =
        isWholeText && this.#options.lendsTexts === true ? { type: "lent-text" as const, bytes: payload } : this.#take(head, payload);
      if (message !== undefined) messages.push(message);
      at = head.payloadAt + head.payloadLength;
    }
    this.#rest = this.#isOver || at === unread.length ? NO_BYTES : unread.slice(at);
    return messages;
  }

  /** What the head alone can break. */
  #check({ isLast, reserved, opcode, isMasked, payloadLength }: FrameHead): void {
    if (reserved !== 0) throw broken("reserved bits are set");
    if (isMasked !== this.#options.isServer) throw broken(isMasked ? "a server masks nothing" : "a client masks everything");
    if (opcode >= OPCODE.close) {
      if (opcode > OPCODE.pong) throw broken(`opcode ${opcode}`);
      if (!isLast) throw broken("a control frame in parts");
      if (payloadLength > CONTROL_LENGTH_MAX) throw broken(`a control frame of ${payloadLength} bytes`);
      return;
    }
    if (opcode > OPCODE.binary) throw broken(`opcode ${opcode}`);
    if ((opcode === OPCODE.continuation) !== this.#opcode > 0) throw broken("frames of messages in one another");
    const { messageLengthMax } = this.#options;
    const length = this.#partsLength + payloadLength;
    // Empty parts have no length, but each has a head that somebody paid for.
    if (length > messageLengthMax || this.#parts.length * HEAD_LENGTH_MAX > messageLengthMax) {
      throw new ProtocolError("WEBSOCKET_LENGTH", `message of more than ${messageLengthMax} bytes`);
    }
  }

  #take(head: FrameHead, payload: Uint8Array): WebSocketMessage | undefined {
    switch (head.opcode) {
      case OPCODE.ping:
        return { type: "ping", bytes: payload };
      case OPCODE.pong:
        return { type: "pong" };
      case OPCODE.close:
        this.#isOver = true;
        return { type: "close", code: closeCodeOf(payload) };
      default:
        return this.#gather(head, payload);
    }
  }

  #gather({ isLast, opcode }: FrameHead, payload: Uint8Array): WebSocketMessage | undefined {
    const kind = opcode === OPCODE.continuation ? this.#opcode : opcode;
    if (!isLast) {
      this.#opcode = kind;
      this.#parts.push(payload);
      this.#partsLength += payload.length;
      return undefined;
    }
    const bytes = this.#parts.length === 0 ? payload : concatBytes([...this.#parts, payload]);
    this.#parts = [];
    this.#partsLength = 0;
    this.#opcode = OPCODE.continuation;
    return kind === OPCODE.text ? { type: "text", text: textOfWebSocket(bytes) } : { type: "binary", bytes };
  }
}

function closeCodeOf(payload: Uint8Array): number | undefined {
  if (payload.length === 0) return undefined;
  const code = ((payload[0] as number) << 8) | (payload[1] ?? 0);
  if (payload.length === 1 || !CLOSE_CODES_KNOWN.test(String(code))) throw broken(`close code ${code}`);
  textOfWebSocket(payload.subarray(2));
  return code;
}

const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The text of a message; throws `ProtocolError` for what is not UTF-8. */
export function textOfWebSocket(bytes: Uint8Array): string {
  try {
    return strict.decode(bytes);
  } catch {
    throw new ProtocolError("WEBSOCKET_TEXT", `text that is not UTF-8: ${fromUtf8(bytes.subarray(0, 20))}`);
  }
}

function broken(message: string): ProtocolError {
  return new ProtocolError("WEBSOCKET_FRAME", message);
}
