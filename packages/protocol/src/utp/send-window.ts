/**
 * Packets on their way, until the other side has them: bytes that are kept to be sent again.
 * @module
 */
import { assert, type Millis } from "../base/index.ts";
import type { UtpPacketType } from "./packet.ts";
import { advance, distance, type Sequence } from "./sequence.ts";

/** libutp has room for 511 packets past a gap; what comes beyond is lost to it. */
export const PACKETS_MAX = 500;
/** So many later packets that arrived say that one is lost (BEP 29). */
const PASSED_MAX = 3;

export interface SentPacket {
  readonly sequence: Sequence;
  readonly type: UtpPacketType;
  /** The whole packet; its head is written anew each time it goes out. */
  readonly bytes: Uint8Array;
  readonly payloadLength: number;
  sentAt: Millis;
  sentCount: number;
  isAcknowledged: boolean;
  /** It is to be sent again as soon as there is room. */
  isLost: boolean;
}

/** What came with a packet. */
export interface AcknowledgementNews {
  readonly acknowledged: Sequence;
  readonly selection: Uint8Array | undefined;
  readonly isRepeat: boolean;
  readonly patience: Millis;
}

/** What an acknowledgement brought. */
export interface Acknowledgement {
  /** Payload bytes that arrived now. */
  readonly byteLength: number;
  /** Milliseconds of the packet that was sent last among those sent once; `undefined` when there is none. */
  readonly roundTrip: Millis | undefined;
  /** Packets that are now taken for lost. */
  readonly lostCount: number;
  readonly isFinished: boolean;
}

export class SendWindow {
  /** The oldest first; those in the middle may have arrived. */
  readonly #packets: SentPacket[] = [];
  #next: Sequence;
  #inFlight = 0;
  #lostCount = 0;
  /** Acknowledgements in a row that said nothing new. */
  #repeats = 0;

  constructor(first: Sequence) {
    this.#next = first;
  }

  /** The number of the next packet that has one of its own. */
  get next(): Sequence {
    return this.#next;
  }

  get isEmpty(): boolean {
    return this.#packets.length === 0;
  }

  get hasRoom(): boolean {
    return this.#packets.length < PACKETS_MAX;
  }

  /** Payload bytes sent and neither acknowledged nor taken for lost. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /** The packet that is missed first, once one was sent. */
  get oldest(): SentPacket | undefined {
    return this.#packets[0];
  }

  /** A packet takes the next number. */
  add(type: UtpPacketType, bytes: Uint8Array, payloadLength: number, now: Millis): SentPacket {
    assert(this.hasRoom, "packets on their way are bounded");
    const packet = {
      sequence: this.#next,
      type,
      bytes,
      payloadLength,
      sentAt: now,
      sentCount: 1,
      isAcknowledged: false,
      isLost: false,
    };
    this.#packets.push(packet);
    this.#next = advance(this.#next, 1);
    this.#inFlight += payloadLength;
    return packet;
  }

  /** Whether something with this number can have been sent: a lie would let the window grow without end. */
  isPlausible(acknowledged: Sequence): boolean {
    const ahead = distance(advance(this.#next, -1), acknowledged);
    return ahead <= 0 && ahead >= -PACKETS_MAX - 1;
  }

  /**
   * Takes what the other side says it has. `selection`: see `UtpPacket`. `isRepeat`: the packet carried nothing else, so an
   * acknowledgement that says nothing new is news of another packet that arrived past a gap. `patience`: what was sent again
   * longer ago than this may be lost once more.
   */
  acknowledge({ acknowledged, selection, isRepeat, patience }: AcknowledgementNews, now: Millis): Acknowledgement {
    let byteLength = 0;
    let newest: SentPacket | undefined;
    let isFinished = false;
    const take = (packet: SentPacket): void => {
      if (packet.isAcknowledged) return;
      packet.isAcknowledged = true;
      byteLength += packet.payloadLength;
      if (packet.isLost) this.#lostCount--;
      else this.#inFlight -= packet.payloadLength;
      packet.isLost = false;
      if (packet.sentCount === 1) newest = packet;
      if (packet.type === "fin") isFinished = true;
    };
    let isNews = false;
    while (this.#packets.length > 0) {
      const packet = this.#packets[0] as SentPacket;
      if (distance(packet.sequence, acknowledged) < 0) break;
      take(packet);
      this.#packets.shift();
      isNews = true;
    }
    let lostCount = 0;
    if (selection !== undefined) lostCount += this.#select(acknowledged, selection, now - patience, take);
    else if (isRepeat && !isNews && this.#packets.length > 0) lostCount += this.#repeat();
    if (isNews) this.#repeats = 0;
    const first: SentPacket | undefined = newest;
    return { byteLength, roundTrip: first === undefined ? undefined : now - (first as SentPacket).sentAt, lostCount, isFinished };
  }

  #select(acknowledged: Sequence, selection: Uint8Array, sentBefore: Millis, take: (packet: SentPacket) => void): number {
    let arrivedBefore = 0;
    let lostCount = 0;
    // From the last to the first: each then knows how many of the later ones arrived.
    for (let at = this.#packets.length - 1; at >= 0; at--) {
      const packet = this.#packets[at] as SentPacket;
      const bit = distance(advance(acknowledged, 2), packet.sequence);
      const isSelected = bit >= 0 && bit < 8 * selection.length && ((selection[bit >> 3] as number) & (1 << (bit & 7))) !== 0;
      if (isSelected) {
        arrivedBefore++;
        take(packet);
      } else if (arrivedBefore >= PASSED_MAX && (packet.sentCount === 1 || packet.sentAt < sentBefore) && this.#lose(packet)) {
        lostCount++;
      }
    }
    return lostCount;
  }

  #repeat(): number {
    this.#repeats++;
    const [first] = this.#packets;
    if (this.#repeats !== PASSED_MAX || first === undefined || first.sentCount > 1) return 0;
    return this.#lose(first) ? 1 : 0;
  }

  #lose(packet: SentPacket): boolean {
    if (packet.isLost || packet.isAcknowledged) return false;
    packet.isLost = true;
    this.#inFlight -= packet.payloadLength;
    this.#lostCount++;
    return true;
  }

  /** After a silence everything counts as lost. */
  loseAll(): void {
    for (const packet of this.#packets) this.#lose(packet);
  }

  /** The first packet that has to go out again. */
  nextLost(): SentPacket | undefined {
    return this.#lostCount === 0 ? undefined : this.#packets.find(({ isLost }) => isLost);
  }

  sentAgain(packet: SentPacket, now: Millis): void {
    packet.isLost = false;
    packet.sentAt = now;
    packet.sentCount++;
    this.#lostCount--;
    this.#inFlight += packet.payloadLength;
  }

  /** The inner law; for tests and the simulator. */
  check(): void {
    let inFlight = 0;
    let lost = 0;
    for (const packet of this.#packets) {
      if (packet.isLost) lost++;
      else if (!packet.isAcknowledged) inFlight += packet.payloadLength;
    }
    assert(inFlight === this.#inFlight, "bytes on their way are counted");
    assert(lost === this.#lostCount, "lost packets are counted");
    assert(this.#packets.length <= PACKETS_MAX, "packets on their way are bounded");
  }
}
