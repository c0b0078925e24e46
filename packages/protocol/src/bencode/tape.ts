/**
 * Reads a bencoded document once, from front to back, and notes where every value begins (BEP 3, "bencoding").
 *
 *     d4:spaml1:a1:bee        begins   0 1 7 8 11 14 15 16        one entry a value or key, one for each closing "e", one for the end
 *                             jumps    7 . 6 .  .  .  .  .        a container's is the entry that follows it
 *
 * Nothing is built here but two numbers an entry: a document of many tiny values costs a small multiple of its own length,
 * and whoever reads it builds only what is asked for. No recursion: the nesting is the sender's, the stack is ours.
 * @module
 */
import { assert, ProtocolError } from "../base/index.ts";
import { integerAt } from "./integer.ts";
import type { BencodeLimits } from "./limits.ts";

const COLON = 0x3a;
const DICTIONARY = 0x64;
const END = 0x65;
const INTEGER = 0x69;
const LIST = 0x6c;
const ZERO = 0x30;
const NINE = 0x39;

/** Digits of the longest string length read: past it any length is beyond every limit. */
const LENGTH_DIGITS_MAX = 10;
/** Keys of one dictionary that are out of order: enough for any old torrent, few enough to look for duplicates among them. */
const UNSORTED_KEYS_MAX = 65_536;
/** Entries a tape has room for at first; it doubles when it is full. */
const ENTRIES_FIRST = 64;
/** The reader of nested lists calls itself: this is how often it may. */
const DEPTH_MAX = 500;

/** What stands at an entry. */
export type Kind = "integer" | "string" | "list" | "dictionary";

/** The places of all values of one document; immutable once `scan` has returned it. */
export class Tape {
  readonly source: Uint8Array;
  /** Bytes of the document; what follows in `source` is not part of it. */
  byteLength = 0;
  #entries: Uint32Array<ArrayBuffer> = new Uint32Array(2 * ENTRIES_FIRST);
  #length = 0;

  constructor(source: Uint8Array) {
    this.source = source;
  }

  /** Notes a value or a closing "e"; `jump` is set later for containers. Only `scan` calls this. */
  push(begin: number, jump: number): number {
    if (2 * this.#length === this.#entries.length) {
      const grown = new Uint32Array(2 * this.#entries.length);
      grown.set(this.#entries);
      this.#entries = grown;
    }
    this.#entries[2 * this.#length] = begin;
    this.#entries[2 * this.#length + 1] = jump;
    return this.#length++;
  }

  /** Closes a container: the value after it is the next entry. Only `scan` calls this. */
  close(entry: number): void {
    this.#entries[2 * entry + 1] = this.#length;
  }

  begin(entry: number): number {
    return this.#entries[2 * entry] as number;
  }

  /** The entry after a value and all that lies in it. */
  after(entry: number): number {
    const kind = this.source[this.begin(entry)] as number;
    return kind === LIST || kind === DICTIONARY ? (this.#entries[2 * entry + 1] as number) : entry + 1;
  }

  /** Where a value ends: bencoding leaves no gaps, so this is where the next entry begins. */
  end(entry: number): number {
    return this.begin(this.after(entry));
  }

  /** Where the content of a string begins, behind its colon. */
  contentBegin(entry: number): number {
    return this.#entries[2 * entry + 1] as number;
  }

  kind(entry: number): Kind {
    const byte = this.source[this.begin(entry)] as number;
    if (byte === INTEGER) return "integer";
    if (byte === LIST) return "list";
    return byte === DICTIONARY ? "dictionary" : "string";
  }
}

/** Reads one document at the start of `source`, or throws what is wrong with it. */
export function scan(source: Uint8Array, limits: BencodeLimits): Tape {
  assert(limits.depth <= DEPTH_MAX, "the depth limit keeps the reader's own stack small");
  assert(source.length < 2 ** 32, "places fit into 32 bits");
  return new Scan(source, limits).run();
}

/** What is open while reading: one number a floor in each of three stacks. */
class Scan {
  readonly #source: Uint8Array;
  readonly #limits: BencodeLimits;
  readonly #tape: Tape;
  /** Entries of the open containers, outermost first. */
  readonly #open: number[] = [];
  /** The latest key of each open dictionary, NO_KEY before the first, IN_LIST for a list. */
  readonly #keys: number[] = [];
  /** Whether a key out of order was seen in each open dictionary. */
  readonly #unsorted: boolean[] = [];
  #at = 0;
  #tokens = 0;
  /** The next string is a key. */
  #wantsKey = false;

  constructor(source: Uint8Array, limits: BencodeLimits) {
    this.#source = source;
    this.#limits = limits;
    this.#tape = new Tape(source);
  }

  run(): Tape {
    do {
      this.#step();
    } while (this.#open.length > 0);
    this.#tape.byteLength = this.#at;
    this.#tape.push(this.#at, 0);
    return this.#tape;
  }

  /** Takes one value, one key or one closing "e". Hot: runs once a token. */
  #step(): void {
    const byte = this.#source[this.#at];
    if (byte === END && this.#open.length > 0) return this.#close();
    if (++this.#tokens > this.#limits.tokens) throw new ProtocolError("BENCODE_TOKENS", `more than ${this.#limits.tokens} values`);
    if (byte !== undefined && byte >= ZERO && byte <= NINE) return this.#string();
    if (this.#wantsKey) throw this.#unexpected("a key");
    if (byte === INTEGER) this.#integer();
    else if (byte === DICTIONARY || byte === LIST) this.#enter(byte === DICTIONARY);
    else throw this.#unexpected("a value");
  }

  #enter(isDictionary: boolean): void {
    if (this.#open.length >= this.#limits.depth) throw new ProtocolError("BENCODE_DEPTH", `nested deeper than ${this.#limits.depth}`);
    this.#open.push(this.#tape.push(this.#at++, 0));
    this.#keys.push(isDictionary ? NO_KEY : IN_LIST);
    this.#unsorted.push(false);
    this.#wantsKey = isDictionary;
  }

  #close(): void {
    const entry = this.#open.pop() as number;
    const key = this.#keys.pop() as number;
    const isUnsorted = this.#unsorted.pop() as boolean;
    if (key !== IN_LIST && !this.#wantsKey) throw this.#unexpected("the value of a key");
    this.#tape.push(this.#at++, 0);
    this.#tape.close(entry);
    if (isUnsorted) refuseDuplicates(this.#tape, entry);
    this.#valueDone();
  }

  #integer(): void {
    const { value, end } = integerAt(this.#source, this.#at, this.#limits.canonical === true);
    if (typeof value === "bigint" && this.#limits.bigIntegers !== true) {
      throw new ProtocolError("BENCODE_INTEGER_RANGE", `the integer ${value} is past 2^53`);
    }
    this.#tape.push(this.#at, 0);
    this.#at = end;
    this.#valueDone();
  }

  #string(): void {
    const begin = this.#at;
    const contentBegin = this.#stringHeader();
    const entry = this.#tape.push(begin, contentBegin);
    if (!this.#wantsKey) return this.#valueDone();
    this.#keyDone(entry);
  }

  /** Reads `<digits>:`, moves behind the content, and returns where the content begins. */
  #stringHeader(): number {
    const source = this.#source;
    let at = this.#at;
    let length = 0;
    for (let byte = source[at] as number; byte >= ZERO && byte <= NINE; byte = source[++at] as number) length = length * 10 + (byte - ZERO);
    const digits = at - this.#at;
    if (digits > LENGTH_DIGITS_MAX) throw new ProtocolError("BENCODE_STRING_LENGTH", `a string length of ${digits} digits`);
    if (source[at] !== COLON) {
      this.#at = at;
      throw this.#unexpected("a colon");
    }
    if (this.#limits.canonical && digits > 1 && source[this.#at] === ZERO) {
      throw new ProtocolError("BENCODE_NOT_CANONICAL", `a string length with a leading zero at byte ${this.#at}`);
    }
    if (length > this.#limits.stringLength) throw new ProtocolError("BENCODE_STRING_LENGTH", `a string of ${length} bytes`);
    if (at + 1 + length > source.length)
      throw new ProtocolError("BENCODE_END", `a string of ${length} bytes where ${source.length - at - 1} are left`);
    this.#at = at + 1 + length;
    return at + 1;
  }

  /** Order is checked against the key before; only a dictionary that breaks it is searched for duplicates, at its end. */
  #keyDone(entry: number): void {
    const floor = this.#keys.length - 1;
    const before = this.#keys[floor] as number;
    this.#keys[floor] = entry;
    this.#wantsKey = false;
    if (before === NO_KEY) return;
    const order = compareKeys(this.#tape, before, entry, this.#at);
    if (order === 0) throw duplicateKey(this.#tape, entry);
    if (order < 0) return;
    if (this.#limits.canonical) throw new ProtocolError("BENCODE_KEY_ORDER", `a key out of order at byte ${this.#tape.begin(entry)}`);
    this.#unsorted[floor] = true;
  }

  #valueDone(): void {
    const floor = this.#keys.length - 1;
    this.#wantsKey = floor >= 0 && this.#keys[floor] !== IN_LIST;
  }

  #unexpected(wanted: string): ProtocolError {
    const byte = this.#source[this.#at];
    if (byte === undefined) return new ProtocolError("BENCODE_END", `the document ends where ${wanted} should stand`);
    return new ProtocolError("BENCODE_BYTE", `byte ${byte} at ${this.#at} where ${wanted} should stand`);
  }
}

/** Before the first key of a dictionary. */
const NO_KEY = -1;
/** Where a dictionary would have its latest key. */
const IN_LIST = -2;

/** Order of raw bytes. `laterEnd` is handed in because the entry after the later key is not there yet. */
function compareKeys(tape: Tape, earlier: number, later: number, laterEnd: number): number {
  const { source } = tape;
  let left = tape.contentBegin(earlier);
  let right = tape.contentBegin(later);
  const leftEnd = tape.begin(earlier + 1);
  while (left < leftEnd && right < laterEnd) {
    const difference = (source[left++] as number) - (source[right++] as number);
    if (difference !== 0) return difference;
  }
  return leftEnd - left - (laterEnd - right);
}

function refuseDuplicates(tape: Tape, dictionary: number): void {
  const seen = new Set<string>();
  const end = tape.after(dictionary) - 1;
  for (let key = dictionary + 1; key < end; key = tape.after(key + 1)) {
    let text = "";
    for (let at = tape.contentBegin(key); at < tape.end(key); at++) text += String.fromCharCode(tape.source[at] as number);
    if (seen.has(text)) throw duplicateKey(tape, key);
    if (seen.size === UNSORTED_KEYS_MAX) throw new ProtocolError("BENCODE_KEY_ORDER", `more than ${UNSORTED_KEYS_MAX} keys out of order`);
    seen.add(text);
  }
}

function duplicateKey(tape: Tape, key: number): ProtocolError {
  return new ProtocolError("BENCODE_KEY_DUPLICATE", `a key twice in one dictionary at byte ${tape.begin(key)}`);
}
