/**
 * The nodes we know: many near to our own id, few far away (BEP 5).
 *
 *     bucket 0: ids that share no bit with ours │ bucket 1: one bit │ … │ the last one: all that share more, and it alone is split
 *
 * Only who answered a question of ours comes in, and only one node a place. A full bucket keeps whom it has: those that were not
 * heard of for long are asked whether they are still there, and make room when they do not answer twice. Nodes whose id follows
 * from their address (BEP 42) come before others.
 * @module
 */
import { type AddressFamily, type Endpoint, familyOf, formatEndpoint } from "../address/index.ts";
import { assert, equalBytes, type Millis, type Random } from "../base/index.ts";
import { Bucket, type BucketNode, isBad, isGood } from "./bucket.ts";
import { type NodeContact } from "./contact.ts";
import { compareDistance, idNear, isNodeIdOf, NODE_ID_LENGTH, sharedPrefixLength } from "./node-id.ts";
import { placeOf } from "./place.ts";

/** A bucket without news is looked after (BEP 5). */
const REFRESH_MILLIS: Millis = 15 * 60_000;

export class RoutingTable {
  readonly family: AddressFamily;
  /** Ours. */
  readonly id: Uint8Array;
  readonly #buckets: Bucket[];
  readonly #byPlace = new Map<string, BucketNode>();

  constructor(family: AddressFamily, id: Uint8Array, now: Millis) {
    this.family = family;
    this.id = id;
    this.#buckets = [new Bucket(now)];
  }

  get bucketCount(): number {
    return this.#buckets.length;
  }

  /** Nodes that have not failed us. */
  get size(): number {
    let count = 0;
    for (const node of this.#byPlace.values()) if (!isBad(node)) count++;
    return count;
  }

  goodCount(now: Millis): number {
    let count = 0;
    for (const node of this.#byPlace.values()) if (isGood(node, now)) count++;
    return count;
  }

  /** Whether a node of this table is there: it has answered from there, so nobody made the address up. */
  has(endpoint: Endpoint): boolean {
    return this.#at(endpoint) !== undefined;
  }

  /** Whether a node that asked us should be asked: it is new, and there would be room for it. */
  wants({ id, endpoint }: NodeContact): boolean {
    if (equalBytes(id, this.id) || this.#byPlace.has(placeOf(endpoint))) return false;
    const bucket = this.#bucketOf(id);
    return (!bucket.isFull || this.#isLast(bucket) || bucket.nodes.some(isBad)) && !bucket.isCrowdedFor({ id, endpoint });
  }

  /** A known node asked us something. */
  queried({ id, endpoint }: NodeContact, now: Millis): void {
    const node = this.#at(endpoint);
    if (node !== undefined && equalBytes(node.id, id)) node.queriedAt = now;
  }

  /** A node answered. Returns a node of its bucket to ask whether it is still there, because the other one would like its place. */
  responded(contact: NodeContact, now: Millis): NodeContact | undefined {
    const { id, endpoint } = contact;
    if (equalBytes(id, this.id) || familyOf(endpoint) !== this.family) return undefined;
    const bucket = this.#bucketOf(id);
    const same = this.#at(endpoint);
    if (same !== undefined && equalBytes(same.id, id)) {
      same.respondedAt = now;
      same.failures = 0;
      same.isChecked = false;
      bucket.changedAt = now;
      return undefined;
    }
    // Who is there under another name has changed it: two ids at one place is what sybils have.
    if (same !== undefined) this.#remove(same);
    for (const rival of [this.#byPlace.get(placeOf(endpoint)), bucket.find(id)]) {
      if (rival === undefined) continue;
      if (!isBad(rival)) return undefined;
      this.#remove(rival);
    }
    const isLawful = isNodeIdOf(id, endpoint.address);
    return this.#insert({ id, endpoint, isLawful, respondedAt: now, queriedAt: undefined, failures: 0, isChecked: false }, now);
  }

  /** A node left a question unanswered. Without a successor it stays where it is: perhaps it is our network that is gone. */
  failed(endpoint: Endpoint, now: Millis): void {
    const node = this.#at(endpoint);
    if (node === undefined) return;
    node.failures++;
    node.isChecked = false;
    if (!isBad(node)) return;
    const bucket = this.#bucketOf(node.id);
    const spare = bucket.takeSpare(node);
    if (spare === undefined || this.#byPlace.has(placeOf(spare.endpoint))) return;
    this.#remove(node);
    this.#put(bucket, spare, now);
  }

  /** The nodes nearest to `target`, the nearest first; those that failed us are left out. */
  closest(target: Uint8Array, count: number): NodeContact[] {
    return this.#nearest(target, count, (node) => !isBad(node));
  }

  /** As `closest`, for others: of good nodes only. */
  closestGood(target: Uint8Array, count: number, now: Millis): NodeContact[] {
    return this.#nearest(target, count, (node) => isGood(node, now));
  }

  #nearest(target: Uint8Array, count: number, isWanted: (node: BucketNode) => boolean): NodeContact[] {
    const nodes = [...this.#byPlace.values()].filter(isWanted);
    return nodes.sort((left, right) => compareDistance(target, left.id, right.id)).slice(0, count);
  }

  /** A place in the longest silent bucket that nobody looked after for fifteen minutes; it counts as looked after from now on. */
  targetToRefresh(now: Millis, random: Random): Uint8Array | undefined {
    for (const [at, bucket] of this.#buckets.entries()) {
      if (now - bucket.changedAt < REFRESH_MILLIS) continue;
      bucket.changedAt = now;
      return idNear(this.id, at, !this.#isLast(bucket), random);
    }
    return undefined;
  }

  /** Every node, those that were heard of last first. */
  contacts(): NodeContact[] {
    return [...this.#byPlace.values()].sort((left, right) => right.respondedAt - left.respondedAt);
  }

  #at(endpoint: Endpoint): BucketNode | undefined {
    const node = this.#byPlace.get(placeOf(endpoint));
    return node?.endpoint.port === endpoint.port ? node : undefined;
  }

  #bucketOf(id: Uint8Array): Bucket {
    return this.#buckets[Math.min(sharedPrefixLength(this.id, id), this.#buckets.length - 1)] as Bucket;
  }

  #isLast(bucket: Bucket): boolean {
    return bucket === this.#buckets[this.#buckets.length - 1];
  }

  #insert(node: BucketNode, now: Millis): NodeContact | undefined {
    let bucket = this.#bucketOf(node.id);
    while (bucket.isFull && this.#isLast(bucket) && this.#buckets.length < 8 * NODE_ID_LENGTH) {
      this.#split(bucket, now);
      bucket = this.#bucketOf(node.id);
    }
    const leaving = bucket.isFull ? (bucket.nodes.find(isBad) ?? outlawFor(node, bucket)) : undefined;
    if (bucket.isCrowdedFor(node, leaving)) return undefined;
    if (leaving !== undefined) this.#remove(leaving);
    if (!bucket.isFull) {
      this.#put(bucket, node, now);
      return undefined;
    }
    bucket.keepSpare(node);
    const questionable = bucket.questionable(now);
    if (questionable !== undefined) questionable.isChecked = true;
    return questionable;
  }

  #split(bucket: Bucket, now: Millis): void {
    const next = new Bucket(now);
    this.#buckets.push(next);
    for (const list of ["nodes", "spares"] as const) {
      const all = bucket[list].splice(0);
      for (const node of all) (this.#bucketOf(node.id) === next ? next : bucket)[list].push(node);
    }
  }

  #put(bucket: Bucket, node: BucketNode, now: Millis): void {
    bucket.nodes.push(node);
    bucket.changedAt = now;
    this.#byPlace.set(placeOf(node.endpoint), node);
  }

  #remove(node: BucketNode): void {
    const { nodes } = this.#bucketOf(node.id);
    nodes.splice(nodes.indexOf(node), 1);
    this.#byPlace.delete(placeOf(node.endpoint));
  }

  /** Throws when the inner law is broken. */
  check(): void {
    let count = 0;
    for (const [at, bucket] of this.#buckets.entries()) {
      assert(bucket.nodes.length <= 8 && bucket.spares.length <= 8, "a bucket holds eight nodes and eight spares");
      for (const node of bucket.nodes) {
        assert(this.#byPlace.get(placeOf(node.endpoint)) === node, `${formatEndpoint(node.endpoint)} is found by its place`);
        assert(this.#bucketOf(node.id) === bucket && !equalBytes(node.id, this.id), `bucket ${at} holds its own`);
        count++;
      }
    }
    assert(count === this.#byPlace.size, "every node stands in a bucket");
  }
}

/** Somebody whose id does not follow from its address makes room for somebody whose id does. */
function outlawFor({ isLawful }: BucketNode, { nodes }: Bucket): BucketNode | undefined {
  return isLawful ? nodes.find((node) => !node.isLawful) : undefined;
}
