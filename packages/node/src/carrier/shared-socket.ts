/**
 * A UDP socket that carriers receive at too: an answer leaves where its question came in.
 * @module
 */
import type { Sender, UdpSocket } from "@bittern/host";
import type { Endpoint } from "@bittern/protocol/address";

export class SharedSocket implements UdpSocket {
  readonly #own: UdpSocket;
  readonly #onClose: () => void;
  #asker: Endpoint | undefined;
  #answer: ((bytes: Uint8Array) => void) | undefined;

  constructor(own: UdpSocket, onClose: () => void) {
    this.#own = own;
    this.#onClose = onClose;
  }

  get local(): Endpoint {
    return this.#own.local;
  }

  /** From here to `end` a datagram to `asker`, the very object, is an answer. */
  begin(asker: Endpoint, answer: (bytes: Uint8Array) => void): void {
    this.#asker = asker;
    this.#answer = answer;
  }

  end(): void {
    this.#asker = undefined;
    this.#answer = undefined;
  }

  send(bytes: Uint8Array, to: Sender): void {
    if (to === this.#asker) this.#answer?.(bytes);
    else this.#own.send(bytes, to);
  }

  close(): void {
    this.#onClose();
    this.#own.close();
  }
}
