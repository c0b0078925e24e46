/**
 * The links of a session: those that others opened and that have not told their torrent yet, those that have one, and those
 * that we dial. It knows who is at the other end of a link, and how many there may be.
 * @module
 */
import { addressScope, type Endpoint } from "@bittern/protocol/address";
import { type Millis, ProtocolError, toHex } from "@bittern/protocol/base";
import type { Transport } from "../peers/candidate.ts";
import { Dialer } from "../peers/dialer.ts";
import { Peer } from "../peers/peer.ts";
import type { Torrent } from "../torrent/torrent.ts";
import { type Agenda, OWNER_DIALER, OWNER_STRANGERS } from "./agenda.ts";
import type { Dial, SessionContext } from "./context.ts";
import type { LinkId, TorrentId } from "./ids.ts";
import type { SessionOutput } from "./output.ts";
import type { TorrentTable } from "./torrent-table.ts";

/** Incoming links that have not told their torrent yet (limits table). */
const STRANGERS_MAX = 256;
/** Of one global address: a single host must not take all their places. */
const STRANGERS_OF_ADDRESS_MAX = 16;

const NOBODY: readonly TorrentId[] = [];

interface Connection {
  readonly peer: Peer;
  /** Known from the start for dialled links, after the handshake for accepted ones. */
  torrent: Torrent | undefined;
  /** Bytes of a message that has begun to arrive. */
  heldLength: number;
  /** Known no more by its link. */
  isOver: boolean;
}

export class Connections {
  readonly #context: SessionContext;
  readonly #torrents: TorrentTable;
  readonly #agenda: Agenda;
  readonly #byLink = new Map<LinkId, Connection>();
  readonly #strangers = new Set<Connection>();
  /** Bytes of messages that have begun to arrive, of all peers. */
  #heldLength = 0;
  readonly #dialer: Dialer;
  /** Torrents that wait for a place to dial, in the order they began to. */
  readonly #hungry = new Set<TorrentId>();
  readonly #dropped: { readonly peer: Peer; readonly reason: string }[] = [];
  #linkCount = 0;
  #acceptedCount = 0;
  /** The session ends: nobody comes in, and nobody is dialled. */
  isShut = false;
  /** Messages that were heard, handshakes included; a run of requests or of blocks is one, a run of haves as many as it is. */
  messageCount = 0;

  constructor(context: SessionContext, torrents: TorrentTable, agenda: Agenda) {
    this.#context = context;
    this.#torrents = torrents;
    this.#agenda = agenda;
    this.#dialer = new Dialer({ halfOpenMax: context.settings.halfOpenMax });
  }

  /** Links that others opened to us and that shook hands. */
  get acceptedCount(): number {
    return this.#acceptedCount;
  }

  withPeer(link: LinkId, act: (torrent: Torrent, peer: Peer) => void): void {
    const connection = this.#byLink.get(link);
    const torrent = connection?.torrent;
    if (connection !== undefined && torrent !== undefined) this.#torrents.run(torrent, () => act(torrent, connection.peer));
  }

  // ---- what happens to a link

  accepted(link: LinkId, remote: Endpoint, transport: Transport, now: Millis, out: SessionOutput[]): void {
    const { settings, bans } = this.#context;
    const isFull = this.#byLink.size >= settings.peersMax || this.#strangers.size >= STRANGERS_MAX;
    if (isFull || this.#isCrowd(remote) || this.isShut || bans.isBanned(remote, now)) {
      out.push({ type: "close-link", link });
      return;
    }
    const connection: Connection = {
      peer: new Peer({ link, remote, dialledByUs: false, transport, source: "incoming", now }),
      torrent: undefined,
      heldLength: 0,
      isOver: false,
    };
    this.#byLink.set(link, connection);
    this.#strangers.add(connection);
    // The first of them is the first to go: were it the last, whoever keeps coming would keep them all.
    if (this.#strangers.size === 1) this.#agenda.set(OWNER_STRANGERS, now + settings.handshakeTimeoutMillis);
  }

  /** Whether as many strangers as may are there from the address of another. */
  #isCrowd({ address }: Endpoint): boolean {
    if (this.#strangers.size < STRANGERS_OF_ADDRESS_MAX || addressScope(address) !== "global") return false;
    let count = 0;
    for (const { peer } of this.#strangers) if (peer.remote.address === address) count++;
    return count >= STRANGERS_OF_ADDRESS_MAX;
  }

  connected(link: LinkId, out: SessionOutput[]): void {
    const connection = this.#byLink.get(link);
    if (connection === undefined) return;
    this.#dialer.ended();
    connection.peer.isConnected = true;
    this.withPeer(link, (torrent, peer) => torrent.dialled(peer, out));
  }

  /** Hot: every byte of every peer comes through here. */
  bytes(link: LinkId, bytes: Uint8Array, now: Millis, out: SessionOutput[]): void {
    const connection = this.#byLink.get(link);
    if (connection === undefined) return;
    const { peer } = connection;
    peer.receivedAt = Math.floor(now);
    try {
      const events = peer.wire.receive(bytes);
      for (const event of events) this.messageCount += event.type === "have-run" ? event.count : 1;
      for (const event of events) {
        if (event.type === "handshake") this.#shookHands(connection, event, now, out);
        else connection.torrent?.receive(peer, event, now, out);
        if (connection.isOver) return;
      }
      if (connection.torrent === undefined) this.#answerHead(peer, out);
      else connection.torrent.readEnded(peer, now, out);
      this.#hold(connection);
    } catch (fault) {
      if (!(fault instanceof ProtocolError)) throw fault;
      this.#drop(connection, fault.message, now, out);
    }
    if (connection.torrent !== undefined) this.#torrents.hasRead(connection.torrent);
  }

  /**
   * The NAT check of the classic tracker sends a handshake without its peer id and lists only those who answer it with theirs;
   * mainline answers once it knows the torrent.
   */
  #answerHead(peer: Peer, out: SessionOutput[]): void {
    const head = peer.isGreeted ? undefined : peer.wire.handshakeHead;
    if (head !== undefined) this.#torrents.withHash(toHex(head.infoHash))?.answer(peer, head, out);
  }

  /** Counts what waits for the rest of its message; throws where that is more than there may be. */
  #hold(connection: Connection): void {
    const { heldLength } = connection.peer.wire;
    const growth = heldLength - connection.heldLength;
    if (growth === 0) return;
    connection.heldLength = heldLength;
    this.#heldLength += growth;
    if (growth > 0 && this.#heldLength > this.#context.settings.receivedLengthMax)
      throw new ProtocolError("MESSAGES_UNFINISHED", "more messages have begun than there is memory for");
  }

  #shookHands(connection: Connection, handshake: NonNullable<Peer["handshake"]>, now: Millis, out: SessionOutput[]): void {
    const { peer } = connection;
    const infoHash = toHex(handshake.infoHash);
    this.#strangers.delete(connection);
    const torrent = connection.torrent ?? this.#torrents.withHash(infoHash);
    if (torrent === undefined || !torrent.infoHashes.includes(infoHash)) {
      throw new ProtocolError("UNKNOWN_TORRENT", "no torrent here has that info hash");
    }
    connection.torrent = torrent;
    if (!peer.dialledByUs) this.#acceptedCount++;
    const refusal = torrent.join(peer, { ...handshake }, now, out);
    if (refusal !== undefined) this.#drop(connection, refusal, now, out);
  }

  closed(link: LinkId, reason: string, now: Millis, out: SessionOutput[]): void {
    const connection = this.#byLink.get(link);
    if (connection === undefined) return;
    this.#byLink.delete(link);
    connection.isOver = true;
    this.#strangers.delete(connection);
    this.#heldLength -= connection.heldLength;
    const { torrent, peer } = connection;
    if (!peer.isConnected) this.#dialer.ended();
    if (torrent !== undefined) this.#torrents.run(torrent, () => torrent.leave(peer, reason, now, out));
  }

  // ---- ends from our side

  /** A torrent wants to be rid of a peer; it is dropped when the torrent has finished what it was about (`dropWanted`). */
  wantDrop(peer: Peer, reason: string): void {
    this.#dropped.push({ peer, reason });
  }

  dropWanted(now: Millis, out: SessionOutput[]): void {
    // Asked after every input.
    if (this.#dropped.length === 0) return;
    for (let next = this.#dropped.shift(); next !== undefined; next = this.#dropped.shift()) {
      const connection = this.#byLink.get(next.peer.link);
      if (connection !== undefined) this.#drop(connection, next.reason, now, out);
    }
  }

  /** Who accepted our patience and told us no torrent in time. */
  dropStrangers(now: Millis, out: SessionOutput[]): void {
    const patience = this.#context.settings.handshakeTimeoutMillis;
    let next: Millis | undefined;
    for (const connection of this.#strangers) {
      const due = connection.peer.openedAt + patience;
      if (due <= now) this.#drop(connection, "no handshake in time", now, out);
      else next = Math.min(next ?? due, due);
    }
    this.#agenda.set(OWNER_STRANGERS, next);
  }

  /** Ends a connection from our side; the host's `closed` finds nothing left to do. */
  #drop(connection: Connection, reason: string, now: Millis, out: SessionOutput[]): void {
    out.push({ type: "close-link", link: connection.peer.link });
    this.closed(connection.peer.link, reason, now, out);
  }

  // ---- dialling

  mayDial(now: Millis): boolean {
    return !this.isShut && this.#dialer.mayDial(now, this.#byLink.size, this.#context.settings.peersMax);
  }

  waitToDial(torrent: TorrentId): void {
    this.#hungry.add(torrent);
  }

  dial({ to, source, transport }: Dial, id: TorrentId, now: Millis): Peer {
    const peer = new Peer({ link: ++this.#linkCount, remote: to, dialledByUs: true, transport, source, now });
    this.#byLink.set(peer.link, { peer, torrent: this.#torrents.get(id), heldLength: 0, isOver: false });
    this.#dialer.began(now);
    return peer;
  }

  /** Lets waiting torrents dial while there are places; the next one comes when a dial ends or a token is back. */
  feed(now: Millis, out: SessionOutput[]): void {
    if (this.#hungry.size === 0) return;
    // Asked after every input while somebody waits, and most times the answer is no.
    const hungry = this.mayDial(now) ? [...this.#hungry] : NOBODY;
    for (const id of hungry) {
      if (!this.mayDial(now)) break;
      this.#hungry.delete(id);
      const torrent = this.#torrents.get(id);
      if (torrent !== undefined) this.#torrents.run(torrent, () => torrent.dial(now, out));
    }
    this.#agenda.set(OWNER_DIALER, this.#hungry.size > 0 ? this.#dialer.nextAt(now) : undefined);
  }
}
