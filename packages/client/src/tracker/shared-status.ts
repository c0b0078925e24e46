/**
 * How the sharing of swarms does, for whoever watches. Apart from the store itself, whose library need not be there.
 * @module
 */

export interface SharedStatus {
  readonly state: "off" | "connecting" | "up" | "away";
  /** Messages. */
  readonly sent: number;
  readonly received: number;
  /** Bytes that wait for the store. */
  readonly waitingLength: number;
}

export const SHARED_OFF: SharedStatus = { state: "off", sent: 0, received: 0, waitingLength: 0 };
