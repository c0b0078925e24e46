/**
 * A WebTorrent peer as a tracker sees it: a WebSocket, and messages over it.
 * @module
 */
import { request } from "node:http";
import type { Socket } from "node:net";
import { encodeWebSocketText, WebSocketReader } from "@bittern/protocol/websocket";

type Signal = Readonly<Record<string, unknown>>;

const MASK = Uint8Array.of(1, 2, 3, 4);
const DESCRIPTION = { type: "offer", sdp: "v=0" };

export class WebSocketPeer {
  readonly peerId: string;
  /** What others said to it through the tracker. */
  readonly offers: Signal[] = [];
  readonly answers: Signal[] = [];
  readonly #socket: Socket;
  readonly #infoHash: string;

  /** Connects to a tracker; `infoHash` in 40 hex digits. */
  static async open(url: URL, name: string, infoHash: string): Promise<WebSocketPeer> {
    const headers = {
      Connection: "Upgrade",
      Upgrade: "websocket",
      "Sec-WebSocket-Version": "13",
      "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    };
    const socket = await new Promise<Socket>((resolve, reject) => {
      request(url, { headers, agent: false })
        .on("upgrade", (_answer, upgraded) => resolve(upgraded as Socket))
        .on("response", ({ statusCode }) => reject(new Error(`the tracker says ${statusCode}`)))
        .on("error", reject)
        .end();
    });
    return new WebSocketPeer(socket, name, infoHash);
  }

  private constructor(socket: Socket, name: string, infoHash: string) {
    this.#socket = socket;
    this.peerId = name.padEnd(20, "-");
    this.#infoHash = Buffer.from(infoHash, "hex").toString("latin1");
    const reader = new WebSocketReader({ messageLengthMax: 1_000_000, isServer: false });
    socket.on("error", () => undefined);
    socket.on("data", (bytes) => {
      for (const message of reader.push(bytes)) if (message.type === "text") this.#hear(JSON.parse(message.text) as Signal);
    });
  }

  /** Announces, with so many offers. */
  announce(offers = 0): void {
    const made = Array.from({ length: offers }, (_, at) => ({ offer_id: `${at}`.padEnd(20, "o"), offer: DESCRIPTION }));
    this.#say({ left: 5, numwant: offers, offers: made });
  }

  /** Answers an offer. */
  answer(offer: Signal): void {
    this.#say({ to_peer_id: offer["peer_id"], offer_id: offer["offer_id"], answer: { ...DESCRIPTION, type: "answer" } });
  }

  close(): void {
    this.#socket.destroy();
  }

  #say(more: Signal): void {
    const message = { action: "announce", info_hash: this.#infoHash, peer_id: this.peerId, ...more };
    this.#socket.write(encodeWebSocketText(JSON.stringify(message), MASK));
  }

  #hear(message: Signal): void {
    if ("offer" in message) this.offers.push(message);
    if ("answer" in message) this.answers.push(message);
  }
}
