/**
 * One announce as the tracker reads it, whatever front end it came through. There is one object, filled anew for each: hot.
 * @module
 */
import { type AnnounceEvent, NO_EVENT } from "./statistics.ts";
import { type Paired, paired } from "./swarms/keyed-hash.ts";

/** `numwant` of a client that does not say. */
export const WANTED_DEFAULT: number = -1;
/** `left` of a client that does not know yet. */
export const LEFT_UNKNOWN: number = -1;

export class Announce {
  readonly infoHash: Paired = paired(20);
  readonly peerId: Uint8Array = new Uint8Array(20);
  /** Where the peer is reached: address and port as in compact answers; the first 6 bytes for IPv4, all 18 for IPv6. */
  readonly endpoint: Paired = paired(18);
  family: 4 | 6 = 4;
  /** Whom it came from: the first 4 or 16 bytes. */
  readonly asker: Uint8Array = new Uint8Array(16);
  askerLength: 4 | 16 = 4;
  /** The pass key or secret in its URL; read only where one may be asked for. */
  credential = "";
  port = 0;
  /** Bytes; approximate past 2^53, `LEFT_UNKNOWN` where the client does not say. */
  left: number = LEFT_UNKNOWN;
  uploaded = 0;
  downloaded = 0;
  event: AnnounceEvent = NO_EVENT;
  wanted: number = WANTED_DEFAULT;
  /** 32 bits; 0: none. */
  key = 0;
  isCompact = true;
  hidesPeerIds = false;
  /** It sent back the tracker id that we give out. */
  isReturning = false;

  reset(): void {
    this.port = 0;
    this.left = LEFT_UNKNOWN;
    this.uploaded = 0;
    this.downloaded = 0;
    this.event = NO_EVENT;
    this.wanted = WANTED_DEFAULT;
    this.key = 0;
    this.isCompact = true;
    this.hidesPeerIds = false;
    this.isReturning = false;
  }

  /** Sets the address part of the endpoint; 4 or 16 bytes. */
  setAddress(address: Uint8Array): void {
    this.setAddressBytes(address, address.length);
  }

  /** The same from the first `length` bytes. */
  setAddressBytes(address: Uint8Array, length: number): void {
    this.family = length === 4 ? 4 : 6;
    const bytes = this.endpoint.bytes;
    for (let byte = 0; byte < length; byte++) bytes[byte] = address[byte] as number;
  }

  /** Notes whom it came from, which is where the peer is unless it may say otherwise. */
  setAsker(address: Uint8Array, length: number): void {
    this.askerLength = length === 4 ? 4 : 16;
    for (let byte = 0; byte < length; byte++) this.asker[byte] = address[byte] as number;
    this.setAddressBytes(address, length);
  }

  /** Writes the port behind the address. */
  sealEndpoint(): void {
    const at = this.family === 4 ? 4 : 16;
    this.endpoint.bytes[at] = this.port >>> 8;
    this.endpoint.bytes[at + 1] = this.port & 255;
  }
}
