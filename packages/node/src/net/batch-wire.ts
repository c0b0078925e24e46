/**
 * Datagrams over one socket, as many at once as there are: one call of the system takes up to 64, and one sends the answers.
 *
 * Node keeps the socket: it has bound it, it passes it on to other processes, and it queues what the system does not take at once. It only
 * stops reading it, and a copy of the descriptor is watched instead, so that nothing is read but by us. What is sent while
 * datagrams are handed out leaves after the last of them; anything else at the end of Node's tick.
 * @module
 */
import type { Socket } from "node:dgram";
import type { Sender } from "@bittern/host";
import { type Endpoint, formatAddress, parseAddress } from "@bittern/protocol/address";
import { DatagramTable } from "./datagram-table.ts";
import { udpHandleOf } from "./handles.ts";
import { INTERRUPTED, type Libc, NO_BUFFER, WOULD_BLOCK } from "./libc.ts";
import type { Job, SendingThread } from "./sending-thread.ts";
import type { Wire } from "./wire.ts";

/** Datagrams a call. With more, others who wait for this thread wait too long; the calls themselves are a twentieth of the cost from 16 on. */
const BATCH = 64;
/** Bytes. Longer datagrams are lost: nobody asks so much at a busy door. */
export const BATCHED_LENGTH_MAX = 4096;
/** Bytes. Longer ones leave one by one, as Node sends them. */
const ANSWER_LENGTH_MAX = 1400;
/** Bytes. Views of up to so many are made once for each place; questions to a tracker are mostly shorter. */
const KEPT_LENGTH_MAX = 128;

/** Tables of answers where a thread sends some while others are filled. */
const TABLES = 4;
/**
 * Answers from which on another thread is woken for them: so many at once say that more are behind. With 8, two threads answer a tenth less of
 * 64 datagrams on their way at once, and a tenth more of 128 or 512, for a tenth more CPU.
 */
const WORTH_A_THREAD = BATCH / 2;
/** What it takes: the calls, and perhaps a thread that makes those that send. */
export interface Batches {
  readonly libc: Libc;
  readonly thread?: SendingThread | undefined;
}

interface Place {
  readonly rest: Wire;
  readonly deliver: Deliver;
  readonly descriptor: number;
}

/** Wires whose memory is never given back: another thread that has come to a stop may look at it yet. */
const UNSETTLED: Set<BatchWire> = new Set();
const NOTHING = (): void => undefined;

/** Hears of a datagram; its bytes die when it returns. */
type Deliver = (bytes: Uint8Array, from: Sender) => void;

export class BatchWire implements Wire {
  readonly #libc: Libc;
  readonly #deliver: Deliver;
  readonly #rest: Wire;
  readonly #family: 4 | 6;
  readonly #descriptor: number;
  readonly #watch: { close(): void };
  readonly #incoming: DatagramTable;
  /** Where the next answers go; the others are being sent. */
  #outgoing: DatagramTable;
  readonly #thread: SendingThread | undefined;
  readonly #outgoings: readonly DatagramTable[];
  readonly #jobs: (Job | undefined)[] = [];
  #turn = 0;
  readonly #views: (Uint8Array | undefined)[] = new Array(BATCH * (KEPT_LENGTH_MAX + 1)).fill(undefined);
  /** Messages that wait in `#outgoing`. */
  #count = 0;
  /** Who is being heard, and where the datagram lies. */
  #asker: Sender | undefined;
  #place = 0;
  #isReceiving = false;
  #isDue = false;
  #isOpen = true;

  /** `rest` sends what cannot leave this way, and closes the socket. `undefined` where it cannot be; then nothing has changed. */
  static over(socket: Socket, { libc, thread }: Batches, rest: Wire, deliver: Deliver): BatchWire | undefined {
    const handle = udpHandleOf(socket)?.handle;
    if (handle === undefined || typeof handle.recvStop !== "function" || !((handle.fd ?? -1) >= 0)) return undefined;
    const descriptor = libc.copyDescriptor(handle.fd as number);
    if (descriptor < 0) return undefined;
    try {
      const wire = new BatchWire(socket, { libc, thread }, { rest, deliver, descriptor });
      if (handle.recvStop() === 0) return wire;
      wire.#watch.close();
    } catch {
      // Of another kind than we know: Node goes on reading.
    }
    libc.closeDescriptor(descriptor);
    return undefined;
  }

  private constructor(socket: Socket, { libc, thread }: Batches, { rest, deliver, descriptor }: Place) {
    this.#libc = libc;
    this.#thread = thread;
    this.#deliver = deliver;
    this.#rest = rest;
    this.#family = socket.address().family === "IPv6" ? 6 : 4;
    this.#descriptor = descriptor;
    this.#incoming = new DatagramTable(libc, { family: this.#family, count: BATCH, roomLength: BATCHED_LENGTH_MAX });
    const outgoing = (): DatagramTable => new DatagramTable(libc, { family: this.#family, count: BATCH, roomLength: ANSWER_LENGTH_MAX });
    this.#outgoing = outgoing();
    this.#outgoings = [this.#outgoing, ...Array.from({ length: thread === undefined ? 0 : TABLES - 1 }, outgoing)];
    this.#watch = libc.watch(descriptor, () => this.#wake());
  }

  // Hot.
  send(bytes: Uint8Array, to: Sender): void {
    if (bytes.length > ANSWER_LENGTH_MAX) return this.#rest.send(bytes, to);
    if (this.#count === BATCH) this.#flush();
    if (!this.#address(this.#count, to)) return;
    this.#outgoing.put(this.#count++, bytes);
    if (this.#isReceiving || this.#isDue) return;
    this.#isDue = true;
    process.nextTick(() => {
      this.#isDue = false;
      this.#flush();
    });
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#flush();
    this.#isOpen = false;
    this.#watch.close();
    // A descriptor that is closed may be somebody else's the next moment, and memory that nobody keeps may be anything.
    if (this.#jobs.every((job) => job === undefined || this.#thread?.settle(job) === true)) this.#libc.closeDescriptor(this.#descriptor);
    else UNSETTLED.add(this);
    this.#rest.close();
  }

  /** What is due after Node's turns, and what is thrown in them, is not seen to here: so a turn follows. */
  #wake(): void {
    try {
      if (this.#receive()) setImmediate(NOTHING);
    } catch (error) {
      setImmediate(() => {
        throw error;
      });
    }
  }

  /** Takes what has come, once: others have their turn before the next. Whether there was anything; another process may have been quicker. */
  #receive(): boolean {
    const count = this.#libc.receiveMany(this.#descriptor, this.#incoming.address, BATCH);
    if (count <= 0) return false;
    this.#isReceiving = true;
    try {
      for (let place = 0; place < count && this.#isOpen; place++) {
        if (this.#incoming.isCut(place)) continue;
        this.#place = place;
        this.#asker = this.#senderOf(place);
        this.#deliver(this.#bytesOf(place), this.#asker);
      }
    } finally {
      this.#asker = undefined;
      this.#isReceiving = false;
      this.#flush();
    }
    return true;
  }

  #senderOf(place: number): Sender {
    const port = this.#incoming.portOf(place);
    if (this.#family === 4) return new Ipv4Sender(this.#incoming.ipv4Of(place), port);
    return { address: formatAddress(this.#incoming.addressBytesOf(place)), port };
  }

  /** A view of a datagram. */
  #bytesOf(place: number): Uint8Array {
    const length = this.#incoming.lengthOf(place);
    if (length > KEPT_LENGTH_MAX) return this.#incoming.view(place, length);
    const at = place * (KEPT_LENGTH_MAX + 1) + length;
    this.#views[at] ??= this.#incoming.view(place, length);
    return this.#views[at];
  }

  /** Addresses the next message; false where there is no such address in this family. */
  #address(message: number, to: Sender): boolean {
    if (to === this.#asker) this.#outgoing.addressAs(message, this.#incoming, this.#place);
    else if (to.ipv4 !== undefined && this.#family === 4) this.#outgoing.addressToIpv4(message, to.ipv4, to.port);
    else {
      const bytes = parseAddress(to.address);
      if (bytes?.length !== (this.#family === 4 ? 4 : 16)) return false;
      this.#outgoing.addressTo(message, bytes, to.port);
    }
    return true;
  }

  #flush(): void {
    if (!this.#isOpen) return;
    const outgoing = this.#outgoing;
    const count = this.#count;
    this.#count = 0;
    if (count >= WORTH_A_THREAD && this.#delegate(count)) return;
    let sent = 0;
    while (sent < count) {
      const outcome = this.#libc.sendMany(this.#descriptor, sent === 0 ? outgoing.address : outgoing.addressOf(sent), count - sent);
      if (outcome > 0) sent += outcome;
      else if (outcome === WOULD_BLOCK || outcome === NO_BUFFER) break;
      // A datagram refused by the system (no route) is a datagram lost.
      else if (outcome !== INTERRUPTED) sent++;
    }
    // The network is not taking what we send: Node waits for it, and loses what is too much.
    for (; sent < count; sent++) this.#rest.send(outgoing.bytesOf(sent), this.#receiverOf(sent));
  }

  /** Leaves the answers to the thread, if there is one and a table that is free to go on with. */
  #delegate(count: number): boolean {
    const thread = this.#thread;
    if (thread === undefined) return false;
    const next = (this.#turn + 1) % this.#outgoings.length;
    const former = this.#jobs[next];
    if (former !== undefined && !thread.isDone(former)) return false;
    const job = thread.submit(this.#descriptor, this.#outgoing.address, count);
    if (job === undefined) return false;
    this.#jobs[this.#turn] = job;
    this.#turn = next;
    this.#outgoing = this.#outgoings[next] as DatagramTable;
    return true;
  }

  #receiverOf(message: number): Endpoint {
    return { address: formatAddress(this.#outgoing.addressBytesOf(message)), port: this.#outgoing.portOf(message) };
  }
}

/** Whoever sent a datagram over IPv4. Most of them are answered without their address as a text. */
class Ipv4Sender implements Sender {
  readonly ipv4: number;
  readonly port: number;

  constructor(ipv4: number, port: number) {
    this.ipv4 = ipv4;
    this.port = port;
  }

  get address(): string {
    const { ipv4 } = this;
    return `${ipv4 >>> 24}.${(ipv4 >>> 16) & 255}.${(ipv4 >>> 8) & 255}.${ipv4 & 255}`;
  }
}
