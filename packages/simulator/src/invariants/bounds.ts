/**
 * Laws about numbers: open requests, links and half-open dials stay under their bounds.
 * @module
 */
import type { SimulatedHost } from "../host.ts";
import type { Side } from "./conversation.ts";
import type { Breach } from "./data.ts";

export interface Bounds {
  /** Requests one side has open at the other. */
  readonly requestsMax: number;
  /** Links of one node. */
  readonly linksMax: number;
  /** Dials under way of one node. */
  readonly halfOpenMax: number;
}

/** The defaults of docs/limits.md. */
export const BOUNDS: Bounds = { requestsMax: 500, linksMax: 600, halfOpenMax: 100 };

/** Judges what a side has open. */
export function judgeRequests(side: Side, bounds: Bounds): Breach | undefined {
  return side.open.size > bounds.requestsMax ? ["S8", `${side.open.size} requests are open at one peer`] : undefined;
}

/** Judges the links of a node. */
export function judgeLinks(host: SimulatedHost, bounds: Bounds): Breach | undefined {
  const { links } = host.tcp;
  if (links.size > bounds.linksMax) return ["S8", `${links.size} links at one time`];
  let halfOpen = 0;
  for (const link of links) if (link.isOpening) halfOpen++;
  return halfOpen > bounds.halfOpenMax ? ["S8", `${halfOpen} dials under way`] : undefined;
}
