/**
 * One walk towards a target (Kademlia, BEP 5): ask the nearest nodes we know for nearer ones, until the nearest have all answered.
 *
 * Everything that is asked was named by strangers: at most a hundred candidates, one node a place, two a neighbourhood. Nodes whose
 * id does not follow from their address (BEP 42) are asked, too, but do not end the walk: eight lawful ones have to answer.
 * @module
 */
import { type AddressFamily, type Endpoint, familyOf } from "../address/index.ts";
import { equalBytes } from "../base/index.ts";
import { BUCKET_SIZE } from "./bucket.ts";
import { type NodeContact } from "./contact.ts";
import { compareDistance, isNodeIdOf } from "./node-id.ts";
import { mayName, neighbourhoodOf, placeOf } from "./place.ts";

/** Questions on their way at once; a slow one does not count. */
const ALPHA = 4;
/** Questions on their way at once, slow ones counted. */
const ASKED_MAX = 16;
const CANDIDATES_MAX = 100;
const NEIGHBOURS_MAX = 2;

export interface LookupCandidate extends NodeContact {
  readonly isLawful: boolean;
  state: "fresh" | "asked" | "slow" | "answered" | "failed";
  /** What the node wants to be shown when something is announced to it. */
  token: Uint8Array | undefined;
}

export class Lookup {
  readonly target: Uint8Array;
  readonly family: AddressFamily;
  readonly #ownId: Uint8Array;
  /** The nearest first. */
  readonly #candidates: LookupCandidate[] = [];
  readonly #places = new Set<string>();
  readonly #neighbours = new Map<string, number>();
  #askedCount = 0;
  #slowCount = 0;
  #answeredCount = 0;
  /** Places of nodes of unknown id that were asked: they lead somewhere, and are not near to anything. */
  readonly #guides = new Set<string>();

  constructor(target: Uint8Array, family: AddressFamily, ownId: Uint8Array) {
    this.target = target;
    this.family = family;
    this.#ownId = ownId;
  }

  /** Nodes that answered. */
  get answeredCount(): number {
    return this.#answeredCount;
  }

  /** A node that may be asked. `from`: who named it, where that was not our own table. */
  add(contact: NodeContact, from?: Endpoint): void {
    const { id, endpoint } = contact;
    if (familyOf(endpoint) !== this.family || equalBytes(id, this.#ownId)) return;
    if (from !== undefined && !mayName(from, endpoint)) return;
    const place = placeOf(endpoint);
    const neighbourhood = neighbourhoodOf(endpoint);
    const neighbours = neighbourhood === undefined ? 0 : (this.#neighbours.get(neighbourhood) ?? 0);
    if (this.#places.has(place) || neighbours >= NEIGHBOURS_MAX) return;
    const at = this.#candidates.findIndex((other) => compareDistance(this.target, id, other.id) < 0);
    if (at < 0 && this.#candidates.length >= CANDIDATES_MAX) return;
    this.#places.add(place);
    if (neighbourhood !== undefined) this.#neighbours.set(neighbourhood, neighbours + 1);
    const candidate: LookupCandidate = { id, endpoint, isLawful: isNodeIdOf(id, endpoint.address), state: "fresh", token: undefined };
    this.#candidates.splice(at < 0 ? this.#candidates.length : at, 0, candidate);
    if (this.#candidates.length > CANDIDATES_MAX) this.#forgetFarthest();
  }

  /** Whoever was asked stays: its answer is on the way. */
  #forgetFarthest(): void {
    for (let at = this.#candidates.length - 1; at >= 0; at--) {
      if (this.#candidates[at]?.state !== "fresh") continue;
      this.#candidates.splice(at, 1);
      return;
    }
  }

  /** The next node to ask, which counts as asked from now on; `undefined` while enough questions are on their way. */
  next(): LookupCandidate | undefined {
    if (this.#askedCount >= ALPHA || this.#askedCount + this.#slowCount >= ASKED_MAX) return undefined;
    const candidate = this.#nearest().find(({ state }) => state === "fresh");
    if (candidate === undefined) return undefined;
    candidate.state = "asked";
    this.#askedCount++;
    return candidate;
  }

  /** Nothing more is to be asked, and the nearest have answered. */
  get isOver(): boolean {
    return this.#guides.size === 0 && this.#nearest().every(({ state }) => state === "answered");
  }

  /** The eight nearest lawful nodes that may still answer, and as many of the others that are as near. */
  #nearest(): LookupCandidate[] {
    const nearest: LookupCandidate[] = [];
    let lawful = 0;
    let others = 0;
    for (const candidate of this.#candidates) {
      if (candidate.state === "failed" || candidate.state === "slow") continue;
      if (candidate.isLawful ? ++lawful <= BUCKET_SIZE : ++others <= BUCKET_SIZE) nearest.push(candidate);
      if (lawful >= BUCKET_SIZE) break;
    }
    return nearest;
  }

  guideAsked(guide: Endpoint): void {
    this.#guides.add(placeOf(guide));
  }
  /** It answered, or nobody waits for it any longer. */
  guideEnded(guide: Endpoint): void {
    this.#guides.delete(placeOf(guide));
  }

  slow(candidate: LookupCandidate): void {
    this.#enter(candidate, "slow");
  }
  failed(candidate: LookupCandidate): void {
    this.#enter(candidate, "failed");
  }
  answered(candidate: LookupCandidate, token: Uint8Array | undefined): void {
    this.#enter(candidate, "answered");
    candidate.token = token;
    this.#answeredCount++;
  }

  #enter(candidate: LookupCandidate, state: "slow" | "failed" | "answered"): void {
    if (candidate.state === "asked") this.#askedCount--;
    if (candidate.state === "slow") this.#slowCount--;
    if (state === "slow") this.#slowCount++;
    candidate.state = state;
  }

  /** Where an announce goes: the nearest that answered and gave a token. */
  hosts(): LookupCandidate[] {
    return this.#nearest().filter(({ state, token }) => state === "answered" && token !== undefined);
  }
}
