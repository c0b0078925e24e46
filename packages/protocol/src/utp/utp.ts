/**
 * All uTP connections of one port (BEP 29): tells them apart, answers who dials, and ends what nobody knows.
 *
 * A machine with verbs: whoever drives it brings datagrams and the time, calls `flush` after each batch and `tick` at the
 * deadline, and does what the outputs say.
 * @module
 */
import { type Endpoint, formatEndpoint } from "../address/index.ts";
import { below, type Millis, type Random } from "../base/index.ts";
import { UtpConnection, type UtpEvent } from "./connection.ts";
import { decodeUtp, encodeUtp, type UtpPacket } from "./packet.ts";
import { advance } from "./sequence.ts";

/** Connections at a time, dialled and accepted. */
export const UTP_CONNECTIONS_MAX = 2000;
/** Of those, who has not proven its address yet; then the oldest makes room. */
export const UTP_HALF_OPEN_MAX = 256;
/** Milliseconds between two looks at the clock while there is a connection. */
const TICK_MILLIS: Millis = 100;

export type UtpOutput =
  | { readonly type: "send"; readonly to: Endpoint; readonly bytes: Uint8Array }
  /** Somebody dialled us, and is there. */
  | { readonly type: "accepted"; readonly connection: number; readonly remote: Endpoint }
  | ({ readonly connection: number } & Exclude<UtpEvent, { type: "send" }>);

interface Member {
  readonly number: number;
  readonly key: string;
  readonly remote: Endpoint;
  readonly connection: UtpConnection;
}

export class Utp {
  readonly #random: Random;
  readonly #byKey = new Map<string, Member>();
  readonly #byNumber = new Map<number, Member>();
  /** Those that may have something to send. */
  readonly #dirty = new Set<Member>();
  readonly #events: UtpEvent[] = [];
  /** Who has not proven its address yet, the oldest first: a flood looks at none but these. */
  readonly #halfOpen = new Set<Member>();
  #count = 0;
  #tickAt: Millis = 0;

  constructor({ random }: { readonly random: Random }) {
    this.#random = random;
  }

  get size(): number {
    return this.#byKey.size;
  }

  /** When `tick` is due; `undefined` without connections. */
  get deadline(): Millis | undefined {
    return this.#byKey.size === 0 ? undefined : this.#tickAt;
  }

  /** Dials; the number names the connection from now on. `undefined` when there are too many. */
  connect(to: Endpoint, now: Millis, out: UtpOutput[]): number | undefined {
    if (this.#byKey.size >= UTP_CONNECTIONS_MAX) return undefined;
    let receiveId = below(this.#random, 0x10000);
    while (this.#byKey.has(keyOf(to, receiveId))) receiveId = advance(receiveId, 2);
    const connection = UtpConnection.dial({ receiveId, sendId: advance(receiveId, 1) }, 1, now, this.#events);
    const member = this.#enter(to, connection, now);
    this.#tell(member, out);
    return member.number;
  }

  /** Takes a datagram; what is no packet of ours is ignored. */
  receive(bytes: Uint8Array, from: Endpoint, now: Millis, out: UtpOutput[]): void {
    const packet = decodeUtp(bytes);
    if (packet === undefined) return;
    const member = this.#find(packet, from);
    if (member !== undefined) {
      member.connection.receive(packet, now, this.#events);
      return this.#tell(member, out);
    }
    if (packet.type === "syn") return this.#accept(packet, from, now, out);
    if (packet.type !== "reset") out.push({ type: "send", to: from, bytes: resetOf(packet) });
  }

  #find({ type, connectionId }: UtpPacket, from: Endpoint): Member | undefined {
    // A `syn` is sent again with the id its sender listens to, one below ours; a `reset` may name either.
    const own = type === "syn" ? advance(connectionId, 1) : connectionId;
    const member = this.#byKey.get(keyOf(from, own));
    if (member !== undefined || type !== "reset") return member;
    return this.#byKey.get(keyOf(from, advance(connectionId, -1))) ?? this.#byKey.get(keyOf(from, advance(connectionId, 1)));
  }

  #accept(syn: UtpPacket, from: Endpoint, now: Millis, out: UtpOutput[]): void {
    const [oldest] = this.#halfOpen;
    if (oldest !== undefined && this.#halfOpen.size === UTP_HALF_OPEN_MAX) this.#leave(oldest, out);
    if (this.#byKey.size >= UTP_CONNECTIONS_MAX) return;
    const connection = UtpConnection.answer(syn, below(this.#random, 0x10000), now, this.#events);
    const member = this.#enter(from, connection, now);
    this.#halfOpen.add(member);
    this.#tell(member, out);
  }

  // ---- what the user of a connection does

  /** Bytes written that are in no packet yet. */
  unsentLength(number: number): number {
    return this.#byNumber.get(number)?.connection.unsentLength ?? 0;
  }

  /** The bytes are lent until `written` names the ticket; `flush` sends them. */
  write(number: number, bytes: Uint8Array, ticket: number, out: UtpOutput[]): void {
    const member = this.#byNumber.get(number);
    if (member === undefined) {
      out.push({ type: "written", connection: number, ticket });
      return;
    }
    member.connection.write(bytes, ticket, this.#events);
    this.#tell(member, out);
  }

  pauseReading(number: number): void {
    this.#byNumber.get(number)?.connection.pauseReading();
  }

  resumeReading(number: number, out: UtpOutput[]): void {
    const member = this.#byNumber.get(number);
    if (member === undefined) return;
    member.connection.resumeReading(this.#events);
    this.#tell(member, out);
  }

  close(number: number, now: Millis, out: UtpOutput[]): void {
    const member = this.#byNumber.get(number);
    if (member === undefined) return;
    member.connection.close(now, this.#events);
    this.#tell(member, out);
  }

  // ---- time

  /** Sends what may go now: after a batch of datagrams, and after writes. */
  flush(now: Millis, out: UtpOutput[]): void {
    for (const member of this.#dirty) {
      this.#dirty.delete(member);
      member.connection.flush(now, this.#events);
      this.#empty(member, out);
      if (member.connection.isOver) this.#leave(member, out);
    }
  }

  tick(now: Millis, out: UtpOutput[]): void {
    if (now < this.#tickAt) return;
    this.#tickAt = now + TICK_MILLIS;
    for (const member of this.#byKey.values()) {
      member.connection.tick(now, this.#events);
      this.#empty(member, out);
      if (member.connection.isOver) this.#leave(member, out);
    }
  }

  #enter(remote: Endpoint, connection: UtpConnection, now: Millis): Member {
    if (this.#byKey.size === 0) this.#tickAt = now + TICK_MILLIS;
    const key = keyOf(remote, connection.receiveId);
    const member = { number: ++this.#count, key, remote, connection };
    this.#byKey.set(key, member);
    this.#byNumber.set(member.number, member);
    return member;
  }

  #leave(member: Member, out: UtpOutput[]): void {
    if (!this.#byKey.delete(member.key)) return;
    this.#byNumber.delete(member.number);
    this.#dirty.delete(member);
    this.#empty(member, out);
    this.#halfOpen.delete(member);
  }

  /** Hands on what happened, and remembers to send. */
  #tell(member: Member, out: UtpOutput[]): void {
    this.#empty(member, out);
    if (member.connection.isOver) this.#leave(member, out);
    else this.#dirty.add(member);
  }

  #empty(member: Member, out: UtpOutput[]): void {
    for (const event of this.#events.splice(0)) {
      if (event.type === "send") {
        out.push({ type: "send", to: member.remote, bytes: event.bytes });
      } else if (!this.#halfOpen.has(member)) {
        out.push({ ...event, connection: member.number });
      } else if (event.type === "connected") {
        // Before, nothing is told of it: who gave a false address never was here.
        this.#halfOpen.delete(member);
        out.push({ type: "accepted", connection: member.number, remote: member.remote });
      }
    }
  }

  /** The inner law; for tests and the simulator. */
  check(): void {
    for (const { connection } of this.#byKey.values()) connection.check();
  }
}

function keyOf(remote: Endpoint, receiveId: number): string {
  return `${formatEndpoint(remote)}/${receiveId}`;
}

/** Tells a sender that nobody here knows its connection. Never longer than what it answers. */
function resetOf({ connectionId, sequence }: UtpPacket): Uint8Array {
  return encodeUtp({ type: "reset", connectionId, timestamp: 0, lateness: 0, window: 0, sequence: 0, acknowledged: sequence });
}
