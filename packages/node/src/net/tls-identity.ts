/**
 * The key and certificate that accepted links are deciphered with. They may be renewed while links stand.
 * @module
 */
import type { Socket } from "node:net";
import { createSecureContext, type SecureContext, TLSSocket } from "node:tls";
import { UsageError } from "@bittern/protocol/base";

/** Milliseconds a client has for its handshake. */
const HANDSHAKE_MILLIS = 10_000;
/** Handshakes at once: each costs memory and, one after another, much time; more are refused. */
const HANDSHAKES_MAX = 512;

/** What is spoken inside. Who offers some and none of these is refused, so the old one is named too. */
const PROTOCOLS = ["http/1.1", "http/1.0"];

/** PEM, as certificate authorities give it. */
export interface TlsFiles {
  /** The certificate, followed by those between it and the authority. */
  readonly certificate: string | Uint8Array;
  readonly key: string | Uint8Array;
}

export class TlsIdentity {
  #files: TlsFiles;
  #context: SecureContext;
  #handshakes = 0;
  readonly #hearers: Set<(files: TlsFiles) => void> = new Set();

  constructor(files: TlsFiles) {
    this.#context = contextOf(files);
    this.#files = files;
  }

  get files(): TlsFiles {
    return this.#files;
  }

  /** Tells of renewals; returns what ends that. */
  onRenewal(hear: (files: TlsFiles) => void): () => void {
    this.#hearers.add(hear);
    return () => this.#hearers.delete(hear);
  }

  /** For links that come from now on; throws `UsageError` for files that do not fit, and keeps the old ones. */
  renew(files: TlsFiles): void {
    this.#context = contextOf(files);
    this.#files = files;
    for (const hear of this.#hearers) hear(files);
  }

  /** Shakes hands on an accepted socket; `done` gets what is inside, nobody hears of those that fail. */
  decipher(socket: Socket, done: (plain: Socket) => void): void {
    if (this.#handshakes >= HANDSHAKES_MAX) {
      socket.destroy();
      return;
    }
    this.#handshakes++;
    let isUnderWay = true;
    const end = (): void => {
      if (isUnderWay) this.#handshakes--;
      isUnderWay = false;
      clearTimeout(timer);
    };
    const plain = new TLSSocket(socket, { isServer: true, secureContext: this.#context, ALPNProtocols: PROTOCOLS });
    const fail = (): void => {
      plain.destroy();
      socket.destroy();
    };
    const timer = setTimeout(fail, HANDSHAKE_MILLIS);
    socket.on("error", fail);
    plain.once("error", fail);
    plain.once("close", end);
    plain.once("secure", () => {
      end();
      plain.off("error", fail);
      plain.pause();
      done(plain);
    });
  }
}

function contextOf({ certificate, key }: TlsFiles): SecureContext {
  try {
    return createSecureContext({ cert: bufferOf(certificate), key: bufferOf(key), minVersion: "TLSv1.2" });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UsageError("TLS_IDENTITY", `the TLS certificate and key cannot be used: ${reason}`);
  }
}

function bufferOf(pem: string | Uint8Array): string | Buffer {
  return typeof pem === "string" ? pem : Buffer.from(pem);
}
