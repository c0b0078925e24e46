/**
 * Numbers of packets: 16 bits that begin anew after 65,535 (BEP 29).
 * @module
 */

/** A packet's place in its direction, 0 to 65,535. */
export type Sequence = number;

export function advance(from: Sequence, by: number): Sequence {
  return (from + by) & 0xffff;
}

/** How far `to` lies after `from`, -32,768 to 32,767; negative when it lies before. */
export function distance(from: Sequence, to: Sequence): number {
  return ((to - from + 0x8000) & 0xffff) - 0x8000;
}
