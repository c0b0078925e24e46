/**
 * A door of a tracker without a socket: a request becomes a link of its own that carries it as text, and what the tracker
 * writes to that link becomes the answer. Where a request asks for a WebSocket, the link is its connection.
 * @module
 */
import type { Duplex } from "node:stream";
import type { Tcp, TcpHandler, TcpLink, TcpListener } from "@bittern/host";
import type { Endpoint } from "@bittern/protocol/address";
import { concatBytes, fromLatin1, HostError, latin1 } from "@bittern/protocol/base";
import { UpgradeLink } from "./upgrade-link.ts";

const NOWHERE: Endpoint = { address: "0.0.0.0", port: 0 };

/** A request, without its body: nothing that a tracker answers has one. */
export interface DoorRequest {
  readonly method: string;
  /** With its query. */
  readonly target: string;
  /** Name and value by turns, as Node keeps them. */
  readonly rawHeaders: readonly string[];
  readonly from: Endpoint;
}

export interface DoorAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** Headers that concern the connection, which ends here. */
const HOP_HEADER = /^(connection|keep-alive|transfer-encoding|expect|upgrade)$/i;
/** Of a request the length is left out too: its body does not come along. */
const BODY_HEADER = /^content-length$/i;

/** A `Tcp` that accepts requests instead of connections. */
export class RequestDoor implements Tcp {
  #accept: ((link: TcpLink) => TcpHandler | undefined) | undefined;

  listen(_options: unknown, accept: (link: TcpLink) => TcpHandler | undefined, done: (outcome: TcpListener) => void): () => void {
    this.#accept = accept;
    const close = (): void => {
      this.#accept = undefined;
    };
    done({ endpoints: [], close });
    return close;
  }

  connect(): TcpLink {
    throw new HostError("UNSUPPORTED", "this door only opens inwards");
  }

  /** Hands a request in; a closed tracker answers 503. */
  ask(request: DoorRequest): Promise<DoorAnswer> {
    return new Promise((resolve) => {
      const link = new AnswerLink(request.from, (bytes) => {
        resolve(parseAnswer(bytes));
        handler?.closed(link, undefined);
      });
      const handler = this.#accept?.(link);
      if (handler === undefined) resolve(CLOSED);
      else handler.bytes(link, requestBytes(request));
    });
  }

  /** Takes over the connection of a request that wants a WebSocket; `head` came after the request. */
  upgrade(request: DoorRequest, socket: Duplex, head: Uint8Array): void {
    const link = new UpgradeLink(socket, request.from);
    const handler = this.#accept?.(link);
    if (handler === undefined) refuseUpgrade(socket, "503 Service Unavailable");
    else link.begin(handler, upgradeBytes(request), head);
  }
}

/** Ends a connection that cannot become what its request asks for. */
export function refuseUpgrade(socket: Duplex, status: string): void {
  socket.on("error", () => undefined);
  socket.end(`HTTP/1.1 ${status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`, () => socket.destroy());
}

const CLOSED: DoorAnswer = { status: 503, headers: { "Content-Type": "text/plain" }, body: fromLatin1("The tracker is closed\n") };

/** Gathers what the tracker writes until it closes. */
class AnswerLink implements TcpLink {
  readonly remote: Endpoint;
  readonly local: Endpoint = NOWHERE;
  readonly unsentLength: number = 0;
  readonly #parts: Uint8Array[] = [];
  readonly #done: (bytes: Uint8Array) => void;

  constructor(remote: Endpoint, done: (bytes: Uint8Array) => void) {
    this.remote = remote;
    this.#done = done;
  }

  write(bytes: Uint8Array, release?: () => void): void {
    this.#parts.push(bytes.slice());
    release?.();
  }
  pauseReading(): void {}
  resumeReading(): void {}
  close(): void {
    this.#done(concatBytes(this.#parts));
  }
}

/**
 * The request as it would come over a wire. `Connection: close` makes the tracker say everything and end, and 1.0 keeps it
 * from cutting a long answer into chunks.
 */
function requestBytes({ method, target, rawHeaders }: DoorRequest): Uint8Array {
  const lines = [`${method} ${target} HTTP/1.0`];
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] as string;
    if (!HOP_HEADER.test(name) && !BODY_HEADER.test(name)) lines.push(`${name}: ${rawHeaders[at + 1]}`);
  }
  return fromLatin1(`${lines.join("\r\n")}\r\nConnection: close\r\n\r\n`);
}

/** The request as it came. */
function upgradeBytes({ method, target, rawHeaders }: DoorRequest): Uint8Array {
  const lines = [`${method} ${target} HTTP/1.1`];
  for (let at = 0; at < rawHeaders.length; at += 2) lines.push(`${rawHeaders[at]}: ${rawHeaders[at + 1]}`);
  return fromLatin1(`${lines.join("\r\n")}\r\n\r\n`);
}

function parseAnswer(bytes: Uint8Array): DoorAnswer {
  const text = latin1(bytes);
  const end = text.indexOf("\r\n\r\n");
  const [first = "", ...lines] = text.slice(0, Math.max(0, end)).split("\r\n");
  const headers: Record<string, string> = {};
  for (const line of lines) {
    const colon = line.indexOf(":");
    if (!HOP_HEADER.test(line.slice(0, colon))) headers[line.slice(0, colon)] = line.slice(colon + 1).trim();
  }
  return { status: Number(/^HTTP\/1\.[01] (\d{3})/.exec(first)?.[1] ?? 502), headers, body: bytes.slice(end < 0 ? bytes.length : end + 4) };
}
