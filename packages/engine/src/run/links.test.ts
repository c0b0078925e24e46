import type { Store, Tcp, TcpHandler, TcpLink } from "@bittern/host";
import { beforeEach, describe, expect, it } from "vitest";
import type { SessionInput } from "../session/input.ts";
import { Links } from "./links.ts";

const ENDPOINT = { address: "10.0.0.1", port: 6881 };
const KIB = 1024;

/** A link whose other end reads when it is told to. */
class SlowLink implements TcpLink {
  readonly remote = ENDPOINT;
  readonly local = ENDPOINT;
  isClosed = false;
  /** Of short writes. */
  readonly written: number[][] = [];
  readonly #waiting: { readonly byteLength: number; readonly release: (() => void) | undefined }[] = [];

  get unsentLength(): number {
    return this.#waiting.reduce((sum, { byteLength }) => sum + byteLength, 0);
  }
  write(bytes: Uint8Array, release?: () => void): void {
    this.#waiting.push({ byteLength: bytes.length, release });
    if (bytes.length < KIB) this.written.push([...bytes]);
  }
  readAll(): void {
    for (const { release } of this.#waiting.splice(0)) release?.();
  }
  pauseReading(): void {}
  resumeReading(): void {}
  close(): void {
    this.isClosed = true;
  }
}

describe("A link", () => {
  let inputs: SessionInput[];
  let link: SlowLink;
  let handler: TcpHandler;
  let links: Links;

  beforeEach(() => {
    inputs = [];
    link = new SlowLink();
    const tcp: Tcp = {
      listen: () => () => {},
      connect: (_to, _options, theHandler) => {
        handler = theHandler;
        return link;
      },
    };
    links = new Links({
      tcp,
      utp: { connect: () => link },
      storeOf: (): Store | undefined => undefined,
      give: (input) => inputs.push(input),
    });
    links.perform({ type: "connect", link: 1, to: ENDPOINT, transport: "tcp" });
    handler.connected(link);
    inputs.length = 0;
  });

  it("says when an answer has left", () => {
    links.perform({ type: "send-answer", link: 1, bytes: new Uint8Array(16 * KIB) });
    links.flush();
    expect(inputs).toEqual([]);
    link.readAll();
    expect(inputs).toEqual([{ type: "answer-sent", link: 1, byteLength: 16 * KIB }]);
  });

  it("is let go when the other end makes us speak and does not read", () => {
    const sendMessages = (): void => {
      links.perform({ type: "send", link: 1, bytes: new Uint8Array(64 * KIB) });
      links.flush();
    };
    for (let sent = 0; sent < 64; sent++) sendMessages();
    expect([link.isClosed, inputs]).toEqual([false, []]);
    sendMessages();
    expect(link.isClosed).toBe(true);
    expect(inputs).toMatchObject([{ type: "closed", link: 1, fault: { code: "SEND_BUFFER_FULL" } }]);
    // The host's own word comes later and changes nothing.
    handler.closed(link, undefined);
    expect(inputs).toHaveLength(1);
  });

  it("keeps a word that may wait for the next one, and makes one write of both", () => {
    const say = (byte: number, mayWait = false): void => {
      links.perform({ type: "send", link: 1, bytes: Uint8Array.of(byte), mayWait });
      links.flush();
    };
    say(1, true);
    say(2, true);
    expect(link.written).toEqual([]);
    say(3);
    say(4, true);
    links.perform({ type: "send-waiting" });
    links.flush();
    expect(link.written).toEqual([[1, 2, 3], [4]]);
    links.perform({ type: "send-waiting" });
    links.flush();
    expect(link.written).toHaveLength(2);
  });

  it("takes news that may wait in the order it was told, between other words", () => {
    const tell = (byte: number, ...ids: number[]): void => {
      links.perform({ type: "send-news", links: ids, bytes: Uint8Array.of(byte, byte) });
      links.flush();
    };
    tell(1, 1, 99);
    // This one is for others, and what follows it is not.
    tell(2, 99);
    tell(3, 1);
    links.perform({ type: "send", link: 1, bytes: Uint8Array.of(4), mayWait: true });
    tell(5, 1);
    expect(link.written).toEqual([]);
    links.perform({ type: "send", link: 1, bytes: Uint8Array.of(6) });
    links.flush();
    tell(7, 1);
    tell(8, 1);
    links.perform({ type: "send-waiting" });
    links.flush();
    expect(link.written).toEqual([
      [1, 1, 3, 3, 4, 5, 5, 6],
      [7, 7, 8, 8],
    ]);
    // And from the beginning again.
    tell(9, 1);
    handler.drained(link);
    expect(link.written).toHaveLength(3);
  });

  it("keeps little news at a time", () => {
    for (let said = 0; said < 200; said++) links.perform({ type: "send-news", links: [1], bytes: new Uint8Array(999).fill(said) });
    links.perform({ type: "send-waiting" });
    links.flush();
    expect(link.unsentLength).toBe(200 * 999);
  });

  it("may send any amount to who reads", () => {
    for (let sent = 0; sent < 1000; sent++) {
      links.perform({ type: "send", link: 1, bytes: new Uint8Array(64 * KIB) });
      links.flush();
      link.readAll();
    }
    expect(link.isClosed).toBe(false);
  });
});
