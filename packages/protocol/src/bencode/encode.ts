/**
 * Values to bencoded bytes (BEP 3), in the one canonical form: no leading zeros, keys in the order of their raw bytes.
 * @module
 */
import { assert, utf8 } from "../base/index.ts";
import { BencodeDictionary } from "./value.ts";

/** Bytes that are bencoded already and go in as they are: an info dictionary must keep every byte its hash was taken over. */
export class Raw {
  readonly bytes: Uint8Array;
  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }
}

/** A dictionary by plain properties; those that are `undefined` are left out. */
export interface EncodableRecord {
  readonly [key: string]: Encodable | undefined;
}

/**
 * What can be written. Text goes out as UTF-8. Keys are `latin1` text, one character a byte, as the decoder gives them;
 * a decoded dictionary goes out as it came in.
 */
export type Encodable =
  | number
  | bigint
  | string
  | Uint8Array
  | Raw
  | BencodeDictionary
  | readonly Encodable[]
  | ReadonlyMap<string, Encodable | undefined>
  | EncodableRecord;

/** Fresh bytes. Numbers must be integers within 2^53; larger ones are given as `bigint`. */
export function encode(value: Encodable): Uint8Array<ArrayBuffer> {
  const sink = new Sink();
  write(sink, value);
  return sink.take();
}

function write(sink: Sink, value: Encodable): void {
  if (typeof value === "number" || typeof value === "bigint") writeInteger(sink, value);
  else if (typeof value === "string") writeText(sink, value);
  else if (value instanceof Uint8Array) writeString(sink, value);
  else if (value instanceof Raw) sink.bytes(value.bytes);
  else if (value instanceof BencodeDictionary) sink.bytes(value.raw);
  else if (isList(value)) writeList(sink, value);
  else if (isMap(value)) writeDictionary(sink, [...value]);
  else writeDictionary(sink, Object.entries(value));
}

function writeInteger(sink: Sink, value: number | bigint): void {
  assert(typeof value === "bigint" || Number.isSafeInteger(value), "a number to encode is an integer within 2^53");
  // Minus zero prints as "0".
  sink.latin1(`i${value}e`);
}

/** Most text is ASCII, where characters are bytes: a third of the time of asking the encoder for every short name. */
function writeText(sink: Sink, text: string): void {
  if (!isWithin(text, 127)) return writeString(sink, utf8(text));
  sink.latin1(`${text.length}:`);
  sink.latin1(text);
}

function writeString(sink: Sink, bytes: Uint8Array): void {
  sink.latin1(`${bytes.length}:`);
  sink.bytes(bytes);
}

function writeList(sink: Sink, items: readonly Encodable[]): void {
  sink.latin1("l");
  for (const item of items) write(sink, item);
  sink.latin1("e");
}

function writeDictionary(sink: Sink, entries: [key: string, value: Encodable | undefined][]): void {
  // Order of code units is the order of bytes, because each unit is one byte.
  entries.sort(([left], [right]) => (left < right ? -1 : 1));
  sink.latin1("d");
  for (const [key, value] of entries) {
    if (value === undefined) continue;
    assert(isWithin(key, 255), "a key holds one character a byte");
    sink.latin1(`${key.length}:`);
    sink.latin1(key);
    write(sink, value);
  }
  sink.latin1("e");
}

// The type guards of the language lose `readonly`.
function isList(value: object): value is readonly Encodable[] {
  return Array.isArray(value);
}
function isMap(value: object): value is ReadonlyMap<string, Encodable | undefined> {
  return value instanceof Map;
}

function isWithin(text: string, codeMax: number): boolean {
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) > codeMax) return false;
  return true;
}

/** Bytes that grow. */
class Sink {
  #bytes: Uint8Array<ArrayBuffer> = new Uint8Array(256);
  #length = 0;

  /** Text of one byte a character. */
  latin1(text: string): void {
    this.#reserve(text.length);
    const bytes = this.#bytes;
    let end = this.#length;
    for (let at = 0; at < text.length; at++) bytes[end++] = text.charCodeAt(at);
    this.#length = end;
  }

  bytes(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  take(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(0, this.#length);
  }

  #reserve(length: number): void {
    if (this.#length + length <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(2 * this.#bytes.length, this.#length + length));
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = grown;
  }
}
