/**
 * How the virtual network behaves where real ones differ.
 * @module
 */

export interface NetworkSettings {
  /** Bytes the sender's system takes before `unsentLength` counts them. */
  readonly sendBufferLength: number;
  /** Bytes under way or unread, per stream, before the sender must wait. */
  readonly windowLength: number;
  /** Bytes that may be under way on a stream that has just begun, or was silent for long; `Infinity` for no slow start. */
  readonly initialWindowLength: number;
  /** Bytes of a segment: what one stream sends before another has its turn. */
  readonly quantum: number;
  /** "whole": segments end where writes ended when they can. "random": anywhere, down to a single byte. */
  readonly segmentation: "whole" | "random";
  /** Spoils the bytes of a read once the handler has returned, so that whoever keeps the view is found out. */
  readonly poisonsReads: boolean;
  /** Each segment is late by up to this much; streams stay in order. */
  readonly jitterMillis: number;
}

/** A block of 16 KiB with the 13 bytes of its message is one segment. */
export const NETWORK_DEFAULTS: NetworkSettings = {
  sendBufferLength: 128 * 1024,
  windowLength: 1024 * 1024,
  initialWindowLength: Number.POSITIVE_INFINITY,
  quantum: 16 * 1024 + 13,
  segmentation: "whole",
  poisonsReads: true,
  jitterMillis: 0,
};

/** Bytes of a first window of TCP: ten segments of Ethernet (RFC 6928). */
export const TCP_WINDOW_LENGTH: number = 10 * 1448;
