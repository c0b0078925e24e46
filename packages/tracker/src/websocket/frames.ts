/**
 * The messages of one turn, framed one behind the other in memory that is used again (RFC 6455, 5.2). Hot.
 * @module
 */
import {
  announcedLengthMax,
  type SignalAnnounce,
  type signalAnnouncedEnd,
  signalOfferLength,
  writeSignalAnnounced,
  writeSignalOffer,
} from "@bittern/protocol/tracker";
import { WEB_SOCKET_HEAD_MAX, writeWebSocketHead } from "@bittern/protocol/websocket";
import type { LinkId } from "../input.ts";
import type { TrackerOutput } from "../output.ts";

/** Bytes of what is written in one turn, but for long turns. */
const BUFFER_LENGTH = 64 * 1024;
/** Bytes of UTF-8 for each unit of a string, at most. */
const UTF8_MAX = 3;

const encoder = new TextEncoder();

export class Frames {
  #memory = new ArrayBuffer(BUFFER_LENGTH);
  #buffer = new Uint8Array(this.#memory);
  #at = 0;

  text(link: LinkId, text: string, out: TrackerOutput[]): void {
    const at = this.#room(UTF8_MAX * text.length, out);
    this.#send(link, at, at + encoder.encodeInto(text, this.#buffer.subarray(at)).written, out);
  }

  announced(
    link: LinkId,
    head: Uint8Array,
    said: Parameters<typeof writeSignalAnnounced>[1],
    end: ReturnType<typeof signalAnnouncedEnd>,
    out: TrackerOutput[],
  ): void {
    const at = this.#room(announcedLengthMax(head, end), out);
    this.#send(link, at, writeSignalAnnounced(head, said, end, this.#buffer, at), out);
  }

  /** Passes on an offer of an announce, with the end that says whose it is. */
  offer(link: LinkId, announce: SignalAnnounce, index: number, end: Uint8Array, out: TrackerOutput[]): void {
    const at = this.#room(signalOfferLength(announce, index, end), out);
    this.#send(link, at, writeSignalOffer(announce, index, end, this.#buffer, at), out);
  }

  /** Room for a payload; returns where it begins. */
  #room(lengthMax: number, out: readonly TrackerOutput[]): number {
    // Nobody is lent anything any more.
    if (out.length === 0) this.#at = 0;
    const length = WEB_SOCKET_HEAD_MAX + lengthMax;
    if (this.#at + length > this.#buffer.length) {
      this.#memory = new ArrayBuffer(Math.max(BUFFER_LENGTH, length));
      this.#buffer = new Uint8Array(this.#memory);
      this.#at = 0;
    }
    return this.#at + WEB_SOCKET_HEAD_MAX;
  }

  #send(link: LinkId, from: number, to: number, out: TrackerOutput[]): void {
    const start = writeWebSocketHead(this.#buffer, from, to - from);
    out.push({ type: "send-gathered", link, bytes: new Uint8Array(this.#memory, start, to - start) });
    this.#at = to;
  }
}
