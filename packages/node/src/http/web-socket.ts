/**
 * The client's end of a WebSocket (RFC 6455): a request over HTTP that is upgraded, and texts both ways from then on.
 *
 * Where it may lead, and whose certificate is believed, is judged as for any other request; redirects are not followed, as in
 * browsers. Pings are answered here. Time is the asker's to keep.
 * @module
 */
import { randomBytes } from "node:crypto";
import { type ClientRequest, type IncomingMessage, request as plainRequest, type RequestOptions } from "node:http";
import type { Duplex } from "node:stream";
import type { Cancel, Dns, UrlSource } from "@bittern/host";
import { canonicalAddress } from "@bittern/protocol/address";
import { HostError, ProtocolError } from "@bittern/protocol/base";
import {
  acceptOf,
  CLOSE_CODE,
  encodeWebSocketClose,
  encodeWebSocketFrame,
  encodeWebSocketText,
  OPCODE,
  type WebSocketMessage,
  WebSocketReader,
} from "@bittern/protocol/websocket";
import type { Interface } from "../net/interface.ts";
import { answerFault, credentialsOf, dialOptions } from "./dial.ts";
import { hostOf, judgeAddresses, parseTarget, type Target } from "./target.ts";

/** Bytes. A mask and a key are drawn for every frame and every request (RFC 6455, 5.3, 4.1). */
const MASK_LENGTH = 4;
const KEY_LENGTH = 16;
/** Pings of a connection that are answered: who pings without end and reads nothing would have our answers pile up. */
const PONGS_MAX = 100;

export interface WebSocketRequest {
  /** ws or wss. */
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly source: UrlSource;
  /** Only addresses of this family are used, `FAMILY_ABSENT` where the name has none; both when absent. */
  readonly family?: 4 | 6;
  /** Bytes of a message that is read. */
  readonly messageLengthMax: number;
}

export type WebSocketEvent =
  /** Texts can be sent. */
  | { readonly type: "open"; readonly address: string }
  | { readonly type: "text"; readonly text: string }
  /** Nothing more comes: whose fault it is. */
  | { readonly type: "end"; readonly fault: HostError | ProtocolError };

export interface WebSocketLink {
  /** Sends a text; nothing happens before it is open, and after its end. */
  send(text: string): void;
  /** Says goodbye and lets go, of what is not open yet too; nothing more is heard. */
  close(): void;
}

interface Means {
  readonly dns: Dns;
  readonly chosen: Interface;
}

export class NodeWebSocket implements WebSocketLink {
  readonly #request: WebSocketRequest;
  readonly #means: Means;
  readonly #reader: WebSocketReader;
  #hear: ((event: WebSocketEvent) => void) | undefined;
  #cancelLookup: Cancel | undefined;
  #underWay: ClientRequest | undefined;
  #socket: Duplex | undefined;
  #pings = 0;

  constructor(request: WebSocketRequest, means: Means, hear: (event: WebSocketEvent) => void) {
    this.#request = request;
    this.#means = means;
    this.#reader = new WebSocketReader({ messageLengthMax: request.messageLengthMax, isServer: false });
    this.#hear = hear;
  }

  open(): void {
    const { url: text, source, family } = this.#request;
    const url = parseTarget(text.replace(/^ws/i, "http"), source, undefined);
    if (url instanceof HostError) return this.#end(url);
    this.#cancelLookup = this.#means.dns.resolve(hostOf(url), (addresses) => {
      this.#cancelLookup = undefined;
      if (addresses instanceof HostError) return this.#end(addresses);
      judgeAddresses(url, addresses, family, source, undefined, (target) => {
        if (target instanceof HostError) this.#end(target);
        else if (this.#hear !== undefined) this.#send(target);
      });
    });
  }

  send(text: string): void {
    if (this.#hear !== undefined) this.#socket?.write(encodeWebSocketText(text, randomBytes(MASK_LENGTH)));
  }

  close(): void {
    this.#letGo(CLOSE_CODE.normal);
  }

  #send(target: Target): void {
    const { url } = target;
    const key = randomBytes(KEY_LENGTH).toString("base64");
    try {
      const options = this.#optionsFor(target, key);
      this.#underWay =
        url.protocol === "https:"
          ? process.getBuiltinModule("node:https").request({ ...options, rejectUnauthorized: true })
          : plainRequest(options);
    } catch (error) {
      return this.#end(answerFault(error as Error, `asking ${url.host}`));
    }
    this.#underWay
      .on("upgrade", (answer, socket, rest) => this.#upgraded(answer, { socket, rest, key, url }))
      .on("response", ({ statusCode }) => this.#end(new ProtocolError("WEBSOCKET_HANDSHAKE", `HTTP status ${statusCode}`)))
      .on("error", (error) => this.#end(answerFault(error, `asking ${url.host}`)))
      .end();
  }

  #optionsFor(target: Target, key: string): RequestOptions {
    const { url } = target;
    return {
      ...dialOptions(target, this.#means.chosen, undefined),
      headers: {
        ...this.#request.headers,
        connection: "Upgrade",
        upgrade: "websocket",
        "sec-websocket-version": "13",
        "sec-websocket-key": key,
      },
      agent: false,
      ...(url.username === "" ? {} : { auth: credentialsOf(url) }),
    };
  }

  #upgraded(
    answer: IncomingMessage,
    { socket, rest, key, url }: { readonly socket: Duplex; readonly rest: Uint8Array; readonly key: string; readonly url: URL },
  ): void {
    socket.on("error", (error) => this.#end(answerFault(error, `reading from ${url.host}`)));
    if (this.#hear === undefined) return void socket.destroy();
    this.#socket = socket;
    const { upgrade = "", "sec-websocket-accept": accept, "sec-websocket-extensions": extensions } = answer.headers;
    // Extensions were not asked for: with one, frames would mean something else.
    if (upgrade.toLowerCase() !== "websocket" || accept !== acceptOf(key) || extensions !== undefined) {
      return this.#end(new ProtocolError("WEBSOCKET_HANDSHAKE", "the server does not speak WebSocket"));
    }
    this.#hear({ type: "open", address: canonicalAddress(answer.socket.remoteAddress?.replace(/%.*$/, "") ?? "") ?? "" });
    socket
      .on("data", (bytes: Uint8Array) => this.#take(bytes))
      .on("close", () => this.#end(new HostError("CONNECTION_RESET", `${url.host} closed the connection without an answer`)));
    if (rest.length > 0) this.#take(rest);
  }

  #take(bytes: Uint8Array): void {
    if (this.#hear === undefined) return;
    try {
      for (const message of this.#reader.push(bytes)) this.#act(message);
    } catch (fault) {
      if (!(fault instanceof ProtocolError)) throw fault;
      this.#end(fault, CLOSE_CODE.wrong);
    }
  }

  #act(message: WebSocketMessage): void {
    switch (message.type) {
      case "text":
        return this.#hear?.({ type: "text", text: message.text });
      case "ping":
        if (++this.#pings > PONGS_MAX) return;
        return void this.#socket?.write(encodeWebSocketFrame(OPCODE.pong, message.bytes, randomBytes(MASK_LENGTH)));
      case "close":
        return this.#end(new HostError("CONNECTION_RESET", `the server ended the WebSocket with code ${message.code ?? "none"}`));
      case "binary":
        return this.#end(new ProtocolError("WEBSOCKET_BINARY", "a message that is no text"), CLOSE_CODE.unsupported);
      case "lent-text":
      case "pong":
    }
  }

  /** Tells of the end, once. */
  #end(fault: HostError | ProtocolError, code: number = CLOSE_CODE.normal): void {
    const hear = this.#hear;
    this.#letGo(code);
    hear?.({ type: "end", fault });
  }

  #letGo(code: number): void {
    if (this.#hear === undefined) return;
    this.#hear = undefined;
    this.#cancelLookup?.();
    if (this.#socket === undefined) {
      this.#underWay?.on("error", () => undefined).destroy();
      return;
    }
    if (this.#socket.writable) this.#socket.end(encodeWebSocketClose(code, randomBytes(MASK_LENGTH)), () => this.#socket?.destroy());
    else this.#socket.destroy();
  }
}
