/**
 * One bucket of a routing table: up to eight nodes whose ids begin alike, and as many that wait for a place (BEP 5).
 * @module
 */
import { equalBytes, type Millis } from "../base/index.ts";
import type { NodeContact } from "./contact.ts";
import { neighbourhoodOf } from "./place.ts";

/** K of Kademlia. */
export const BUCKET_SIZE: number = 8;
/** Nodes of one neighbourhood in a bucket: whoever has a network of addresses must not have a bucket. */
const NEIGHBOURS_MAX = 2;
/** A node that was heard of within so long is good (BEP 5). */
const GOOD_MILLIS: Millis = 15 * 60_000;
/** Questions in a row that a node may leave unanswered. */
const FAILURES_MAX = 2;

export interface BucketNode extends NodeContact {
  /** Its id follows from its address (BEP 42). */
  readonly isLawful: boolean;
  /** It answered us last. */
  respondedAt: Millis;
  /** It asked us last. */
  queriedAt: Millis | undefined;
  /** Questions unanswered in a row. */
  failures: number;
  /** A question that tells whether it is still there is on its way. */
  isChecked: boolean;
}

export function isGood(node: BucketNode, now: Millis): boolean {
  if (node.failures > 0) return false;
  return now - node.respondedAt < GOOD_MILLIS || (node.queriedAt !== undefined && now - node.queriedAt < GOOD_MILLIS);
}

export function isBad({ failures }: BucketNode): boolean {
  return failures >= FAILURES_MAX;
}

export class Bucket {
  readonly nodes: BucketNode[] = [];
  /** Who would take a place, the latest last. */
  readonly spares: BucketNode[] = [];
  /** A node answered, came or went. */
  changedAt: Millis;

  constructor(now: Millis) {
    this.changedAt = now;
  }

  get isFull(): boolean {
    return this.nodes.length >= BUCKET_SIZE;
  }

  find(id: Uint8Array): BucketNode | undefined {
    return this.nodes.find((node) => equalBytes(node.id, id));
  }

  /** Whether there are as many nodes of its neighbourhood as may be, `leaving` not counted. */
  isCrowdedFor({ endpoint }: NodeContact, leaving?: BucketNode): boolean {
    const neighbourhood = neighbourhoodOf(endpoint);
    if (neighbourhood === undefined) return false;
    const isNeighbour = (node: BucketNode): boolean => node !== leaving && neighbourhoodOf(node.endpoint) === neighbourhood;
    return this.nodes.filter(isNeighbour).length >= NEIGHBOURS_MAX;
  }

  keepSpare(node: BucketNode): void {
    const known = this.spares.findIndex((spare) => equalBytes(spare.id, node.id));
    if (known >= 0) this.spares.splice(known, 1);
    this.spares.push(node);
    if (this.spares.length > BUCKET_SIZE) this.spares.shift();
  }

  /** The latest spare that may take the place of `leaving`; it is a spare no longer. */
  takeSpare(leaving: BucketNode): BucketNode | undefined {
    for (let at = this.spares.length - 1; at >= 0; at--) {
      const spare = this.spares[at] as BucketNode;
      if (this.isCrowdedFor(spare, leaving)) continue;
      this.spares.splice(at, 1);
      return spare;
    }
    return undefined;
  }

  /** Of those that are not good, and are not being asked, the one heard of longest ago. */
  questionable(now: Millis): BucketNode | undefined {
    let oldest: BucketNode | undefined;
    for (const node of this.nodes) {
      if (isGood(node, now) || node.isChecked) continue;
      if (oldest === undefined || node.respondedAt < oldest.respondedAt) oldest = node;
    }
    return oldest;
  }
}
