/**
 * How datagrams go over one socket: the public way of Node, and the same a little below it. See batch-wire.ts for many at once.
 * @module
 */
import type { Socket } from "node:dgram";
import { isIP } from "node:net";
import type { Endpoint } from "@bittern/protocol/address";
import { type HandleRequest, type UdpHandle, udpHandleOf } from "./handles.ts";

/** Bytes. Past this the network is not taking what we send, and datagrams are lost as the contract says. */
const QUEUED_MAX = 1024 * 1024;
/** Bytes. The largest datagram there is. */
export const DATAGRAM_MAX = 65_535;

/** Hears of a datagram; its bytes die when it returns. */
export type Take = (bytes: Uint8Array, from: Endpoint) => void;

export interface Wire {
  /** The bytes are free when this returns. An address of another family is a datagram lost. */
  send(bytes: Uint8Array, to: Endpoint): void;
  close(): void;
}

/** The public way. */
export class SocketWire implements Wire {
  readonly #socket: Socket;
  readonly #family: number;
  #scratch = Buffer.allocUnsafeSlow(DATAGRAM_MAX);

  constructor(socket: Socket, take: Take) {
    this.#socket = socket;
    this.#family = isIP(socket.address().address);
    // A plain view: `slice` of a Buffer does not copy, and that of a Uint8Array does.
    socket.on("message", (bytes, from) => take(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length), from));
  }

  // Hot. Node sends at once unless the kernel's buffer is full; then it keeps a view of the bytes, which is why they go
  // through a scratch of ours that is left to Node as long as anything is queued.
  send(bytes: Uint8Array, to: Endpoint): void {
    if (isIP(to.address) !== this.#family) return;
    const socket = this.#socket;
    if (socket.getSendQueueCount() > 0) {
      if (socket.getSendQueueSize() <= QUEUED_MAX) socket.send(Buffer.from(bytes), to.port, to.address);
      return;
    }
    this.#scratch.set(bytes);
    socket.send(this.#scratch, 0, bytes.length, to.port, to.address);
    if (socket.getSendQueueCount() > 0) this.#scratch = Buffer.allocUnsafeSlow(DATAGRAM_MAX);
  }

  close(): void {
    this.#socket.close();
  }
}

/** The same below node:dgram: no object is made for a datagram that leaves at once, and one that arrives is lent where it lies. */
export class HandleWire implements Wire {
  readonly #socket: Socket;
  readonly #handle: UdpHandle;
  readonly #newSend: () => HandleRequest;
  #request: HandleRequest;
  #scratch = new Uint8Array(DATAGRAM_MAX);
  #hasQueued = false;
  /** Views of the scratch by length, as a send takes them: made once each. */
  #parts: Uint8Array[][] = [];

  /** `undefined` where this Node does not let us. */
  static over(socket: Socket, take: Take): HandleWire | undefined {
    const found = udpHandleOf(socket);
    return found === undefined ? undefined : new HandleWire(socket, found.handle, found.newSend, take);
  }

  private constructor(socket: Socket, handle: UdpHandle, newSend: () => HandleRequest, take: Take) {
    this.#socket = socket;
    this.#handle = handle;
    this.#newSend = newSend;
    this.#request = newSend();
    handle.onmessage = (length, _handle, bytes, from) => {
      // A datagram refused by the system (no route, no buffer) is a datagram lost.
      // Of Node's own class, whose `slice` does not copy: these bytes are nobody else's, so no view is made to hide that. Hot.
      if (length >= 0) take(bytes, from);
    };
  }

  // Hot.
  send(bytes: Uint8Array, to: Endpoint): void {
    if (this.#hasQueued && !this.#hasRoom()) return;
    const { length } = bytes;
    this.#scratch.set(bytes);
    this.#parts[length] ??= [this.#scratch.subarray(0, length)];
    const parts = this.#parts[length];
    const status = this.#handle.send(this.#request, parts, 1, to.port, to.address, false);
    if (status !== 0) return;
    // Queued: what was handed over stays with it.
    this.#hasQueued = true;
    this.#request.kept = parts;
    this.#request = this.#newSend();
    this.#scratch = new Uint8Array(DATAGRAM_MAX);
    this.#parts = [];
  }

  /** Asked only after something had to be queued: each question is a call into Node. */
  #hasRoom(): boolean {
    this.#hasQueued = this.#handle.getSendQueueCount() > 0;
    return this.#handle.getSendQueueSize() <= QUEUED_MAX;
  }

  close(): void {
    this.#socket.close();
  }
}
