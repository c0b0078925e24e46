/**
 * What the calls for streams read and write: the memory behind `epoll_wait(2)`, `epoll_ctl(2)`, `accept4(2)` and `getsockname(2)` of
 * 64-bit Linux, the only place that knows how it is laid out.
 *
 *     struct epoll_event  <events: u32> <data: u64>           12 bytes on x64, where it is packed: epoll_event(3type), <sys/epoll.h>
 *                         <events: u32> <-: u32> <data: u64>  16 bytes elsewhere
 *     data, ours          <descriptor: u32> <number of the link: u32>
 *     struct sockaddr_in  <family: u16> <port: u16, big endian> <address: 4> <-: 8>                      16 bytes: ip(7)
 *     struct sockaddr_in6 <family: u16> <port: u16, big endian> <flow: u32> <address: 16> <scope: u32>   28 bytes: ipv6(7)
 *     socklen_t           u32, what there is room for and then what there is                             4 bytes: accept(2)
 *
 * What has no note is in the order of this machine, low byte first. V8 does not move the memory of an `ArrayBuffer`; who gives its
 * address away keeps the table.
 * @module
 */
import { canonicalAddress, type Endpoint, formatAddress } from "@bittern/protocol/address";
import type { Libc } from "./libc.ts";

/** AF_INET and AF_INET6 of Linux. */
const FAMILY = { 4: 2, 6: 10 };
/** Bytes of the longer name. */
const NAME_LENGTH = 28;
/** Where the length of a name stands, in words of 4 bytes. */
const NAME_LENGTH_AT = NAME_LENGTH / 4;

/** Words of an event, and where its data begins. */
export interface EventLayout {
  readonly words: 3 | 4;
  readonly dataAt: 1 | 2;
}

/** The layout of a processor as Node names it. */
export function eventLayout(processor: string): EventLayout {
  return processor === "x64" ? { words: 3, dataAt: 1 } : { words: 4, dataAt: 2 };
}

/** Events that `epoll_wait` fills in, and one that `epoll_ctl` reads. */
export class EventTable {
  readonly count: number;
  /** Where the first event lies. */
  readonly address: bigint;
  /** Where the event lies that `compose` writes. */
  readonly composed: bigint;
  readonly #words: Uint32Array<ArrayBuffer>;
  readonly #layout: EventLayout;

  constructor(libc: Pick<Libc, "addressOf">, count: number, layout: EventLayout = eventLayout(process.arch)) {
    this.count = count;
    this.#layout = layout;
    this.#words = new Uint32Array((count + 1) * layout.words);
    this.address = libc.addressOf(new Uint8Array(this.#words.buffer));
    this.composed = this.address + BigInt(4 * count * layout.words);
  }

  /** The flags of an event. */
  flagsOf(event: number): number {
    return this.#words[event * this.#layout.words] as number;
  }

  descriptorOf(event: number): number {
    return this.#words[event * this.#layout.words + this.#layout.dataAt] as number;
  }

  /** The number beside the descriptor, which tells apart who has had it one after the other. */
  numberOf(event: number): number {
    return this.#words[event * this.#layout.words + this.#layout.dataAt + 1] as number;
  }

  compose(flags: number, descriptor: number, number: number): void {
    const { words, dataAt } = this.#layout;
    const at = this.count * words;
    this.#words[at] = flags;
    this.#words[at + dataAt] = descriptor;
    this.#words[at + dataAt + 1] = number;
  }
}

/** Where the system writes who is at an end of a stream. */
export class NamePlace {
  readonly address: bigint;
  readonly lengthAddress: bigint;
  readonly #bytes: Uint8Array<ArrayBuffer>;
  readonly #words: Uint32Array<ArrayBuffer>;

  constructor(libc: Pick<Libc, "addressOf">) {
    this.#words = new Uint32Array(NAME_LENGTH_AT + 1);
    this.#bytes = new Uint8Array(this.#words.buffer);
    this.address = libc.addressOf(this.#bytes);
    this.lengthAddress = this.address + BigInt(4 * NAME_LENGTH_AT);
  }

  /** Makes room for the next name. */
  clear(): void {
    this.#words[0] = 0;
    this.#words[NAME_LENGTH_AT] = NAME_LENGTH;
  }

  /** What was written; an IPv4-mapped address is the IPv4 address that it is. `undefined` for a name of another kind. */
  endpoint(): Endpoint | undefined {
    const bytes = this.#bytes;
    const family = (bytes[0] as number) | ((bytes[1] as number) << 8);
    const port = ((bytes[2] as number) << 8) | (bytes[3] as number);
    if (family === FAMILY[4]) return { address: `${bytes[4]}.${bytes[5]}.${bytes[6]}.${bytes[7]}`, port };
    if (family !== FAMILY[6]) return undefined;
    const address = canonicalAddress(formatAddress(bytes.subarray(8, 24)));
    return address === undefined ? undefined : { address, port };
  }
}
