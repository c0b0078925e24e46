/**
 * A node of the DHT as one machine (BEPs 5, 32, 42, 43): it keeps tables of others, answers them, finds the peers of torrents and
 * announces us as one of them.
 *
 *     datagram ──► flood guard ──► query ──► responder ──► answer
 *                            └──► response ──► the question it answers ──► walk, table, search
 * @module
 */
import { type AddressFamily, addressScope, type Endpoint, familyOf } from "../address/index.ts";
import { equalBytes, type Machine, type Millis, NO_BYTES, type Random, type Rate, unreachable } from "../base/index.ts";
import type { DhtInput, DhtMemory, DhtOutput, DhtSnapshot } from "./input.ts";
import type { Lookup, LookupCandidate } from "./lookup.ts";
import { decodeKrpc, encodeQuery, type KrpcQuery, type KrpcQuestion, type KrpcResponse } from "./message.ts";
import { Network } from "./network.ts";
import { isNodeIdOf, nodeIdFor, randomNodeId } from "./node-id.ts";
import { ANSWER_RATE_MAX, Responder } from "./responder.ts";
import { type Search, Searches } from "./searches.ts";
import { type Transaction, Transactions } from "./transactions.ts";

/** Time between two looks at buckets and the store. */
const MAINTENANCE_MILLIS: Millis = 60_000;
/** Peers of one family that we know from announces to ourselves, told of in one search. */
const STORED_TOLD_MAX = 50;
/** Nodes that came to us and are asked whether they are there, at once. */
const CHECKS_MAX = 32;

export interface DhtMachineOptions {
  /** Secret: tokens and transaction ids are made of it. */
  readonly random: Random;
  /** Ours, four bytes (BEP 20 and a version). */
  readonly version?: Uint8Array;
  /** Answers nobody and is in nobody's table (BEP 43). */
  readonly isReadOnly?: boolean;
  readonly memory?: DhtMemory;
  /** Bytes a second of answers. */
  readonly answerRateMax?: Rate;
}

type Purpose =
  /** `candidate`: undefined for a node whose id nobody knows. */
  | { readonly type: "walk"; readonly walk: Lookup; readonly candidate: LookupCandidate | undefined; readonly search: Search | undefined }
  | { readonly type: "announce"; readonly search: Search }
  | { readonly type: "check" }
  | { readonly type: "ping"; readonly ping: number };

export class DhtMachine implements Machine<DhtInput, DhtOutput> {
  readonly #random: Random;
  readonly #version: Uint8Array;
  readonly #isReadOnly: boolean;
  readonly #memory: DhtMemory;
  readonly #networks = new Map<AddressFamily, Network>();
  readonly #responder: Responder;
  readonly #transactions: Transactions<Purpose>;
  readonly #searches: Searches;
  readonly #ourAddresses = new Map<AddressFamily, string>();
  #maintainAt: Millis | undefined;
  #checkCount = 0;
  #received = { datagrams: 0, bytes: 0 };
  #sent = { datagrams: 0, bytes: 0 };
  #out: DhtOutput[] = [];

  constructor(options: DhtMachineOptions) {
    const { random, version = NO_BYTES, isReadOnly = false, memory, answerRateMax = ANSWER_RATE_MAX } = options;
    this.#random = random;
    this.#version = version;
    this.#isReadOnly = isReadOnly;
    this.#memory = memory ?? { ids: {}, contacts: [] };
    this.#transactions = new Transactions(random);
    this.#responder = new Responder({ random, version, answerRateMax, tableOf: (family) => this.#networks.get(family)?.table });
    this.#searches = new Searches({
      isAlone: () => this.#ready.length === 0,
      walks: (infoHash) => this.#ready.map((network) => network.lookup(infoHash)),
      askOn: (walk, search, now) => this.#askOn(walk, { method: "get_peers", infoHash: search.infoHash }, search, now),
      announce: (search, to, token, now) => this.#announce(search, to, token, now),
      stored: (infoHash, family, now) => this.#responder.store.peersOf(infoHash, family, STORED_TOLD_MAX, now, random),
    });
  }

  handle(input: DhtInput, now: Millis): readonly DhtOutput[] {
    const out: DhtOutput[] = [];
    this.#out = out;
    this.#route(input, now);
    this.#step(now);
    return out;
  }

  #route(input: DhtInput, now: Millis): void {
    switch (input.type) {
      case "tick":
        return this.#tick(now);
      case "online":
        return this.#goOnline(input.family, now);
      case "offline":
        this.#networks.delete(input.family);
        return;
      case "datagram":
        return this.#receive(input.bytes, input.from, now);
      case "routers":
        for (const network of this.#networks.values()) network.learnRouters(input.endpoints, now);
        return;
      case "hints":
        return this.#hear(input.endpoints, now);
      case "search":
        return this.#searches.want(input, now, this.#out);
      case "forget":
        return this.#searches.forget(input.search);
      case "ping":
        if (!this.#ask({ method: "ping" }, input.to, { type: "ping", ping: input.ping }, now))
          this.#out.push({ type: "pinged", ping: input.ping, answer: undefined });
        return;
      case "seen-at":
        return this.#seenAt(input.address, now);
      default:
        return unreachable(input);
    }
  }

  get deadline(): Millis | undefined {
    let first = this.#networks.size === 0 ? undefined : this.#maintainAt;
    const earlier = (at: Millis | undefined): void => {
      if (at !== undefined && (first === undefined || at < first)) first = at;
    };
    earlier(this.#transactions.deadline);
    for (const network of this.#networks.values()) earlier(network.retryAt);
    earlier(this.#searches.deadline);
    return first;
  }

  // ---- being there

  #goOnline(family: AddressFamily, now: Millis): void {
    if (this.#networks.has(family)) return;
    const address = this.#ourAddresses.get(family);
    const remembered = this.#memory.ids[family];
    const isLawful = remembered !== undefined && (address === undefined || isNodeIdOf(remembered, address));
    const id = isLawful ? remembered : address === undefined ? randomNodeId(this.#random) : nodeIdFor(address, this.#random);
    this.#networks.set(family, new Network(family, id, this.#memory.contacts, now));
    this.#maintainAt ??= now + MAINTENANCE_MILLIS;
  }

  #hear(endpoints: readonly Endpoint[], now: Millis): void {
    for (const endpoint of endpoints) {
      const network = this.#networks.get(familyOf(endpoint));
      const isDenied = ["denied", "link-local"].includes(addressScope(endpoint.address)) || endpoint.port < 1;
      if (network === undefined || isDenied || network.learnHints([endpoint], now)) continue;
      if (!network.table.has(endpoint)) this.#check(endpoint, now);
    }
  }

  /** Only who sits on the internet can know our address there, and only there does an id have to follow from it. */
  #seenAt(address: string, now: Millis): void {
    if (addressScope(address) !== "global") return;
    const family = familyOf({ address, port: 0 });
    this.#ourAddresses.set(family, address);
    const network = this.#networks.get(family);
    if (network !== undefined && !isNodeIdOf(network.table.id, address)) network.moveTo(nodeIdFor(address, this.#random), now);
  }

  // ---- what comes in

  #receive(bytes: Uint8Array, from: Endpoint, now: Millis): void {
    this.#received.datagrams++;
    this.#received.bytes += bytes.length;
    const network = this.#networks.get(familyOf(from));
    if (network === undefined || from.port === 0 || this.#responder.guard.isBlocked(from, now)) return;
    const message = decodeKrpc(bytes);
    if (message.type === "response" || message.type === "error") {
      const asked = this.#transactions.take(message.transaction, from);
      if (asked === undefined) this.#responder.guard.admits(from, now);
      else if (message.type === "response") this.#answered(network, asked, message, now);
      else this.#gaveNothing(asked);
      return;
    }
    if (!this.#responder.guard.admits(from, now) || this.#isReadOnly) return;
    if (message.type === "query") return this.#queried(network, message, from, bytes.length, now);
    if (message.complaint !== undefined) this.#send(this.#responder.complain(message.complaint, from, now), from);
  }

  #queried(network: Network, query: KrpcQuery, from: Endpoint, questionLength: number, now: Millis): void {
    this.#send(this.#responder.answer(query, from, questionLength, now), from);
    const contact = { id: query.id, endpoint: from };
    network.table.queried(contact, now);
    // Its address may be made up: it comes into the table when it answers.
    if (!query.isReadOnly && network.table.wants(contact) && !network.isRouter(from)) this.#check(from, now);
  }

  #answered(network: Network, { purpose, to, sentAt }: Transaction<Purpose>, response: KrpcResponse, now: Millis): void {
    const { ourEndpoint } = response;
    if (ourEndpoint !== undefined) this.#out.push({ type: "voice", from: to.address, ours: ourEndpoint.address });
    if (purpose.type === "check") this.#checkCount--;
    const wasEmpty = network.table.size === 0;
    if (!network.isRouter(to)) {
      const rival = network.table.responded({ id: response.id, endpoint: to }, now);
      if (rival !== undefined) this.#check(rival.endpoint, now);
    }
    if (wasEmpty && network.table.size > 0) network.cameAlive(now);
    switch (purpose.type) {
      case "walk":
        return this.#walkedOn(purpose, response, to);
      case "announce":
        purpose.search.announcing--;
        purpose.search.announcedCount++;
        return;
      case "ping": {
        const { id, version } = response;
        this.#out.push({ type: "pinged", ping: purpose.ping, answer: { id, version, ourEndpoint, millis: now - sentAt } });
        return;
      }
      case "check":
        return;
    }
  }

  #walkedOn({ walk, candidate, search }: Purpose & { type: "walk" }, response: KrpcResponse, from: Endpoint): void {
    // Another id than it was named by: it is not as near as it was said to be.
    if (candidate === undefined) walk.guideEnded(from);
    else if (equalBytes(candidate.id, response.id)) walk.answered(candidate, response.token);
    else walk.failed(candidate);
    for (const contact of response.nodes) walk.add(contact, from);
    if (search !== undefined) this.#searches.found(search, response.peers, from, this.#out);
  }

  /** It did not answer, or does not do what it was asked. */
  #gaveNothing({ purpose, to }: Transaction<Purpose>): void {
    if (purpose.type === "walk") {
      if (purpose.candidate === undefined) purpose.walk.guideEnded(to);
      else purpose.walk.failed(purpose.candidate);
    } else if (purpose.type === "announce") purpose.search.announcing--;
    else if (purpose.type === "check") this.#checkCount--;
    else this.#out.push({ type: "pinged", ping: purpose.ping, answer: undefined });
  }

  // ---- what goes out

  #send(bytes: Uint8Array | undefined, to: Endpoint): void {
    if (bytes === undefined) return;
    this.#sent.datagrams++;
    this.#sent.bytes += bytes.length;
    this.#out.push({ type: "send-datagram", bytes, to });
  }

  /** False when it cannot be asked now. */
  #ask(question: KrpcQuestion, to: Endpoint, purpose: Purpose, now: Millis): boolean {
    const network = this.#networks.get(familyOf(to));
    const transaction = network === undefined ? undefined : this.#transactions.begin(to, purpose, now);
    if (network === undefined || transaction === undefined) return false;
    const sender = { id: network.table.id, transaction: transaction.id, version: this.#version, isReadOnly: this.#isReadOnly };
    this.#send(encodeQuery(question, sender), to);
    return true;
  }

  /** Asks whether somebody is there. */
  #check(to: Endpoint, now: Millis): void {
    if (this.#checkCount < CHECKS_MAX && this.#ask({ method: "ping" }, to, { type: "check" }, now)) this.#checkCount++;
  }

  // ---- time

  #tick(now: Millis): void {
    for (const { purpose, to } of this.#transactions.takeSlow(now)) {
      if (purpose.type !== "walk") continue;
      if (purpose.candidate === undefined) purpose.walk.guideEnded(to);
      else purpose.walk.slow(purpose.candidate);
    }
    for (const failed of this.#transactions.takeFailed(now)) {
      this.#networks.get(familyOf(failed.to))?.table.failed(failed.to, now);
      this.#gaveNothing(failed);
    }
    if (this.#maintainAt !== undefined && now >= this.#maintainAt) {
      this.#maintainAt = now + MAINTENANCE_MILLIS;
      this.#responder.store.sweep(now);
    }
  }

  /** After every input: whatever can go on goes on. */
  #step(now: Millis): void {
    for (const network of this.#networks.values()) this.#stepNetwork(network, now);
    this.#searches.step(now, this.#out);
  }

  #stepNetwork(network: Network, now: Millis): void {
    const walk = network.beginWalk(now, this.#random);
    if (walk !== undefined) {
      for (const guide of network.guides) {
        const asked = this.#ask({ method: "find_node", target: walk.target, want: this.#want }, guide, guiding(walk), now);
        if (asked) walk.guideAsked(guide);
      }
      if (network.table.size === 0) this.#out.push({ type: "seek-routers", family: network.family });
    }
    if (network.walk === undefined) return;
    const { target } = network.walk;
    this.#askOn(network.walk, { method: "find_node", target, want: network.isReady ? [] : this.#want }, undefined, now);
    if (!network.walk.isOver) return;
    if (network.walkEnded(now)) this.#out.push({ type: "ready", family: network.family, nodeCount: network.table.size });
  }

  /** Who joins both networks asks each for nodes of the other (BEP 32). */
  get #want(): readonly AddressFamily[] {
    return this.#networks.size > 1 ? [4, 6] : [];
  }

  #askOn(walk: Lookup, question: KrpcQuestion, search: Search | undefined, now: Millis): void {
    for (let candidate = walk.next(); candidate !== undefined; candidate = walk.next()) {
      if (!this.#ask(question, candidate.endpoint, { type: "walk", walk, candidate, search }, now)) walk.failed(candidate);
    }
  }

  #announce(search: Search, to: Endpoint, token: Uint8Array, now: Millis): boolean {
    const { infoHash, announcePort: port } = search;
    return this.#ask({ method: "announce_peer", infoHash, port, token }, to, { type: "announce", search }, now);
  }

  get #ready(): Network[] {
    return [...this.#networks.values()].filter(({ isReady }) => isReady);
  }

  // ---- looking in

  snapshot(now: Millis): DhtSnapshot {
    const { store, guard } = this.#responder;
    return {
      networks: [...this.#networks.values()].map((network) => network.snapshot(now)),
      searchCount: this.#searches.count,
      waitingCount: this.#searches.waitingCount,
      askedCount: this.#transactions.openCount,
      storedTorrentCount: store.torrentCount,
      storedPeerCount: store.peerCount,
      datagramsReceived: this.#received.datagrams,
      datagramsSent: this.#sent.datagrams,
      received: this.#received.bytes,
      sent: this.#sent.bytes,
      blockedCount: guard.blockedCount,
    };
  }

  /** What the next run begins with; a family that was never online is kept as it was. */
  memory(): DhtMemory {
    const ids = { ...this.#memory.ids };
    const contacts = this.#memory.contacts.filter(({ endpoint }) => (this.#networks.get(familyOf(endpoint))?.table.size ?? 0) === 0);
    for (const { family, table } of this.#networks.values()) {
      ids[family] = table.id;
      contacts.push(...table.contacts());
    }
    return { ids, contacts };
  }

  /** Throws when an inner law is broken. */
  check(): void {
    for (const { table } of this.#networks.values()) table.check();
  }
}

function guiding(walk: Lookup): Purpose {
  return { type: "walk", walk, candidate: undefined, search: undefined };
}
