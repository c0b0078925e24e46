/**
 * What a tracker's main process and a process that carries bytes for it say to each other, over one stream of records.
 *
 *     <length: u32> <kind: u8> <number: u32> <payload>                      length: of all of it
 *
 *     kind       number      payload                                        from, to
 *     datagram   question    <door: u8> <from> <bytes>                      carrier, main
 *     linked     link        <door: u8> <from>                              carrier, main
 *     bytes      link        <bytes>                                        carrier, main
 *     sent       link        <how many bytes have left: u32>                carrier, main
 *     halfClosed link    the other side sends no more; close it             carrier, main
 *     closed     link                                                       carrier, main
 *     answer     question    <bytes> for whoever sent that datagram         main, carrier
 *     write      link        <bytes>                                        main, carrier
 *     pause, resume, close   link                                           main, carrier
 *
 *     from: <port: u16> <length: u8> <address in ASCII>
 *
 * Everything of one turn of the event loop leaves in one write: what a record costs is its copying.
 * @module
 */
import type { Socket } from "node:net";
import type { Endpoint } from "@bittern/protocol/address";

export const KIND = {
  datagram: 1,
  linked: 2,
  bytes: 3,
  sent: 4,
  closed: 5,
  answer: 6,
  write: 7,
  pause: 8,
  resume: 9,
  close: 10,
  halfClosed: 11,
} as const;

const HEAD_LENGTH = 9;
/** Bytes of the buffer that records are gathered in; most turns fill a part of it. */
const BATCH_LENGTH = 64 * 1024;
const NOTHING = new Uint8Array(0);

/** Takes one record; the payload is lent to whoever keeps it, as nobody writes there again. */
export type TakeRecord = (kind: number, number: number, payload: Buffer) => void;

/** Who sent something, and what follows. */
export interface Addressed {
  readonly door: number;
  readonly from: Endpoint;
  readonly rest: Buffer;
}

export class Channel {
  readonly #socket: Socket;
  readonly #take: TakeRecord;
  #batch = Buffer.allocUnsafeSlow(BATCH_LENGTH);
  #length = 0;
  #isDue = false;
  #rest: Buffer | undefined;

  /** `end` is called once when the other side is gone. */
  constructor(socket: Socket, take: TakeRecord, end: () => void) {
    this.#socket = socket;
    this.#take = take;
    socket.on("data", (bytes) => this.#receive(bytes as Buffer));
    // Its end says the same.
    socket.on("error", () => undefined);
    socket.once("close", end);
  }

  /** Bytes that the other side has not taken yet. */
  get waitingLength(): number {
    return this.#length + this.#socket.writableLength;
  }

  /** Calls back once when what waits now has left. */
  onceDrained(done: () => void): void {
    this.#socket.once("drain", done);
  }

  /** Hot. */
  put(kind: number, number: number, payload: Uint8Array = NOTHING): void {
    const at = this.#reserve(HEAD_LENGTH + payload.length, kind, number);
    this.#batch.set(payload, at);
  }

  putCount(kind: number, number: number, count: number): void {
    const at = this.#reserve(HEAD_LENGTH + 4, kind, number);
    this.#batch.writeUInt32LE(count, at);
  }

  /** Hot. */
  putFrom(kind: number, number: number, { door, from }: Omit<Addressed, "rest">, bytes: Uint8Array = NOTHING): void {
    const { address, port } = from;
    const at = this.#reserve(HEAD_LENGTH + 4 + address.length + bytes.length, kind, number);
    const batch = this.#batch;
    batch[at] = door;
    batch[at + 1] = port & 255;
    batch[at + 2] = port >>> 8;
    batch[at + 3] = address.length;
    batch.write(address, at + 4, "latin1");
    batch.set(bytes, at + 4 + address.length);
  }

  /** Sends what was put and ends our side. */
  end(): void {
    this.#flush();
    this.#socket.end();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  /** Makes room for a record and writes its head; returns where the payload goes. */
  #reserve(length: number, kind: number, number: number): number {
    if (this.#length + length > this.#batch.length) {
      this.#flush();
      if (length > this.#batch.length) this.#batch = Buffer.allocUnsafeSlow(length);
    }
    const at = this.#length;
    const batch = this.#batch;
    batch.writeUInt32LE(length, at);
    batch[at + 4] = kind;
    batch.writeUInt32LE(number, at + 5);
    this.#length = at + length;
    if (!this.#isDue) {
      this.#isDue = true;
      setImmediate(() => {
        this.#isDue = false;
        this.#flush();
      });
    }
    return at + HEAD_LENGTH;
  }

  #flush(): void {
    if (this.#length === 0) return;
    const socket = this.#socket;
    if (socket.writable) socket.write(this.#batch.subarray(0, this.#length));
    this.#length = 0;
    // What the system has not taken at once stays with Node.
    if (socket.writableLength > 0 || this.#batch.length > BATCH_LENGTH) this.#batch = Buffer.allocUnsafeSlow(BATCH_LENGTH);
  }

  #receive(chunk: Buffer): void {
    const bytes = this.#rest === undefined ? chunk : Buffer.concat([this.#rest, chunk]);
    let at = 0;
    while (bytes.length - at >= HEAD_LENGTH) {
      const length = bytes.readUInt32LE(at);
      if (bytes.length - at < length) break;
      this.#take(bytes[at + 4] as number, bytes.readUInt32LE(at + 5), bytes.subarray(at + HEAD_LENGTH, at + length));
      at += length;
    }
    this.#rest = at === bytes.length ? undefined : bytes.subarray(at);
  }
}

/** Takes the payload of a `datagram` or `linked` apart. Hot. */
export function readAddressed(payload: Buffer): Addressed {
  const end = 4 + (payload[3] as number);
  const port = (payload[1] as number) | ((payload[2] as number) << 8);
  return { door: payload[0] as number, from: { address: payload.toString("latin1", 4, end), port }, rest: payload.subarray(end) };
}
