/**
 * Reads the query of an announce (BEPs 3, 7, 21 and 23) from the bytes of the request line into an `Announce`.
 *
 *     info_hash=%12%34...&peer_id=...&port=6881&uploaded=0&downloaded=0&left=0&event=started
 *
 * Unknown parameters are passed over. An info hash, peer id or port given twice is refused, for any choice between two
 * would surprise somebody; of the others the first one counts, as in the classic tracker. Hot: nothing here allocates but
 * what a rare parameter needs. A test shows that it agrees with the reader of the protocol room.
 * @module
 */
import { crc32c } from "@bittern/protocol/address";
import { utf8 } from "@bittern/protocol/base";
import type { Announce } from "../announce.ts";
import type { FailureCode } from "../failure.ts";
import type { TrackerSettings } from "../settings.ts";
import { COMPLETED, NO_EVENT, PAUSED, STARTED, STOPPED } from "../statistics.ts";
import { WORDS } from "./announce-words.ts";
import { AMPERSAND, BAD_ESCAPE, decodeWhole, EQUALS, hexValue, isWord, OTHERWISE, PERCENT, readNumber, unescape } from "./ascii.ts";

/** Bytes. No value but a hash or an id needs more. */
const VALUE_LENGTH_MAX = 128;
const NAME_LENGTH_MAX = 16;
const PORT_MAX = 65_535;
/** A client that wants more peers than this many digits can say gets the default. */
const WANTED_DIGITS_MAX = 9;

/** Parameters that were seen, as bits. */
const INFO_HASH = 1;
const PEER_ID = 2;
const PORT = 4;
const LEFT = 8;
const UPLOADED = 16;
const DOWNLOADED = 32;
const EVENT = 64;
const WANTED = 128;
const COMPACT = 256;
const NO_PEER_ID = 512;
const KEY = 1024;
const TRACKER_ID = 2048;

export class AnnounceQuery {
  /** Given addresses, as text; they count only where the asker is trusted with them. */
  ip = "";
  ipv4 = "";
  ipv6 = "";

  readonly #trackerId: Uint8Array;
  readonly #isClassic: boolean;
  #seen = 0;
  readonly #name = new Uint8Array(NAME_LENGTH_MAX);
  readonly #value = new Uint8Array(VALUE_LENGTH_MAX);

  /**
   * `trackerId`: ours, to know it when it comes back. The classic wants `uploaded` and `downloaded` too, gives peers as
   * dictionaries to whoever does not ask for others, and takes any word for `compact` as yes.
   */
  constructor(trackerId: string, answers: TrackerSettings["answers"] = "modern") {
    this.#trackerId = utf8(trackerId);
    this.#isClassic = answers === "classic";
  }

  /** Reads [from, to) into `announce`; a code says what is wrong. */
  read(bytes: Uint8Array, from: number, to: number, announce: Announce): FailureCode | undefined {
    announce.reset();
    if (this.#isClassic) announce.isCompact = false;
    this.ip = "";
    this.ipv4 = "";
    this.ipv6 = "";
    this.#seen = 0;
    for (let at = from; at < to; ) {
      let nameEnd = at;
      let escape = -1;
      for (; nameEnd < to; nameEnd++) {
        const byte = bytes[nameEnd];
        if (byte === EQUALS || byte === AMPERSAND) break;
        if (byte === PERCENT && escape < 0) escape = nameEnd;
      }
      let end = this.#readWhole(bytes, at, nameEnd, to, announce);
      if (end === OTHERWISE) {
        for (end = nameEnd; end < to; end++) {
          const byte = bytes[end];
          if (byte === AMPERSAND) break;
          if (byte === PERCENT && escape < 0) escape = end;
        }
        const failure = this.#readPair(bytes, at, nameEnd, end, escape, announce);
        if (failure !== undefined) return failure;
      }
      at = end + 1;
    }
    return this.#missing();
  }

  /** Reads a hash or an id as nearly all are, and returns where it ends; what is wrong with others, or what else it is, the rest finds out. */
  #readWhole(bytes: Uint8Array, from: number, nameEnd: number, to: number, announce: Announce): number {
    const length = nameEnd - from;
    const parameter =
      length === 9 && isWord(bytes, from, nameEnd, WORDS.infoHash)
        ? INFO_HASH
        : length === 7 && isWord(bytes, from, nameEnd, WORDS.peerId)
          ? PEER_ID
          : 0;
    if (parameter === 0 || (this.#seen & parameter) !== 0 || bytes[nameEnd] !== EQUALS) return OTHERWISE;
    const end = decodeWhole(bytes, nameEnd + 1, to, parameter === INFO_HASH ? announce.infoHash.bytes : announce.peerId);
    if (end !== OTHERWISE) this.#seen |= parameter;
    return end;
  }

  #missing(): FailureCode | undefined {
    if ((this.#seen & INFO_HASH) === 0) return "INFO_HASH_MISSING";
    if ((this.#seen & PEER_ID) === 0) return "PEER_ID_MISSING";
    if ((this.#seen & PORT) === 0) return "PORT_MISSING";
    // It decides what the peer is; a guess would spoil the counts.
    if ((this.#seen & LEFT) === 0) return "LEFT_MISSING";
    if (!this.#isClassic) return undefined;
    if ((this.#seen & UPLOADED) === 0) return "UPLOADED_MISSING";
    return (this.#seen & DOWNLOADED) === 0 ? "DOWNLOADED_MISSING" : undefined;
  }

  /** `escape`: where the first percent sign stands, -1 for none. */
  #readPair(bytes: Uint8Array, from: number, nameEnd: number, end: number, escape: number, announce: Announce): FailureCode | undefined {
    if (escape < 0 || escape > nameEnd) return this.#readNamed(bytes, from, nameEnd, bytes, nameEnd, end, escape >= 0, announce);
    const length = unescape(bytes, from, nameEnd, this.#name);
    if (length < 0) return length === BAD_ESCAPE ? "ESCAPE" : undefined;
    return this.#readNamed(this.#name, 0, length, bytes, nameEnd, end, true, announce);
  }

  #readNamed(
    names: Uint8Array,
    from: number,
    to: number,
    bytes: Uint8Array,
    equals: number,
    end: number,
    isEscaped: boolean,
    announce: Announce,
  ): FailureCode | undefined {
    const value = Math.min(equals + 1, end);
    const length = to - from;
    if (length === 9 && isWord(names, from, to, WORDS.infoHash)) return this.#readInfoHash(bytes, value, end, announce);
    if (length === 7 && isWord(names, from, to, WORDS.peerId)) return this.#readPeerId(bytes, value, end, announce);
    // An empty value says as much as none.
    if (value === end) return undefined;
    if (!isEscaped) return this.#readPlain(names, from, to, bytes, value, end, announce);
    const plain = unescape(bytes, value, end, this.#value);
    if (plain === BAD_ESCAPE) return "ESCAPE";
    return plain < 0 ? undefined : this.#readPlain(names, from, to, this.#value, 0, plain, announce);
  }

  #readPlain(
    names: Uint8Array,
    from: number,
    to: number,
    bytes: Uint8Array,
    value: number,
    end: number,
    announce: Announce,
  ): FailureCode | undefined {
    switch (to - from) {
      case 4:
        if (isWord(names, from, to, WORDS.port)) return this.#readPort(readNumber(bytes, value, end), announce);
        if (isWord(names, from, to, WORDS.left)) return this.#readLeft(readNumber(bytes, value, end), announce);
        if (isWord(names, from, to, WORDS.ipv4)) this.ipv4 ||= textOf(bytes, value, end);
        else if (isWord(names, from, to, WORDS.ipv6)) this.ipv6 ||= textOf(bytes, value, end);
        return undefined;
      case 8:
        if (!isWord(names, from, to, WORDS.uploaded) || !this.#isFirst(UPLOADED)) return undefined;
        announce.uploaded = readNumber(bytes, value, end);
        return announce.uploaded >= 0 ? undefined : "NUMBER";
      case 10:
        if (isWord(names, from, to, WORDS.noPeerId) && this.#isFirst(NO_PEER_ID))
          announce.hidesPeerIds = !this.#isClassic && !isWord(bytes, value, end, WORDS.no);
        if (!isWord(names, from, to, WORDS.downloaded) || !this.#isFirst(DOWNLOADED)) return undefined;
        announce.downloaded = readNumber(bytes, value, end);
        return announce.downloaded >= 0 ? undefined : "NUMBER";
      case 5:
        if (isWord(names, from, to, WORDS.event) && this.#isFirst(EVENT)) announce.event = eventOf(bytes, value, end);
        return undefined;
      case 7:
        if (isWord(names, from, to, WORDS.compact) && this.#isFirst(COMPACT))
          announce.isCompact = this.#isClassic || !isWord(bytes, value, end, WORDS.no);
        else if (isWord(names, from, to, WORDS.wanted) && this.#isFirst(WANTED)) announce.wanted = wantedOf(bytes, value, end);
        return undefined;
      case 3:
        if (isWord(names, from, to, WORDS.key) && this.#isFirst(KEY)) announce.key = keyOf(bytes, value, end);
        return undefined;
      case 9:
        if (isWord(names, from, to, WORDS.trackerId) && this.#isFirst(TRACKER_ID))
          announce.isReturning = isWord(bytes, value, end, this.#trackerId);
        return undefined;
      case 2:
        if (isWord(names, from, to, WORDS.ip)) this.ip ||= textOf(bytes, value, end);
        return undefined;
      default:
        return undefined;
    }
  }

  /** Notes that a parameter was seen; false when it was seen before. */
  #isFirst(parameter: number): boolean {
    const isFirst = (this.#seen & parameter) === 0;
    this.#seen |= parameter;
    return isFirst;
  }

  #readInfoHash(bytes: Uint8Array, from: number, to: number, announce: Announce): FailureCode | undefined {
    if (!this.#isFirst(INFO_HASH)) return "INFO_HASH_TWICE";
    const length = unescape(bytes, from, to, announce.infoHash.bytes);
    if (length === BAD_ESCAPE) return "ESCAPE";
    return length === announce.infoHash.bytes.length ? undefined : "INFO_HASH_LENGTH";
  }

  #readPeerId(bytes: Uint8Array, from: number, to: number, announce: Announce): FailureCode | undefined {
    if (!this.#isFirst(PEER_ID)) return "PEER_ID_TWICE";
    const length = unescape(bytes, from, to, announce.peerId);
    if (length === BAD_ESCAPE) return "ESCAPE";
    return length === announce.peerId.length ? undefined : "PEER_ID_LENGTH";
  }

  #readPort(port: number, announce: Announce): FailureCode | undefined {
    if (!this.#isFirst(PORT)) return "PORT_TWICE";
    announce.port = port;
    return port >= 1 && port <= PORT_MAX ? undefined : "PORT_RANGE";
  }

  #readLeft(left: number, announce: Announce): FailureCode | undefined {
    if (!this.#isFirst(LEFT)) return undefined;
    announce.left = left;
    return Number.isNaN(left) ? "NUMBER" : undefined;
  }
}

function eventOf(bytes: Uint8Array, from: number, to: number): Announce["event"] {
  if (isWord(bytes, from, to, WORDS.started)) return STARTED;
  if (isWord(bytes, from, to, WORDS.stopped)) return STOPPED;
  if (isWord(bytes, from, to, WORDS.completed)) return COMPLETED;
  // An event nobody knows is no reason to lose a peer.
  return isWord(bytes, from, to, WORDS.paused) ? PAUSED : NO_EVENT;
}

/** -1, the default, for what is no number of peers. */
function wantedOf(bytes: Uint8Array, from: number, to: number): number {
  const wanted = to - from > WANTED_DIGITS_MAX ? -1 : readNumber(bytes, from, to);
  return wanted >= 0 ? wanted : -1;
}

/** Up to eight hex digits are the number that the same client sends over UDP; any other text becomes some number. */
function keyOf(bytes: Uint8Array, from: number, to: number): number {
  if (to - from > 8) return crc32c(bytes.subarray(from, to));
  let value = 0;
  for (let at = from; at < to; at++) {
    const digit = hexValue(bytes[at] as number);
    if (digit < 0) return crc32c(bytes.subarray(from, to));
    value = value * 16 + digit;
  }
  return value;
}

function textOf(bytes: Uint8Array, from: number, to: number): string {
  return to - from > VALUE_LENGTH_MAX ? "" : String.fromCharCode(...bytes.subarray(from, to));
}
