/**
 * One HTTP exchange over a virtual link (RFC 9112), for servers that are programs and not functions: a request out, an
 * answer in, the link closed.
 *
 * It reads what such servers send: a head, then a body of a stated length, or one that ends with the link.
 * @module
 */
import type { TcpHandler, TcpLink } from "@bittern/host";
import { concatBytes, fromLatin1, HostError, latin1, NO_BYTES } from "@bittern/protocol/base";
import type { WebAnswer, WebRequest } from "./web.ts";

/** Bytes of a head that are read at most. */
const HEAD_LENGTH_MAX = 64 * 1024;

export class HttpExchange implements TcpHandler {
  readonly #request: WebRequest;
  readonly #bodyLengthMax: number;
  readonly #done: (outcome: WebAnswer | HostError) => void;
  #received: Uint8Array = NO_BYTES;
  #isDone = false;

  constructor(request: WebRequest, bodyLengthMax: number, done: (outcome: WebAnswer | HostError) => void) {
    this.#request = request;
    this.#bodyLengthMax = bodyLengthMax;
    this.#done = done;
  }

  connected(link: TcpLink): void {
    const { method, target, headers } = this.#request;
    const lines = Object.entries({ ...headers, connection: "close" }).map(([name, value]) => `${name}: ${value}\r\n`);
    link.write(fromLatin1(`${method} ${target} HTTP/1.1\r\n${lines.join("")}\r\n`));
  }

  bytes(link: TcpLink, bytes: Uint8Array): void {
    if (this.#isDone) return;
    this.#received = concatBytes([this.#received, bytes]);
    const outcome = this.#read(false);
    if (outcome === undefined) return;
    this.#finish(outcome);
    link.close();
  }

  drained(): void {}

  closed(_link: TcpLink, fault: HostError | undefined): void {
    this.#finish(fault ?? this.#read(true) ?? new HostError("HTTP_BAD_ANSWER", "the answer ended before it was whole"));
  }

  #finish(outcome: WebAnswer | HostError): void {
    if (this.#isDone) return;
    this.#isDone = true;
    this.#done(outcome);
  }

  /** The answer once it is whole; `undefined` while bytes are missing. */
  #read(isEnded: boolean): WebAnswer | HostError | undefined {
    const text = latin1(this.#received.subarray(0, HEAD_LENGTH_MAX));
    const headLength = text.indexOf("\r\n\r\n") + 4;
    if (headLength < 4) return text.length < HEAD_LENGTH_MAX ? undefined : new HostError("HTTP_BAD_ANSWER", "a head without an end");
    const [statusLine = "", ...lines] = text.slice(0, headLength - 4).split("\r\n");
    const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(statusLine)?.[1]);
    if (Number.isNaN(status)) return new HostError("HTTP_BAD_ANSWER", `an answer that begins ${JSON.stringify(statusLine.slice(0, 20))}`);
    const headers = Object.fromEntries(lines.map((line) => headerOf(line)));
    const body = this.#received.subarray(headLength);
    const stated = headers["content-length"];
    const length = this.#request.method === "HEAD" ? 0 : stated === undefined ? undefined : Number(stated);
    if (Math.max(body.length, length ?? 0) > this.#bodyLengthMax)
      return new HostError("HTTP_BODY_TOO_LONG", `a body of ${body.length} bytes or more`);
    if (length === undefined ? !isEnded : body.length < length) return undefined;
    return { status, headers, body: body.slice(0, length) };
  }
}

function headerOf(line: string): [name: string, value: string] {
  const at = line.indexOf(":");
  return at < 0 ? [line.toLowerCase(), ""] : [line.slice(0, at).toLowerCase(), line.slice(at + 1).trim()];
}
