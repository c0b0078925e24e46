/**
 * Peers of one torrent and family that lie one after the other, in a block or on a page of it.
 * @module
 */
import { type Area, copyBytes } from "./area.ts";
import { type Kept, PEER_ID_LENGTH, type Sections } from "./block-layout.ts";

/** Where peers lie from a position on. */
export interface Stretch {
  readonly area: Area;
  /** Bytes of the area before its sections. */
  readonly base: number;
  readonly sections: Sections;
  /** Of the first peer in each section. */
  readonly place: number;
}

/** Copies `count` peers and all that is kept of them. */
export function copyPeers(from: Stretch, to: Stretch, count: number, endpointLength: number, { keepsIds, keepsReach }: Kept): void {
  copySection("endpointsAt", endpointLength);
  copySection("seenAt", 2);
  if (keepsIds) {
    copySection("keysAt", 4);
    copySection("idsAt", PEER_ID_LENGTH);
  }
  if (keepsReach) copySection("reachAt", 1);

  function copySection(section: keyof Sections, width: number): void {
    const source = from.base + from.sections[section] + from.place * width;
    const target = to.base + to.sections[section] + to.place * width;
    copyBytes(from.area.bytes, source, to.area.bytes, target, count * width);
  }
}
