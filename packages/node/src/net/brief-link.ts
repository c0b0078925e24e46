/**
 * One accepted connection that is expected to be short: a request or a few, an answer each, and we close.
 *
 * It stands on the bare handle (see handles.ts) and costs half of what a `Socket` does. It differs from `Link` in that closing is
 * not followed by listening: whoever still sends then may lose the end of the answer.
 * @module
 */
import { getSystemErrorName } from "node:util";
import type { TcpHandler, TcpLink } from "@bittern/host";
import type { Endpoint } from "@bittern/protocol/address";
import { Beginnings, type HostError } from "@bittern/protocol/base";
import { networkFault } from "../faults.ts";
import type { HandleAddress, HandleRequest, StreamKit, TcpHandle } from "./handles.ts";
import { endpointOf, type HalfCloseHearer, type KeptLink, type LinkKeeper, receiveBuffer, UNBOUND } from "./link.ts";

/** What reading says at the end of the stream. */
const END_OF_STREAM = -4095;

/** A request for writing that the last write did not need beyond its call. */
let spareWrite: HandleRequest | undefined;

/** Where handles write who is at their other end: one object for all, for it costs less to change one than to give a new one its shape. */
const peer: HandleAddress = { address: undefined, family: undefined, port: undefined };

/** What is read, by length. */
let received: Beginnings | undefined;

/** Links whose end is still to be told, all of them together as soon as this turn of Node's is over. */
let ended: BriefLink[] = [];
/** The list that `ended` changes places with. */
let told: BriefLink[] = [];

export class BriefLink implements TcpLink, KeptLink {
  place = -1;
  readonly remote: Endpoint;
  readonly #handle: TcpHandle;
  readonly #kit: StreamKit;
  readonly #keeper: LinkKeeper;
  #handler: TcpHandler | undefined;
  #fault: HostError | undefined;
  #phase: "open" | "closing" | "gone" = "open";
  #unsentLength = 0;
  #hasWritten = false;
  #hasNoDelay = false;

  /** `undefined` when its other end has left already. */
  static accepted(handle: TcpHandle, kit: StreamKit, keeper: LinkKeeper): BriefLink | undefined {
    const status = handle.getpeername(peer);
    // The kernel writes IPv4 in one way only: there is nothing to make canonical.
    const isPlain = peer.address !== undefined && peer.port !== undefined && !peer.address.includes(":");
    const remote = isPlain ? { address: peer.address as string, port: peer.port as number } : endpointOf(peer.address, peer.port);
    if (status === 0 && remote !== undefined) return new BriefLink(handle, remote, kit, keeper);
    handle.close();
    return undefined;
  }

  private constructor(handle: TcpHandle, remote: Endpoint, kit: StreamKit, keeper: LinkKeeper) {
    this.remote = remote;
    this.#handle = handle;
    this.#kit = kit;
    this.#keeper = keeper;
    handle.owner = this;
  }

  /** Names the handler and begins to read, or refuses the link. */
  begin(handler: TcpHandler | undefined): void {
    this.#handler = handler;
    if (handler === undefined) this.destroy(undefined);
    if (this.#phase !== "open") return;
    this.#handle.useUserBuffer(receiveBuffer());
    this.#handle.onread = onRead;
    this.#handle.readStart();
  }

  get local(): Endpoint {
    if (this.#phase === "gone") return UNBOUND;
    const own: { address?: string; port?: number } = {};
    this.#handle.getsockname(own);
    return endpointOf(own.address, own.port) ?? UNBOUND;
  }

  get unsentLength(): number {
    return this.#unsentLength;
  }

  write(bytes: Uint8Array, release?: () => void): void {
    if (this.#phase !== "open") {
      release?.();
      return;
    }
    // An answer that is the only one leaves at once anyhow; one after another would wait for the other side's receipt.
    if (this.#hasWritten && !this.#hasNoDelay) {
      this.#hasNoDelay = true;
      this.#handle.setNoDelay(true);
    }
    this.#hasWritten = true;
    const request = spareWrite ?? this.#kit.newWrite();
    spareWrite = undefined;
    const status = this.#handle.writeBuffer(request, bytes);
    if (status === 0 && this.#kit.isWriteWaiting()) this.#await(request, bytes, release);
    else {
      spareWrite = request;
      release?.();
      if (status !== 0) this.destroy(faultOf(status, this.remote));
    }
  }

  pauseReading(): void {
    if (this.#phase === "open") this.#handle.readStop();
  }

  resumeReading(): void {
    if (this.#phase === "open") this.#handle.readStart();
  }

  close(): void {
    if (this.#phase !== "open") return;
    if (this.#unsentLength === 0) return this.destroy(undefined);
    this.#phase = "closing";
    this.#handle.readStop();
    this.#keeper.closing(this);
  }

  /** Ends the link at once; `closed` says `fault`. */
  destroy(fault: HostError | undefined): void {
    if (this.#phase === "gone") return;
    this.#phase = "gone";
    this.#fault = fault;
    // Bytes that wait are theirs until Node says that it is done with them. With none, nobody needs to hear that from Node, which
    // would be a call back for each link.
    if (this.#unsentLength > 0) return this.#handle.close(onClose);
    this.#handle.close();
    if (ended.push(this) === 1) process.nextTick(tellEnded);
  }

  /** The system has not taken everything: bytes and request live on until it has. */
  #await(request: HandleRequest, bytes: Uint8Array, release: (() => void) | undefined): void {
    this.#unsentLength += bytes.length;
    request.kept = bytes;
    request.oncomplete = (status) => {
      this.#unsentLength -= bytes.length;
      request.kept = undefined;
      release?.();
      if (status !== 0) this.destroy(faultOf(status, this.remote));
      else if (this.#unsentLength === 0 && this.#phase === "closing") this.destroy(undefined);
      else if (this.#unsentLength === 0 && this.#phase === "open") this.#handler?.drained(this);
    };
  }

  /** For the functions below, which all links share. */
  static heard(link: BriefLink, isClosed: boolean): void {
    if (isClosed) link.#closed();
    else link.#read(link.#kit.readLength());
  }

  #read(length: number): void {
    if (this.#phase !== "open" || length === 0) return;
    if (length > 0) this.#handler?.bytes(this, readBytes(length));
    else if (length === END_OF_STREAM) this.#end();
    else this.destroy(faultOf(length, this.remote));
  }

  #end(): void {
    const handler: Partial<HalfCloseHearer> | undefined = this.#handler;
    if (handler?.halfClosed === undefined) return this.close();
    this.#handle.readStop();
    handler.halfClosed(this);
  }

  #closed(): void {
    this.#unsentLength = 0;
    this.#keeper.gone(this);
    this.#handler?.closed(this, this.#fault);
  }
}

function onRead(this: TcpHandle): void {
  BriefLink.heard(this.owner as BriefLink, false);
}

function onClose(this: TcpHandle): void {
  BriefLink.heard(this.owner as BriefLink, true);
}

function tellEnded(): void {
  [told, ended] = [ended, told];
  for (const link of told) BriefLink.heard(link, true);
  told.length = 0;
}

/** The bytes of the last read; a plain view, for `slice` of a Buffer does not copy. */
function readBytes(length: number): Uint8Array {
  if (received === undefined) {
    const { buffer, byteOffset, byteLength } = receiveBuffer();
    received = new Beginnings(new Uint8Array(buffer, byteOffset, byteLength));
  }
  return received.of(length);
}

function faultOf(status: number, { address, port }: Endpoint): HostError {
  const code = getSystemErrorName(status);
  return networkFault(Object.assign(new Error(code), { code }), `${address} port ${port}`);
}
