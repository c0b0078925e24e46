/**
 * The peers of one torrent: who is connected, who is being dialled, who may be; and who is let in.
 * @module
 */
import { addressScope, type Endpoint, formatEndpoint } from "@bittern/protocol/address";
import { latin1, type Millis } from "@bittern/protocol/base";
import { CANDIDATES_MAX, CANDIDATES_MAX_PAUSED, type CandidateSource, Candidates, type Transport } from "../peers/candidates.ts";
import type { Peer } from "../peers/peer.ts";
import type { SessionContext } from "../session/context.ts";
import type { LinkId, TorrentId } from "../session/ids.ts";
import type { SessionOutput } from "../session/output.ts";
import type { HiddenPeer } from "./discovery/holepunch.ts";

/**
 * Peers of a torrent at one global address: a household, and not a crowd that one host makes up to keep others out. At private
 * addresses a whole laboratory may share one.
 */
const PEERS_OF_ADDRESS_MAX = 4;

/**
 * How long two links of one peer stay side by side when both dialled at once. Clients decide by rules of their own: mainline and we
 * by peer id, libtorrent by address first (whoever listens at the lower port keeps what it dialled, at equal ports dice decide).
 * Two rules may let go of both links, so others decide first, which takes them a round trip, and we only if they do not.
 */
const TWINS_MILLIS: Millis = 3_000;
/** Peer ids of those who decide as we do, and therefore at once. */
const OUR_KIND = "-BY";

/** Who does not answer by TCP for so long, and was named by somebody who can bring us together, is met that way. */
const PUNCH_MILLIS: Millis = 1_500;

/** So many candidates for each place are enough while all of them are taken; most that are linked count, too. */
const CANDIDATES_A_PLACE = 3;

/** Two links of one peer that stay until `at`, and the one that goes then. */
interface Twins {
  readonly kept: Peer;
  readonly loser: Peer;
  readonly at: Millis;
}

export class Swarm {
  /** Peers that shook hands. */
  readonly peers: Map<LinkId, Peer> = new Map();
  readonly #torrent: TorrentId;
  readonly #context: SessionContext;
  readonly #candidates: Candidates;
  /** The same by peer id: two of one id are on their way from one link to the other. */
  readonly #byPeerId = new Map<string, readonly Peer[]>();
  /** How many of them come from each address. */
  readonly #addresses = new Map<string, number>();
  /** Dialled, and not shaken hands with. */
  readonly #dialling = new Map<LinkId, Peer>();
  #twins: readonly Twins[] = [];
  readonly #hidden: HiddenPeer[] = [];
  /** Who dials us at this moment, and was being dialled in another way: dialled when that has ended, at the end of the turn. */
  readonly #meetings: { readonly endpoint: Endpoint; readonly from: Endpoint }[] = [];
  /** The version of our addresses that the candidates are ordered by. */
  #orderedBy = 0;
  /** In the session's queue for a dial. */
  #isWaiting = false;
  #isOpen = false;

  constructor(torrent: TorrentId, context: SessionContext) {
    this.#torrent = torrent;
    this.#context = context;
    const isBanned = (endpoint: Endpoint, now: Millis): boolean => context.bans.isBanned(endpoint, now);
    this.#candidates = new Candidates({ random: context.random, isBanned, speaksUtp: () => context.settings.speaksUtp });
  }

  /** False while the torrent wants no peers. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  open(): void {
    this.#isOpen = true;
    this.#candidates.setMax(CANDIDATES_MAX);
  }

  /** Ends every connection, and keeps only the best of those it might dial again. */
  close(reason: string): void {
    this.#isOpen = false;
    this.#candidates.setMax(CANDIDATES_MAX_PAUSED);
    this.#disperse(reason);
  }

  get isEmpty(): boolean {
    return this.peers.size === 0 && this.#dialling.size === 0;
  }
  /** Known places, connected or not. */
  get candidateCount(): number {
    return this.#candidates.size;
  }

  /** No place is free, and enough are known to fill all of them again: what strangers tell of others is not even read. */
  get hasEnough(): boolean {
    const { peersPerTorrentMax } = this.#context.settings;
    return this.peers.size >= peersPerTorrentMax && this.#candidates.size >= CANDIDATES_A_PLACE * peersPerTorrentMax;
  }

  /** Known places that did not answer the last time. */
  get unreachableCount(): number {
    return this.#candidates.failedCount;
  }
  get diallingCount(): number {
    return this.#dialling.size;
  }

  /** Takes note of where peers may be. `from`: who said so, where that was a peer. */
  meet(endpoints: readonly Endpoint[], source: CandidateSource, now: Millis, from?: Endpoint): void {
    for (const endpoint of endpoints) {
      if (!this.#context.bans.isBanned(endpoint, now)) this.#candidates.add(endpoint, source, now, from);
    }
    this.lookFurther(now);
  }

  /**
   * The metadata says that the torrent is private (BEP 27): whoever is known by other ways than its trackers and the user is let go and
   * forgotten. Only a link can come to that; a .torrent says it before anybody is looked for.
   */
  becomePrivate(): void {
    this.#candidates.forgetAllOf(["pex", "dht", "lsd"]);
    for (const peer of [...this.peers.values(), ...this.#dialling.values()]) {
      if (peer.source === "pex" || peer.source === "dht" || peer.source === "lsd") this.#context.drop(peer, "the torrent is private");
    }
  }

  /** After a pause: those we hung up on are dialled again at once, and those the user named whatever they did. */
  welcomeBack(named: readonly Endpoint[], now: Millis): void {
    this.#candidates.welcomeBack(now);
    this.meet(named, "user", now);
  }

  /** Joins the queue for a dial when there is somebody to dial. */
  lookFurther(now: Millis): void {
    const at = this.#mayDial ? this.#candidates.nextAt(now) : undefined;
    if (at === undefined || at > now || this.#isWaiting) return;
    this.#isWaiting = true;
    this.#context.waitToDial(this.#torrent);
  }

  /** When a candidate that has to wait may be dialled. */
  get deadline(): Millis | undefined {
    return this.#mayDial && !this.#isWaiting ? this.#candidates.nextAt(0) : undefined;
  }

  get #mayDial(): boolean {
    const { peersPerTorrentMax, dialPeersMax } = this.#context.settings;
    return this.isOpen && this.peers.size + this.#dialling.size < Math.min(peersPerTorrentMax, dialPeersMax);
  }

  /** The order of the candidates follows where others see us (BEP 40). */
  #orderCandidates(): void {
    const { ourAddresses, listenPort } = this.#context;
    if (this.#orderedBy === ourAddresses.version || listenPort === 0) return;
    this.#orderedBy = ourAddresses.version;
    for (const family of [4, 6] as const) {
      const address = ourAddresses.of(family);
      if (address !== undefined) this.#candidates.setOurs({ address, port: listenPort });
    }
  }

  /** Dials as many candidates as there are places. */
  dial(now: Millis, out: SessionOutput[]): void {
    this.#isWaiting = false;
    this.#orderCandidates();
    while (this.#mayDial && this.#context.mayDial(now)) {
      const endpoint = this.#candidates.next(now);
      if (endpoint === undefined) return;
      this.#connect(endpoint, this.#candidates.transportOf(endpoint), now, out);
    }
    this.lookFurther(now);
  }

  #connect(to: Endpoint, transport: Transport, now: Millis, out: SessionOutput[]): void {
    const source = this.#candidates.sourceOf(to) ?? "tracker";
    const peer = this.#context.dial({ to, source, transport }, this.#torrent, now);
    this.#dialling.set(peer.link, peer);
    out.push({ type: "connect", link: peer.link, to, transport });
  }

  /** Dials somebody who dials us at the same time, by uTP (BEP 55). `from`: whose word it is; it counts as one of peer exchange. */
  meetNow(endpoint: Endpoint, from: Endpoint, now: Millis, out: SessionOutput[]): void {
    if (!this.#mayDial || !this.#context.mayDial(now) || this.#context.bans.isBanned(endpoint, now)) return;
    this.#candidates.add(endpoint, "pex", now, from);
    if (this.#candidates.take(endpoint)) return this.#connect(endpoint, "utp", now, out);
    const other = this.#dialOf(endpoint);
    if (other === undefined || other.isConnected || other.transport !== "tcp") return;
    this.#meetings.push({ endpoint, from });
    this.#context.drop(other, "it dials us by uTP");
  }

  /** Dials whom `meetNow` could not, because another dial was under way. */
  keepMeetings(now: Millis, out: SessionOutput[]): void {
    for (const { endpoint, from } of this.#meetings.splice(0)) this.meetNow(endpoint, from, now, out);
  }

  #dialOf({ address, port }: Endpoint): Peer | undefined {
    for (const peer of this.#dialling.values()) if (peer.remote.address === address && peer.remote.port === port) return peer;
    return undefined;
  }

  /** Candidates that no dial led to since the last call, of those that a peer named. */
  takeHidden(): readonly HiddenPeer[] {
    return this.#hidden.splice(0);
  }

  #notReached(peer: Peer, now: Millis): void {
    const namedBy = this.#candidates.namedBy(peer.remote);
    if (namedBy !== undefined && !peer.isConnected && peer.transport === "tcp" && this.#canRelay(namedBy)) {
      // Our dial by uTP, which is next, opens our own router, whatever the relay makes of the question.
      this.#candidates.failed(peer.remote, now, false);
      this.#hidden.push({ endpoint: peer.remote, namedBy });
      return;
    }
    // Whoever takes a link and ends it wants no TCP (libtorrent), unless it is here already and wants no second link.
    const isHere = peer.isConnected && this.#isLinkedWith(peer.remote);
    const isHidden = this.#candidates.failed(peer.remote, now, isHere);
    if (isHidden && namedBy !== undefined) this.#hidden.push({ endpoint: peer.remote, namedBy });
  }

  #isLinkedWith({ address }: Endpoint): boolean {
    for (const { remote } of this.peers.values()) if (remote.address === address) return true;
    return false;
  }

  /** Whether that peer, an endpoint as text, is here and brings others together (BEP 55). */
  #canRelay(name: string): boolean {
    if (!this.#context.settings.speaksUtp) return false;
    for (const peer of this.peers.values()) if (peer.extensions.holepunch > 0 && formatEndpoint(peer.remote) === name) return true;
    return false;
  }

  /** Lets a peer in whose handshake is here; a reason refuses it. */
  join(peer: Peer, now: Millis): string | undefined {
    this.#dialling.delete(peer.link);
    const refusal = this.#refusal(peer, now);
    if (refusal !== undefined) {
      if (peer.dialledByUs) this.#candidates.failed(peer.remote, now, true);
      return refusal;
    }
    this.peers.set(peer.link, peer);
    this.#addresses.set(peer.remote.address, (this.#addresses.get(peer.remote.address) ?? 0) + 1);
    this.#byPeerId.set(peer.peerId, [...this.#twinsOf(peer), peer]);
    this.#candidates.connected(peer.remote);
    return undefined;
  }

  #refusal(peer: Peer, now: Millis): string | undefined {
    const { peerId, settings, bans } = this.#context;
    if (!this.isOpen) return "the torrent wants no peers now";
    if (peer.peerId === latin1(peerId)) {
      this.#candidates.isOurselves(peer.remote);
      return "it is ourselves";
    }
    if (bans.isBanned(peer.remote, now)) return "banned";
    if (this.peers.size >= settings.peersPerTorrentMax) return "the torrent has its fill of peers";
    if (this.#isCrowd(peer)) return "its address has its fill of places";
    return this.#refuseTwin(peer, now);
  }

  /** Whether the address of a newcomer has all the peers here that it may have. */
  #isCrowd({ remote: { address } }: Peer): boolean {
    if (addressScope(address) !== "global") return false;
    return (this.#addresses.get(address) ?? 0) >= PEERS_OF_ADDRESS_MAX;
  }

  #refuseTwin(peer: Peer, now: Millis): string | undefined {
    for (const other of this.#twinsOf(peer)) {
      if (other.dialledByUs === peer.dialledByUs) return "connected already";
      // Both dialled at once: the link of the greater peer id stays, so that both sides keep the same one.
      const isOursGreater = latin1(this.#context.peerId) > peer.peerId;
      const [kept, loser] = other.dialledByUs === isOursGreater ? [other, peer] : [peer, other];
      if (!peer.peerId.startsWith(OUR_KIND)) this.#twins = [...this.#twins, { kept, loser, at: now + TWINS_MILLIS }];
      else if (loser === peer) return "connected already";
      else this.#context.drop(loser, "connected twice");
    }
    return undefined;
  }

  /** Once a second: of two links that nobody let go of, one goes. */
  partTwins(now: Millis): void {
    if (this.#twins.length === 0) return;
    for (const { loser, at } of this.#twins) if (at <= now) this.#context.drop(loser, "connected twice");
    this.#twins = this.#twins.filter(({ at }) => at > now);
  }

  /** Peers that shook hands and name themselves the same. */
  #twinsOf({ peerId }: Peer): readonly Peer[] {
    return this.#byPeerId.get(peerId) ?? [];
  }

  /** An incoming peer told where it can be reached. */
  learnEndpoint(peer: Peer): void {
    if (peer.endpoint !== peer.remote) this.#candidates.connected(peer.endpoint);
  }

  /** The peer is gone, or never came; true when it had been let in. `isUseless`: nobody dials it again, both sides are complete. */
  leave(peer: Peer, now: Millis, isUseless: boolean): boolean {
    if (this.#dialling.delete(peer.link)) {
      this.#notReached(peer, now);
      return false;
    }
    if (!this.peers.delete(peer.link)) return false;
    const count = (this.#addresses.get(peer.remote.address) ?? 0) - 1;
    if (count > 0) this.#addresses.set(peer.remote.address, count);
    else this.#addresses.delete(peer.remote.address);
    const others = this.#twinsOf(peer).filter((other) => other !== peer);
    if (others.length > 0) this.#byPeerId.set(peer.peerId, others);
    else this.#byPeerId.delete(peer.peerId);
    this.#twins = this.#twins.filter(({ kept, loser }) => kept !== peer && loser !== peer);
    const wasUseful = peer.down.total > 0 || peer.up.total > 0;
    this.#candidates.closed(peer.remote, now, wasUseful);
    if (peer.endpoint !== peer.remote) this.#candidates.closed(peer.endpoint, now, wasUseful);
    for (const other of others) this.#stays(other, peer);
    if (isUseless) for (const endpoint of [peer.remote, peer.endpoint]) this.#candidates.remove(endpoint);
    return true;
  }

  /** One of two links of a peer ended: where that led is where the other one is reached, and nobody dials it. */
  #stays(other: Peer, gone: Peer): void {
    if (!other.dialledByUs && other.endpoint === other.remote) other.endpoint = gone.endpoint;
    for (const endpoint of [other.remote, other.endpoint]) this.#candidates.connected(endpoint);
  }

  #disperse(reason: string): void {
    for (const peer of this.peers.values()) this.#context.drop(peer, reason);
    for (const peer of this.#dialling.values()) this.#context.drop(peer, reason);
  }

  /** Once a second: dials that stand and say nothing, and those that do not stand while there is another way. */
  dropSilentDials(now: Millis): void {
    for (const peer of this.#dialling.values()) {
      if (this.#isOvertaken(peer, now)) this.#context.drop(peer, "others are asked to bring us together");
      else if (now - peer.openedAt > 2 * this.#context.settings.handshakeTimeoutMillis) this.#context.drop(peer, "no handshake in time");
    }
  }

  #isOvertaken(peer: Peer, now: Millis): boolean {
    if (peer.isConnected || peer.transport !== "tcp" || now - peer.openedAt < PUNCH_MILLIS) return false;
    const namedBy = this.#candidates.namedBy(peer.remote);
    return namedBy !== undefined && this.#canRelay(namedBy);
  }
}
