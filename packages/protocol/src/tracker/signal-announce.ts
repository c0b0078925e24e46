/**
 * A WebTorrent peer's announce read where it lies, byte by byte, and its offers left as they are: a tracker that passes them on
 * needs neither their objects nor their texts.
 *
 *     {"action":"announce","info_hash":…,"peer_id":…,…,"offers":[{"offer_id":…,"offer":{"type":…,"sdp":…}},…]}
 *
 * `read` knows the shape that peers send, without blanks, and says no to anything else, be it right or wrong: then
 * `decodeSignalRequest` has the word, and `fill` takes what it found. Hot: reads each byte once and allocates nothing.
 * @module
 */
import { assert } from "../base/index.ts";
import type { AnnounceEvent } from "./announce.ts";
import { OFFERS_MAX, type SignalRequest } from "./websocket.ts";

/** Bytes of hashes, peer ids and offer ids. */
const ID_LENGTH = 20;
/** Digits of a counter that is read here. */
const DIGITS_MAX = 15;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const LETTER_U = 0x75;
const ZERO = 0x30;
/** What a UTF-8 sequence of a character between 128 and 255 begins with. */
const LATIN_FIRST = 0xc2;
const LATIN_LAST = 0xc3;

const PLAIN = 0;
/** What a byte of a string is: plain, or one that ends it, begins an escape, or is none that is passed over, be it control or beyond ASCII. */
const KIND = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte === QUOTE || byte === BACKSLASH || byte < 0x20 || byte > 0x7e ? 1 : PLAIN,
);
/** The byte behind a backslash, and the one it means; 0 where JSON has no such escape. */
const ESCAPED = new Uint8Array(256);
const [LETTERS, MEANT] = ['"\\/bfnrt', '"\\/\b\f\n\r\t'] as const;
for (let at = 0; at < LETTERS.length; at++) ESCAPED[LETTERS.charCodeAt(at)] = MEANT.charCodeAt(at);
/** 16 where a byte is no hexadecimal digit. */
const HEX = new Uint8Array(256).fill(16);
for (let digit = 0; digit < 16; digit++)
  for (const text of [digit.toString(16), digit.toString(16).toUpperCase()]) HEX[text.charCodeAt(0)] = digit;

const encoder = new TextEncoder();

/** Names that an announce may have, each once; the place in this list is the bit that notes it. */
const NAMES = ["action", "info_hash", "peer_id", "uploaded", "downloaded", "left", "event", "numwant", "offers"].map((name) =>
  encoder.encode(`"${name}":`),
);
const [ACTION, INFO_HASH, PEER_ID, UPLOADED, DOWNLOADED, LEFT, EVENT, WANTED, OFFERS] = [0, 1, 2, 3, 4, 5, 6, 7, 8] as const;
/** The bits of the names that must be there. */
const NEEDED = 2 ** ACTION + 2 ** INFO_HASH + 2 ** PEER_ID;

const ANNOUNCE = encoder.encode('"announce"');
const NULL = encoder.encode("null");
const OFFER_ID = encoder.encode('"offer_id":');
const OFFER = encoder.encode('"offer":{');
const TYPE = encoder.encode('"type":');
const SDP = encoder.encode('"sdp":');
const EVENT_NAMES: readonly (readonly [Uint8Array, AnnounceEvent])[] = (["started", "stopped", "completed", "paused"] as const).map(
  (event) => [encoder.encode(`"${event}"`), event],
);

type Announce = SignalRequest & { readonly type: "announce" };

export class SignalAnnounce {
  readonly infoHash: Uint8Array = new Uint8Array(ID_LENGTH);
  readonly peerId: Uint8Array = new Uint8Array(ID_LENGTH);
  /** Bytes; `undefined` where the peer does not know. */
  left: number | undefined;
  uploaded = 0;
  downloaded = 0;
  event: AnnounceEvent | undefined;
  /** At most `OFFERS_MAX`. */
  offerCount = 0;
  /** What the offers are parts of. */
  bytes: Uint8Array = new Uint8Array(0);
  /** The memory below `bytes`, which is dear to ask for. */
  memory: ArrayBufferLike = this.bytes.buffer;
  /** Where the members of an offer's object begin and end, without the braces: `"offer_id":…,"offer":…`, in whatever order. */
  readonly offersFrom: Uint32Array = new Uint32Array(OFFERS_MAX);
  readonly offersTo: Uint32Array = new Uint32Array(OFFERS_MAX);

  /** Reads a message; false when it is anything but a usual announce. The bytes of its offers stay where they are. */
  read(bytes: Uint8Array): boolean {
    this.left = undefined;
    this.uploaded = 0;
    this.downloaded = 0;
    this.event = undefined;
    this.offerCount = 0;
    this.#lay(bytes);
    if (bytes[0] !== OPEN_BRACE) return false;
    let seen = 0;
    let at = 1;
    for (;;) {
      const name = nameAt(bytes, at);
      if (name < 0 || (seen & (1 << name)) !== 0) return false;
      seen |= 1 << name;
      at = this.#member(name, at + (NAMES[name] as Uint8Array).length);
      if (at < 0) return false;
      if (bytes[at] === CLOSE_BRACE) return at === bytes.length - 1 && (seen & NEEDED) === NEEDED;
      if (bytes[at] !== COMMA) return false;
      at++;
    }
  }

  /** Takes over an announce that was read in another way. */
  fill({ infoHash, peerId, left, uploaded, downloaded, event, offers }: Announce): void {
    for (let at = 0; at < ID_LENGTH; at++) {
      this.infoHash[at] = infoHash.charCodeAt(at);
      this.peerId[at] = peerId.charCodeAt(at);
    }
    this.left = left;
    this.uploaded = uploaded;
    this.downloaded = downloaded;
    this.event = event;
    this.offerCount = offers.length;
    assert(offers.length <= OFFERS_MAX, "no more offers than are passed on");
    let text = "";
    let length = 0;
    for (const [index, { offerId, offer }] of offers.entries()) {
      const { type, sdp } = offer;
      const members = `"offer_id":${JSON.stringify(offerId)},"offer":${JSON.stringify({ type, sdp })}`;
      this.offersFrom[index] = length;
      text += members;
      length += encoder.encode(members).length;
      this.offersTo[index] = length;
    }
    this.#lay(encoder.encode(text));
  }

  #lay(bytes: Uint8Array): void {
    this.bytes = bytes;
    this.memory = bytes.buffer;
  }

  /** Reads the value of a member; returns where it ends, -1 for what is not known here. */
  #member(name: number, at: number): number {
    const { bytes } = this;
    switch (name) {
      case ACTION:
        return isAt(bytes, at, ANNOUNCE) ? at + ANNOUNCE.length : -1;
      case INFO_HASH:
        return readId(bytes, at, this.infoHash);
      case PEER_ID:
        return readId(bytes, at, this.peerId);
      case EVENT:
        return this.#readEvent(at);
      case OFFERS:
        return this.#readOffers(at);
      default:
        return this.#readCounter(name, at);
    }
  }

  #readCounter(name: number, at: number): number {
    const { bytes } = this;
    if (name === LEFT && isAt(bytes, at, NULL)) return at + NULL.length;
    let value = 0;
    let end = at;
    for (; end < at + DIGITS_MAX; end++) {
      const digit = (bytes[end] as number) - ZERO;
      if (!(digit >= 0 && digit <= 9)) break;
      value = value * 10 + digit;
    }
    // What follows must be the end of the member, which a longer number, a fraction or an exponent is not.
    if (end === at || (end > at + 1 && bytes[at] === ZERO)) return -1;
    if (name === LEFT) this.left = value;
    else if (name === UPLOADED) this.uploaded = value;
    else if (name === DOWNLOADED) this.downloaded = value;
    else assert(name === WANTED, "how many are wanted, the offers say");
    return end;
  }

  #readEvent(at: number): number {
    for (const [quoted, event] of EVENT_NAMES) {
      if (!isAt(this.bytes, at, quoted)) continue;
      this.event = event;
      return at + quoted.length;
    }
    return skipString(this.bytes, at);
  }

  #readOffers(at: number): number {
    const { bytes } = this;
    if (bytes[at] !== OPEN_BRACKET) return -1;
    if (bytes[at + 1] === CLOSE_BRACKET) return at + 2;
    for (let from = at + 1; this.offerCount < OFFERS_MAX; from++) {
      if (bytes[from] !== OPEN_BRACE) return -1;
      const to = skipOffer(bytes, from + 1);
      if (to < 0 || bytes[to] !== CLOSE_BRACE) return -1;
      this.offersFrom[this.offerCount] = from + 1;
      this.offersTo[this.offerCount] = to;
      this.offerCount++;
      from = to + 1;
      if (bytes[from] === CLOSE_BRACKET) return from + 1;
      if (bytes[from] !== COMMA) return -1;
    }
    return -1;
  }
}

/** The number of the name at a place, -1 for one that is not known. */
function nameAt(bytes: Uint8Array, at: number): number {
  for (let name = 0; name < NAMES.length; name++) if (isAt(bytes, at, NAMES[name] as Uint8Array)) return name;
  return -1;
}

function isAt(bytes: Uint8Array, at: number, text: Uint8Array): boolean {
  // Names differ in their second letter at the latest, so the first few comparisons decide.
  for (let byte = 0; byte < text.length; byte++) if (bytes[at + byte] !== text[byte]) return false;
  return true;
}

/** Reads a string of twenty characters of a byte each; returns where it ends, -1 for any other. */
function readId(bytes: Uint8Array, from: number, target: Uint8Array): number {
  if (bytes[from] !== QUOTE) return -1;
  let at = from + 1;
  for (let index = 0; index < ID_LENGTH; index++) {
    const byte = bytes[at] as number;
    if (KIND[byte] === PLAIN) {
      target[index] = byte;
      at++;
    } else if (byte === BACKSLASH && bytes[at + 1] === LETTER_U) {
      if (bytes[at + 2] !== ZERO || bytes[at + 3] !== ZERO) return -1;
      const [upper, lower] = [HEX[bytes[at + 4] as number] as number, HEX[bytes[at + 5] as number] as number];
      if (!(upper < 16 && lower < 16)) return -1;
      target[index] = upper * 16 + lower;
      at += 6;
    } else if (byte === BACKSLASH) {
      const meant = ESCAPED[bytes[at + 1] as number];
      if (!meant) return -1;
      target[index] = meant;
      at += 2;
    } else if (byte === LATIN_FIRST || byte === LATIN_LAST) {
      const next = bytes[at + 1] as number;
      if (next >>> 6 !== 2) return -1;
      target[index] = ((byte & 3) << 6) | (next & 63);
      at += 2;
    } else {
      return -1;
    }
  }
  return bytes[at] === QUOTE ? at + 1 : -1;
}

const ignored = new Uint8Array(ID_LENGTH);

/** Passes over the members of an offer; returns where they end, -1 for others than are known. */
function skipOffer(bytes: Uint8Array, from: number): number {
  const isIdFirst = isAt(bytes, from, OFFER_ID);
  const first = isIdFirst ? readId(bytes, from + OFFER_ID.length, ignored) : skipDescription(bytes, from);
  if (first < 0 || bytes[first] !== COMMA) return -1;
  const at = first + 1;
  if (isIdFirst) return skipDescription(bytes, at);
  return isAt(bytes, at, OFFER_ID) ? readId(bytes, at + OFFER_ID.length, ignored) : -1;
}

/** Passes over `"offer":{"type":…,"sdp":…}`; returns where it ends, or -1. */
function skipDescription(bytes: Uint8Array, from: number): number {
  if (!isAt(bytes, from, OFFER)) return -1;
  const at = from + OFFER.length;
  const isTypeFirst = isAt(bytes, at, TYPE);
  const [first, second] = isTypeFirst ? [TYPE, SDP] : [SDP, TYPE];
  if (!isAt(bytes, at, first)) return -1;
  const middle = skipString(bytes, at + first.length);
  if (middle < 0 || bytes[middle] !== COMMA || !isAt(bytes, middle + 1, second)) return -1;
  const end = skipString(bytes, middle + 1 + second.length);
  return end >= 0 && bytes[end] === CLOSE_BRACE ? end + 1 : -1;
}

/** Passes over a string of plain characters and whole escapes; returns where it ends, -1 for any other. Hot: most of a message. */
function skipString(bytes: Uint8Array, from: number): number {
  if (bytes[from] !== QUOTE) return -1;
  const { length } = bytes;
  let at = from + 1;
  while (at < length) {
    // Eight at a time, as long as nothing of interest is among them.
    while (at + 8 <= length) {
      const first =
        (KIND[bytes[at] as number] as number) |
        (KIND[bytes[at + 1] as number] as number) |
        (KIND[bytes[at + 2] as number] as number) |
        (KIND[bytes[at + 3] as number] as number);
      const second =
        (KIND[bytes[at + 4] as number] as number) |
        (KIND[bytes[at + 5] as number] as number) |
        (KIND[bytes[at + 6] as number] as number) |
        (KIND[bytes[at + 7] as number] as number);
      if ((first | second) !== PLAIN) break;
      at += 8;
    }
    while (KIND[bytes[at] as number] === PLAIN) at++;
    if (bytes[at] === QUOTE) return at + 1;
    if (bytes[at] !== BACKSLASH) return -1;
    const letter = bytes[at + 1] as number;
    if (letter === LETTER_U) {
      for (let digit = 2; digit < 6; digit++) if (!((HEX[bytes[at + digit] as number] as number) < 16)) return -1;
      at += 6;
    } else if (ESCAPED[letter]) {
      at += 2;
    } else {
      return -1;
    }
  }
  return -1;
}
