/**
 * The key and certificate that accepted links are deciphered with. They may be renewed while links stand.
 * @module
 */
import type { Socket } from "node:net";
import { createSecureContext, type SecureContext, TLSSocket } from "node:tls";
import { UsageError } from "@bittern/protocol/base";

/** Milliseconds a client has for its handshake. */
const HANDSHAKE_MILLIS = 10_000;
/** Handshakes at once, each of which costs memory: with one more, the oldest is given up, for an honest client needs a moment. */
export const HANDSHAKES_MAX = 512;
/** Those of one address: with one more, the oldest of that address is given up. */
export const ADDRESS_HANDSHAKES_MAX = 128;

/** What is spoken inside. Who offers some and none of these is refused, so the old one is named too. */
const PROTOCOLS = ["http/1.1", "http/1.0"];

/** PEM, as certificate authorities give it. */
export interface TlsFiles {
  /** The certificate, followed by those between it and the authority. */
  readonly certificate: string | Uint8Array;
  readonly key: string | Uint8Array;
}

/** One under way. */
interface Handshake {
  readonly address: string | undefined;
  giveUp(): void;
}

export class TlsIdentity {
  #files: TlsFiles;
  #context: SecureContext;
  /** The oldest first. */
  readonly #handshakes: Set<Handshake> = new Set();
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
    this.#makeRoom(socket.remoteAddress);
    const plain = new TLSSocket(socket, { isServer: true, secureContext: this.#context, ALPNProtocols: PROTOCOLS });
    const giveUp = (): void => {
      end();
      plain.destroy();
      socket.destroy();
    };
    const timer = setTimeout(giveUp, HANDSHAKE_MILLIS);
    const handshake: Handshake = { address: socket.remoteAddress, giveUp };
    const end = (): void => {
      this.#handshakes.delete(handshake);
      clearTimeout(timer);
    };
    this.#handshakes.add(handshake);
    socket.on("error", giveUp);
    plain.once("error", giveUp);
    plain.once("close", end);
    plain.once("secure", () => {
      end();
      plain.off("error", giveUp);
      plain.pause();
      done(plain);
    });
  }

  /** Who begins many handshakes and ends none must not keep others from theirs. */
  #makeRoom(address: string | undefined): void {
    const ofAddress = [...this.#handshakes].filter((handshake) => handshake.address === address);
    const oldest = ofAddress.length >= ADDRESS_HANDSHAKES_MAX ? ofAddress[0] : firstOf(this.#handshakes, HANDSHAKES_MAX);
    oldest?.giveUp();
  }
}

/** The first of a set that is full. */
function firstOf<Item>(items: ReadonlySet<Item>, countMax: number): Item | undefined {
  const [first] = items;
  return items.size >= countMax ? first : undefined;
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
