/**
 * The session's own node of the DHT (BEP 5): it joins when the session listens, on the same port, finds peers for the torrents that
 * are not private, and remembers whom it knew.
 *
 * Off unless the settings name it. What it finds waits in `takeNews`, because the session knows whose it is.
 * @module
 */
import { type AddressFamily, addressScope, type Endpoint, familyOf, isServicePort, parseAddress } from "@bittern/protocol/address";
import { HostError, type Millis, ProtocolError, type Random, utf8 } from "@bittern/protocol/base";
import {
  type DhtInput,
  DhtMachine,
  type DhtMemory,
  type DhtSnapshot,
  decodeMemory,
  encodeMemory,
  type PingAnswer,
  type SearchReport,
} from "@bittern/protocol/dht";
import type { DhtNode } from "@bittern/protocol/metainfo";
import type { TorrentId } from "./ids.ts";
import type { OurAddresses } from "./our-addresses.ts";
import type { SessionOutput } from "./output.ts";
import type { PortSockets } from "./port-sockets.ts";

/** Our letters of BEP 20, and our version. */
const VERSION = utf8("BY\u0001\u0000");
/** Between two saves of whom we know. */
const SAVE_MILLIS: Millis = 10 * 60_000;
/** Names of one list that are resolved: a torrent may name as many nodes as it likes. */
const NAMES_MAX = 16;

export interface DhtSettings {
  /** Well-known nodes that lead further, asked while nobody else is known. */
  readonly routers: readonly DhtNode[];
  /** Nodes that the user names: they are asked first, and stay. */
  readonly nodes: readonly DhtNode[];
  /** Asks and does not answer (BEP 43). */
  readonly isReadOnly?: boolean;
}

/** Who waits for a search: a torrent, or the user under a number of theirs. */
export type DhtSeeker = { readonly torrent: TorrentId } | { readonly search: number };

export type DhtNews =
  | { readonly type: "peers"; readonly seeker: DhtSeeker; readonly peers: readonly Endpoint[]; readonly from: Endpoint }
  /** `search`: the number that `search` gave. */
  | { readonly type: "ended"; readonly seeker: DhtSeeker; readonly search: number; readonly report: SearchReport }
  | { readonly type: "ready"; readonly family: AddressFamily; readonly nodeCount: number }
  | { readonly type: "pinged"; readonly ping: number; readonly answer: PingAnswer | undefined };

export interface DhtPartnerships {
  readonly random: Random;
  readonly ourAddresses: OurAddresses;
  readonly settings: DhtSettings | undefined;
  readonly sockets: PortSockets;
  /** Numbers a question to the host. */
  readonly nextQuery: () => number;
}

/** `asleep` until the session listens; then the record is read, and the node lives until the session ends. */
type Phase = "off" | "asleep" | "remembering" | "alive" | "saving" | "over";

export class DhtNodeOfSession {
  readonly #random: Random;
  readonly #ourAddresses: OurAddresses;
  readonly #settings: DhtSettings | undefined;
  readonly #nextQuery: () => number;
  #phase: Phase;
  #machine: DhtMachine | undefined;
  readonly #sockets: PortSockets;
  readonly #seekers = new Map<number, DhtSeeker>();
  readonly #names = new Map<number, { readonly port: number; readonly as: "routers" | "hints" }>();
  /** Nodes that were heard of before the node lived. */
  readonly #early: DhtNode[] = [];
  readonly #news: DhtNews[] = [];
  #searchCount = 0;
  /** Something happened here since the session looked last. */
  #isStirred = false;
  #addressVersion = 0;
  #saveAt: Millis | undefined;

  constructor({ random, ourAddresses, settings, sockets, nextQuery }: DhtPartnerships) {
    this.#random = random;
    this.#ourAddresses = ourAddresses;
    this.#settings = settings;
    this.#sockets = sockets;
    this.#nextQuery = nextQuery;
    this.#phase = settings === undefined ? "off" : "asleep";
  }

  get isOn(): boolean {
    return this.#phase !== "off";
  }

  /** Whether there may be news, or another deadline, since the last call: most inputs of a session are not about the DHT. */
  takeStir(): boolean {
    const isStirred = this.#isStirred;
    this.#isStirred = false;
    return isStirred;
  }

  /** Where nodes reach us that see us at an address of the family; 0 while they do not. */
  portOf(remote: Endpoint): number {
    return this.#phase === "alive" ? this.#sockets.portOf(familyOf(remote)) : 0;
  }

  // ---- being there

  /** The session listens: whom we knew is read, once. */
  listening(out: SessionOutput[]): void {
    if (this.#phase !== "asleep") return;
    this.#phase = "remembering";
    out.push({ type: "load-nodes" });
  }

  /** Whom it knew is being read; its sockets follow. */
  get isWaking(): boolean {
    return this.#phase === "remembering";
  }

  /** These families have no socket any more. */
  left(families: readonly AddressFamily[], now: Millis, out: SessionOutput[]): void {
    for (const family of families) this.#give({ type: "offline", family }, now, out);
  }

  remembered(bytes: Uint8Array | undefined, now: Millis, out: SessionOutput[]): void {
    if (this.#phase !== "remembering") return;
    this.#phase = "alive";
    this.#saveAt = now + SAVE_MILLIS;
    const memory = memoryOf(bytes);
    const isReadOnly = this.#settings?.isReadOnly === true;
    this.#machine = new DhtMachine({ random: this.#random, version: VERSION, isReadOnly, ...(memory === undefined ? {} : { memory }) });
    this.#sockets.want(out);
    for (const family of this.#sockets.families) this.online(family, now, out);
  }

  /** The socket of the family stands. */
  online(family: AddressFamily, now: Millis, out: SessionOutput[]): void {
    if (this.#phase !== "alive") return;
    this.#give({ type: "online", family }, now, out);
    this.#learn(this.#settings?.nodes ?? [], "hints", now, out);
    this.#learn(this.#early, "hints", now, out);
  }

  // ---- who else is there

  /** Nodes that a torrent names. */
  named(nodes: readonly DhtNode[], now: Millis, out: SessionOutput[]): void {
    const allowed = nodes.slice(0, NAMES_MAX).filter(({ port }) => !isServicePort(port));
    if (this.#machine !== undefined) this.#learn(allowed, "hints", now, out);
    else if (this.isOn && this.#early.length < NAMES_MAX) this.#early.push(...allowed);
  }

  /** A peer says that it is a node, too. */
  heard(endpoint: Endpoint, now: Millis, out: SessionOutput[]): void {
    if (endpoint.port > 0) this.#give({ type: "hints", endpoints: [endpoint] }, now, out);
  }

  #learn(nodes: readonly DhtNode[], as: "routers" | "hints", now: Millis, out: SessionOutput[]): void {
    for (const { host, port } of nodes.slice(0, NAMES_MAX)) {
      if (parseAddress(host) !== undefined) {
        this.#give({ type: as, endpoints: [{ address: host, port }] }, now, out);
        continue;
      }
      const query = this.#nextQuery();
      this.#names.set(query, { port, as });
      out.push({ type: "resolve", query, name: host });
    }
  }

  /** Takes the answer to a name we asked for; false when it was not ours. */
  resolved(query: number, outcome: readonly string[] | HostError, now: Millis, out: SessionOutput[]): boolean {
    const name = this.#names.get(query);
    if (name === undefined) return false;
    this.#names.delete(query);
    if (outcome instanceof HostError) return true;
    const usable = outcome.filter((address) => !["denied", "link-local"].includes(addressScope(address)));
    if (usable.length > 0) this.#give({ type: name.as, endpoints: usable.map((address) => ({ address, port: name.port })) }, now, out);
    return true;
  }

  // ---- questions

  /** Looks for peers, and announces the port unless it is 0; the search's number, `undefined` while there is no node. */
  search(seeker: DhtSeeker, infoHash: Uint8Array, announcePort: number, now: Millis, out: SessionOutput[]): number | undefined {
    if (this.#machine === undefined) return undefined;
    const search = ++this.#searchCount;
    this.#seekers.set(search, seeker);
    this.#give({ type: "search", search, infoHash, announcePort }, now, out);
    return search;
  }

  forget(search: number, now: Millis, out: SessionOutput[]): void {
    if (this.#seekers.delete(search)) this.#give({ type: "forget", search }, now, out);
  }

  /** A user lost interest in a search that goes by their number. */
  forgetOfUser(number: number, now: Millis, out: SessionOutput[]): void {
    for (const [search, seeker] of this.#seekers) if ("search" in seeker && seeker.search === number) this.forget(search, now, out);
  }

  ping(ping: number, to: Endpoint, now: Millis, out: SessionOutput[]): void {
    if (this.#machine !== undefined) return this.#give({ type: "ping", ping, to }, now, out);
    this.#isStirred = true;
    this.#news.push({ type: "pinged", ping, answer: undefined });
  }

  // ---- the machine

  receive(bytes: Uint8Array, from: Endpoint, now: Millis, out: SessionOutput[]): void {
    this.#give({ type: "datagram", bytes, from }, now, out);
  }

  get deadline(): Millis | undefined {
    if (this.#phase !== "alive") return undefined;
    const due = this.#machine?.deadline;
    return due === undefined || this.#saveAt === undefined ? (due ?? this.#saveAt) : Math.min(due, this.#saveAt);
  }

  tick(now: Millis, out: SessionOutput[]): void {
    if (this.#phase !== "alive") return;
    if (this.#saveAt !== undefined && now >= this.#saveAt) {
      this.#saveAt = now + SAVE_MILLIS;
      this.#save(out);
    }
    this.#give({ type: "tick" }, now, out);
  }

  #give(input: DhtInput, now: Millis, out: SessionOutput[]): void {
    if (this.#machine === undefined || this.#phase !== "alive") return;
    this.#isStirred = true;
    for (const output of this.#machine.handle(input, now)) {
      switch (output.type) {
        case "send-datagram":
          out.push({ type: "send-datagram", to: output.to, bytes: output.bytes, fromPort: true });
          continue;
        case "seek-routers":
          this.#learn(this.#settings?.routers ?? [], "routers", now, out);
          this.#learn(this.#settings?.nodes ?? [], "hints", now, out);
          continue;
        case "voice":
          this.#ourAddresses.heard(output.from, output.ours);
          continue;
        case "peers":
        case "search-ended": {
          const seeker = this.#seekers.get(output.search);
          if (output.type === "search-ended") this.#seekers.delete(output.search);
          if (seeker === undefined) continue;
          if (output.type === "peers") this.#news.push({ type: "peers", seeker, peers: output.peers, from: output.from });
          else this.#news.push({ type: "ended", seeker, search: output.search, report: output.report });
          continue;
        }
        case "ready":
        case "pinged":
          this.#news.push(output);
      }
    }
    this.#followAddress(now, out);
  }

  /** Peers, trackers and nodes say where they see us; our id has to follow (BEP 42). */
  #followAddress(now: Millis, out: SessionOutput[]): void {
    if (this.#addressVersion === this.#ourAddresses.version) return;
    this.#addressVersion = this.#ourAddresses.version;
    for (const family of [4, 6] as const) {
      const address = this.#ourAddresses.of(family);
      if (address !== undefined) this.#give({ type: "seen-at", address }, now, out);
    }
  }

  /** What came of questions since the last call. */
  takeNews(): readonly DhtNews[] {
    return this.#news.splice(0);
  }

  snapshot(now: Millis): DhtSnapshot | undefined {
    return this.#machine?.snapshot(now);
  }

  // ---- the end

  #save(out: SessionOutput[]): boolean {
    const memory = this.#machine?.memory();
    if (memory === undefined || memory.contacts.length === 0) return false;
    out.push({ type: "save-nodes", bytes: encodeMemory(memory) });
    return true;
  }

  /** Says nothing more, and remembers whom it knew. */
  close(out: SessionOutput[]): void {
    const isSaving = this.#phase === "alive" && this.#save(out);
    this.#phase = isSaving ? "saving" : "over";
    this.#isStirred = true;
  }

  saved(): void {
    if (this.#phase === "saving") this.#phase = "over";
  }

  /** After `close`: nothing is under way any more. */
  get isQuiet(): boolean {
    return this.#phase === "over";
  }
}

/** A record that is damaged is none. */
function memoryOf(bytes: Uint8Array | undefined): DhtMemory | undefined {
  try {
    return bytes === undefined ? undefined : decodeMemory(bytes);
  } catch (fault) {
    if (fault instanceof ProtocolError) return undefined;
    throw fault;
  }
}
