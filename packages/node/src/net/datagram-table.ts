/**
 * Datagrams as the system takes and gives them many at once: the memory behind `recvmmsg(2)` and `sendmmsg(2)` of 64-bit Linux,
 * the only place that knows how it is laid out.
 *
 *     struct mmsghdr      <name: *> <name length: u32> <-: u32> <parts: *> <part count: u64> <control: *> <control length: u64>
 *                         <flags: u32> <-: u32> <length: u32> <-: u32>                    64 bytes: recvmmsg(2), recvmsg(2)
 *     struct iovec        <base: *> <length: u64>                                         16 bytes: readv(2)
 *     struct sockaddr_in  <family: u16> <port: u16, big endian> <address: 4> <-: 8>       16 bytes: ip(7)
 *     struct sockaddr_in6 <family: u16> <port: u16, big endian> <flow: u32> <address: 16> <scope: u32>   28 bytes: ipv6(7)
 *
 * What has no note is in the order of this machine, low byte first. All of it lies in one piece of memory of its own, which V8 does not
 * move; who gives its address away keeps the table. Each message points at a part, a name and a place for its bytes, once and for all.
 * @module
 */
import { assert } from "@bittern/protocol/base";
import type { Libc } from "./libc.ts";

/** Bytes. */
export const HEADER_LENGTH = 64;
const PART_LENGTH = 16;
/** Of a name: the longer of the two, up to a multiple of 8. */
const NAME_STRIDE = 32;
/** Bytes between two places beyond what they hold: were they a multiple of 4 KiB apart, their beginnings would share a line of the cache. */
const GAP_LENGTH = 64;

/** Where words (of 4 bytes) stand in a header. */
const HEADER = { name: 0, nameLength: 2, parts: 4, partCount: 6, flags: 12, length: 14 };
const HEADER_WORDS = HEADER_LENGTH / 4;
const PART_WORDS = PART_LENGTH / 4;
const NAME_WORDS = NAME_STRIDE / 4;

/** AF_INET and AF_INET6 of Linux. */
const FAMILY = { 4: 2, 6: 10 };
const NAME_LENGTH = { 4: 16, 6: 28 };
/** Where the address stands in a name. */
const ADDRESS_AT = { 4: 4, 6: 8 };
/** Set on a message that was longer than its place (MSG_TRUNC). */
const CUT = 0x20;

export interface DatagramTableOptions {
  readonly family: 4 | 6;
  /** Messages. */
  readonly count: number;
  /** Bytes that a message has room for. */
  readonly roomLength: number;
}

export class DatagramTable {
  readonly count: number;
  readonly roomLength: number;
  /** Where the first header lies. */
  readonly address: bigint;
  readonly #family: 4 | 6;
  readonly #memory: ArrayBuffer;
  readonly #bytes: Uint8Array<ArrayBuffer>;
  readonly #words: Uint32Array<ArrayBuffer>;
  /** Where names, and places for bytes, begin; and how far apart those are. */
  readonly #namesAt: number;
  readonly #roomsAt: number;
  readonly #stride: number;

  constructor(libc: Libc, { family, count, roomLength }: DatagramTableOptions) {
    this.count = count;
    this.roomLength = roomLength;
    this.#family = family;
    const partsAt = count * HEADER_LENGTH;
    this.#namesAt = partsAt + count * PART_LENGTH;
    this.#roomsAt = this.#namesAt + count * NAME_STRIDE;
    this.#stride = Math.ceil(roomLength / 8) * 8 + GAP_LENGTH;
    const byteLength = this.#roomsAt + count * this.#stride;
    this.#memory = new ArrayBuffer(byteLength);
    this.#bytes = new Uint8Array(this.#memory);
    this.#words = new Uint32Array(this.#memory);
    this.address = libc.addressOf(this.#bytes);
    const pointers = new BigUint64Array(this.#memory);
    for (let message = 0; message < count; message++) {
      const nameAt = this.#nameAt(message);
      const partAt = partsAt + message * PART_LENGTH;
      const header = message * HEADER_WORDS;
      pointers[(header + HEADER.name) / 2] = this.address + BigInt(nameAt);
      this.#words[header + HEADER.nameLength] = NAME_LENGTH[family];
      pointers[(header + HEADER.parts) / 2] = this.address + BigInt(partAt);
      pointers[(header + HEADER.partCount) / 2] = 1n;
      pointers[partAt / 8] = this.address + BigInt(this.#roomAt(message));
      pointers[partAt / 8 + 1] = BigInt(roomLength);
      this.#words[nameAt / 4] = FAMILY[family];
    }
  }

  /** Where the header of a message lies. */
  addressOf(message: number): bigint {
    return this.address + BigInt(message * HEADER_LENGTH);
  }

  /** How many bytes of a message came. */
  lengthOf(message: number): number {
    return this.#words[message * HEADER_WORDS + HEADER.length] as number;
  }

  /** Whether a message was longer than its place, and the rest of it is lost. */
  isCut(message: number): boolean {
    return ((this.#words[message * HEADER_WORDS + HEADER.flags] as number) & CUT) !== 0;
  }

  /** The first bytes at the place of a message. */
  view(message: number, byteLength: number): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.#memory, this.#roomAt(message), byteLength);
  }

  portOf(message: number): number {
    const at = this.#nameAt(message) + 2;
    return (this.#bytes[at] as number) * 256 + (this.#bytes[at + 1] as number);
  }

  /** The address of an IPv4 name as one signed number. */
  ipv4Of(message: number): number {
    const at = this.#nameAt(message) + ADDRESS_AT[4];
    const bytes = this.#bytes;
    return ((bytes[at] as number) << 24) | ((bytes[at + 1] as number) << 16) | ((bytes[at + 2] as number) << 8) | (bytes[at + 3] as number);
  }

  /** The address of a name, as bytes of their own. */
  addressBytesOf(message: number): Uint8Array<ArrayBuffer> {
    const at = this.#nameAt(message) + ADDRESS_AT[this.#family];
    return this.#bytes.slice(at, at + (this.#family === 4 ? 4 : 16));
  }

  /** Puts bytes into the place of a message. */
  put(message: number, bytes: Uint8Array): void {
    assert(bytes.length <= this.roomLength, "a datagram fits into its place");
    this.#bytes.set(bytes, this.#roomAt(message));
    // The upper half of the length is 0 and stays so.
    this.#words[this.count * HEADER_WORDS + message * PART_WORDS + 2] = bytes.length;
  }

  /** What was put there. */
  bytesOf(message: number): Uint8Array<ArrayBuffer> {
    const length = this.#words[this.count * HEADER_WORDS + message * PART_WORDS + 2] as number;
    return this.view(message, length);
  }

  /** Addresses a message to IPv4, see `ipv4Of`. */
  addressToIpv4(message: number, ipv4: number, port: number): void {
    const at = this.#putPort(message, port) + ADDRESS_AT[4];
    const bytes = this.#bytes;
    bytes[at] = ipv4 >>> 24;
    bytes[at + 1] = ipv4 >>> 16;
    bytes[at + 2] = ipv4 >>> 8;
    bytes[at + 3] = ipv4;
  }

  /** Addresses a message to 4 or 16 bytes of our family. */
  addressTo(message: number, address: Uint8Array, port: number): void {
    const at = this.#putPort(message, port);
    this.#bytes.set(address, at + ADDRESS_AT[this.#family]);
    if (this.#family === 6) this.#words[at / 4 + 6] = 0;
  }

  /** Addresses a message to whom another table has one of: with the scope, where the address has a meaning in one network alone. */
  addressAs(message: number, other: DatagramTable, theirs: number): void {
    const from = other.#nameAt(theirs) / 4;
    const to = this.#nameAt(message) / 4;
    for (let word = 0; word < NAME_WORDS; word++) this.#words[to + word] = other.#words[from + word] as number;
  }

  #putPort(message: number, port: number): number {
    const at = this.#nameAt(message);
    this.#bytes[at + 2] = port >>> 8;
    this.#bytes[at + 3] = port;
    return at;
  }

  #nameAt(message: number): number {
    return this.#namesAt + message * NAME_STRIDE;
  }

  #roomAt(message: number): number {
    return this.#roomsAt + message * this.#stride;
  }
}
