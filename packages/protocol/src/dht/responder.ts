/**
 * What we answer, and to whom (BEP 5): who asks too much is not answered, nobody is hit with more bytes than their question is worth,
 * and all answers together stay under 8 kB a second.
 *
 * A datagram's sender may be made up. So an answer is at most four times as long as its question, unless the asker is in our table
 * and has answered us from there.
 * @module
 */
import { type AddressFamily, type Endpoint, familyOf } from "../address/index.ts";
import { type Millis, type Random, type Rate } from "../base/index.ts";
import { BUCKET_SIZE } from "./bucket.ts";
import { contactLength, type NodeContact } from "./contact.ts";
import { FloodGuard } from "./flood-guard.ts";
import {
  type AnnouncePeerQuery,
  encodeError,
  encodeResponse,
  KRPC_ERROR,
  KRPC_LENGTH_MAX,
  type KrpcError,
  type KrpcQuery,
  type KrpcReply,
  type KrpcSender,
  type Want,
} from "./message.ts";
import type { RoutingTable } from "./routing-table.ts";
import { PeerStore } from "./store.ts";
import { Tokens } from "./token.ts";

/** Bytes a second of answers, and bytes that may be saved up. */
export const ANSWER_RATE_MAX: Rate = 8_000;
const ANSWER_BURST_MILLIS: Millis = 4_000;
/** Bytes of an answer for a byte of a question whose sender nobody has proven. */
const AMPLIFICATION_MAX = 4;
/** Peers of one answer (limits table). */
const PEERS_ANSWERED_MAX = 100;
/** Bytes that a peer takes in a list: its length in digits, a colon, itself. */
const VALUE_LENGTH: Readonly<Record<AddressFamily, number>> = { 4: 8, 6: 21 };
/** `6:values`, `l` and `e`. */
const VALUES_FRAME_LENGTH = 10;

export interface ResponderOptions {
  readonly random: Random;
  readonly version: Uint8Array;
  readonly answerRateMax: Rate;
  readonly tableOf: (family: AddressFamily) => RoutingTable | undefined;
}

export class Responder {
  readonly guard: FloodGuard = new FloodGuard();
  readonly store: PeerStore = new PeerStore();
  readonly #options: ResponderOptions;
  readonly #tokens: Tokens;
  /** Bytes that may be answered now. */
  #allowance: number;
  #allowedAt: Millis | undefined;

  constructor(options: ResponderOptions) {
    this.#options = options;
    this.#tokens = new Tokens(options.random);
    this.#allowance = this.#burst;
  }

  get #burst(): number {
    return (this.#options.answerRateMax * ANSWER_BURST_MILLIS) / 1000;
  }

  /** The answer to a question of `questionLength` bytes; `undefined` when there is to be none. */
  answer(query: KrpcQuery, from: Endpoint, questionLength: number, now: Millis): Uint8Array | undefined {
    const table = this.#options.tableOf(familyOf(from));
    if (table === undefined) return undefined;
    const bytes = this.#compose(table, query, from, questionLength, now);
    return this.#affords(bytes.length, now) ? bytes : undefined;
  }

  complain(error: KrpcError, from: Endpoint, now: Millis): Uint8Array | undefined {
    const bytes = encodeError(error, from, this.#options.version);
    return this.#affords(bytes.length, now) ? bytes : undefined;
  }

  #affords(byteLength: number, now: Millis): boolean {
    const gained = ((now - (this.#allowedAt ?? now)) * this.#options.answerRateMax) / 1000;
    this.#allowedAt = now;
    this.#allowance = Math.min(this.#burst, this.#allowance + gained);
    if (this.#allowance < byteLength) return false;
    this.#allowance -= byteLength;
    return true;
  }

  #compose(table: RoutingTable, query: KrpcQuery, from: Endpoint, questionLength: number, now: Millis): Uint8Array {
    const sender: KrpcSender = { id: table.id, transaction: query.transaction, version: this.#options.version };
    const lengthMax = table.has(from) ? KRPC_LENGTH_MAX : Math.min(KRPC_LENGTH_MAX, AMPLIFICATION_MAX * questionLength);
    switch (query.method) {
      case "ping":
        return encodeResponse({}, sender, from);
      case "find_node":
        return this.#fit(this.#near(query.target, query.want, from, now), sender, from, lengthMax);
      case "get_peers": {
        const token = this.#tokens.issue(from.address, now);
        const reply = { ...this.#near(query.infoHash, query.want, from, now), token };
        const withoutPeers = this.#fit(reply, sender, from, lengthMax);
        const peers = this.#peersFor(query.infoHash, familyOf(from), lengthMax - withoutPeers.length, now);
        return peers.length === 0 ? withoutPeers : this.#fit({ ...reply, peers }, sender, from, lengthMax);
      }
      case "announce_peer":
        return this.#hearAnnounce(query, sender, from, now);
    }
  }

  #near(target: Uint8Array, want: Want, from: Endpoint, now: Millis): KrpcReply {
    const nodeFamilies = want.length > 0 ? want : [familyOf(from)];
    const isOther = ({ endpoint }: NodeContact): boolean => endpoint.address !== from.address || endpoint.port !== from.port;
    const nodes = nodeFamilies.flatMap((family) =>
      (this.#options.tableOf(family)?.closestGood(target, BUCKET_SIZE + 1, now) ?? []).filter(isOther).slice(0, BUCKET_SIZE),
    );
    return { nodes, nodeFamilies };
  }

  #peersFor(infoHash: Uint8Array, family: AddressFamily, room: number, now: Millis): readonly Endpoint[] {
    const count = Math.min(PEERS_ANSWERED_MAX, Math.floor((room - VALUES_FRAME_LENGTH) / VALUE_LENGTH[family]));
    return count < 1 ? [] : this.store.peersOf(infoHash, family, count, now, this.#options.random);
  }

  /** The farthest nodes stay away until the answer is short enough. */
  #fit(reply: KrpcReply, sender: KrpcSender, to: Endpoint, lengthMax: number): Uint8Array {
    let nodes = reply.nodes ?? [];
    for (;;) {
      const bytes = encodeResponse({ ...reply, nodes }, sender, to);
      const excess = bytes.length - lengthMax;
      if (excess <= 0 || nodes.length === 0) return bytes;
      nodes = nodes.slice(0, Math.max(0, nodes.length - Math.ceil(excess / contactLength(6))));
    }
  }

  #hearAnnounce({ infoHash, port, token }: AnnouncePeerQuery, sender: KrpcSender, from: Endpoint, now: Millis): Uint8Array {
    if (!this.#tokens.isValid(token, from.address, now)) {
      const { transaction, version } = sender;
      return encodeError({ transaction, code: KRPC_ERROR.protocol, message: "bad token" }, from, version);
    }
    this.store.announced(infoHash, { address: from.address, port: port === 0 ? from.port : port }, now);
    return encodeResponse({}, sender, from);
  }
}
