/**
 * What a bencoded document holds once it is read (BEP 3): integers, strings of bytes, lists, dictionaries.
 *
 * Dictionaries and strings are views of the source, built when they are asked for; keep the source unchanged while they are in use.
 * @module
 */
import { fromUtf8, NO_BYTES } from "../base/index.ts";
import { integerAt } from "./integer.ts";
import type { Kind, Tape } from "./tape.ts";

/** A `bigint` occurs only where the limits allow it, and only past 2^53. */
export type BencodeValue = number | bigint | Uint8Array | BencodeValue[] | BencodeDictionary;

/**
 * A dictionary as it stood in its source, in the order of its source. Keys are given and taken as `latin1` text, one
 * character a byte, so every key has exactly one text and `__proto__` is a key like any other.
 *
 * Looking a key up walks the dictionary: go through it with `for ... of` when many keys are wanted.
 */
export class BencodeDictionary implements Iterable<[key: string, value: BencodeValue]> {
  readonly #tape: Tape;
  readonly #entry: number;

  /** Called by the decoder only. */
  constructor(tape: Tape, entry: number) {
    this.#tape = tape;
    this.#entry = entry;
  }

  /** The exact bytes of this dictionary in its source: a view. */
  get raw(): Uint8Array {
    return rawBytes(this.#tape, this.#entry);
  }

  /** How many keys there are. */
  get size(): number {
    return countItems(this.#tape, this.#entry) / 2;
  }

  has(key: string): boolean {
    return this.#find(key) !== undefined;
  }

  get(key: string): BencodeValue | undefined {
    const entry = this.#find(key);
    return entry === undefined ? undefined : valueOf(this.#tape, entry);
  }

  /** `undefined` when absent or not an integer within 2^53. */
  integer(key: string): number | undefined {
    const value = this.#valueOf(key, "integer");
    return typeof value === "number" ? value : undefined;
  }

  /** A view of the source; `undefined` when absent or not a string. */
  bytes(key: string): Uint8Array | undefined {
    const value = this.#valueOf(key, "string");
    return value instanceof Uint8Array ? value : undefined;
  }

  /** Read as UTF-8, what is not UTF-8 as U+FFFD; `undefined` when absent or not a string. */
  text(key: string): string | undefined {
    const bytes = this.bytes(key);
    return bytes === undefined ? undefined : fromUtf8(bytes);
  }

  /** `undefined` when absent or not a list. This builds all items: ask `entryCount` first where the limits allow millions. */
  list(key: string): BencodeValue[] | undefined {
    const value = this.#valueOf(key, "list");
    return Array.isArray(value) ? value : undefined;
  }

  /** `undefined` when absent or not a dictionary. */
  dictionary(key: string): BencodeDictionary | undefined {
    const value = this.#valueOf(key, "dictionary");
    return value instanceof BencodeDictionary ? value : undefined;
  }

  /** A list of nothing but dictionaries; `undefined` when absent or anything else, and then nothing is built. */
  dictionaries(key: string): BencodeDictionary[] | undefined {
    const tape = this.#tape;
    const entry = this.#find(key);
    if (entry === undefined || tape.kind(entry) !== "list") return undefined;
    const items: BencodeDictionary[] = [];
    const end = tape.after(entry) - 1;
    for (let item = entry + 1; item < end; item = tape.after(item)) {
      if (tape.kind(item) !== "dictionary") return undefined;
      items.push(new BencodeDictionary(tape, item));
    }
    return items;
  }

  /** Items of a list or keys of a dictionary, without building them; `undefined` when the value is neither. */
  count(key: string): number | undefined {
    const entry = this.#find(key);
    if (entry === undefined) return undefined;
    const kind = this.#tape.kind(entry);
    if (kind === "list") return countItems(this.#tape, entry);
    return kind === "dictionary" ? countItems(this.#tape, entry) / 2 : undefined;
  }

  /** A measure of what building a value would cost: values, keys and closing ends in it at any depth, itself counted; 0 when absent. */
  entryCount(key: string): number {
    const entry = this.#find(key);
    return entry === undefined ? 0 : this.#tape.after(entry) - entry;
  }

  /** The exact bytes of a value in the source, a view: hashes and signatures are over these and no others. */
  span(key: string): Uint8Array | undefined {
    const entry = this.#find(key);
    return entry === undefined ? undefined : rawBytes(this.#tape, entry);
  }

  *keys(): Generator<string> {
    for (const key of keyEntries(this.#tape, this.#entry)) yield keyText(this.#tape, key);
  }

  /** Every key with the exact bytes of its value. */
  *spans(): Generator<[key: string, bytes: Uint8Array]> {
    for (const key of keyEntries(this.#tape, this.#entry)) yield [keyText(this.#tape, key), rawBytes(this.#tape, key + 1)];
  }

  *[Symbol.iterator](): Generator<[key: string, value: BencodeValue]> {
    for (const key of keyEntries(this.#tape, this.#entry)) yield [keyText(this.#tape, key), valueOf(this.#tape, key + 1)];
  }

  /** Builds a value only when it is of the kind that is wanted. */
  #valueOf(key: string, kind: Kind): BencodeValue | undefined {
    const entry = this.#find(key);
    return entry === undefined || this.#tape.kind(entry) !== kind ? undefined : valueOf(this.#tape, entry);
  }

  /** The entry of a key's value. Hot: runs several times a file. */
  #find(key: string): number | undefined {
    const tape = this.#tape;
    const end = tape.after(this.#entry) - 1;
    for (let entry = this.#entry + 1; entry < end; entry = tape.after(entry + 1)) if (isKey(tape, entry, key)) return entry + 1;
    return undefined;
  }
}

/** Builds the value at an entry: lists with all their items, dictionaries as views. Calls itself for lists in lists, as deep as `scan` allowed. */
export function valueOf(tape: Tape, entry: number): BencodeValue {
  switch (tape.kind(entry)) {
    case "integer":
      return integerAt(tape.source, tape.begin(entry), false).value;
    case "string":
      return stringBytes(tape, entry);
    case "dictionary":
      return new BencodeDictionary(tape, entry);
    case "list": {
      const items: BencodeValue[] = [];
      const end = tape.after(entry) - 1;
      for (let item = entry + 1; item < end; item = tape.after(item)) items.push(valueOf(tape, item));
      return items;
    }
  }
}

function* keyEntries(tape: Tape, dictionary: number): Generator<number> {
  const end = tape.after(dictionary) - 1;
  for (let key = dictionary + 1; key < end; key = tape.after(key + 1)) yield key;
}

function countItems(tape: Tape, container: number): number {
  let count = 0;
  const end = tape.after(container) - 1;
  for (let item = container + 1; item < end; item = tape.after(item)) count++;
  return count;
}

function stringBytes(tape: Tape, entry: number): Uint8Array {
  const begin = tape.contentBegin(entry);
  const end = tape.end(entry);
  return begin === end ? NO_BYTES : tape.source.subarray(begin, end);
}

function rawBytes(tape: Tape, entry: number): Uint8Array {
  return tape.source.subarray(tape.begin(entry), tape.end(entry));
}

function isKey(tape: Tape, entry: number, key: string): boolean {
  const begin = tape.contentBegin(entry);
  if (tape.end(entry) - begin !== key.length) return false;
  for (let at = 0; at < key.length; at++) if (tape.source[begin + at] !== key.charCodeAt(at)) return false;
  return true;
}

function keyText(tape: Tape, entry: number): string {
  let text = "";
  for (let at = tape.contentBegin(entry); at < tape.end(entry); at++) text += String.fromCharCode(tape.source[at] as number);
  return text;
}
