/**
 * The state file of the classic tracker (`--dfile`), read and written.
 *
 *     d  9:completed  d  <info hash> <count> ...  e
 *        5:peers      d  <info hash>  d  <peer id>  d 2:ip .. 3:key .. 4:left .. 3:nat .. 4:port .. e ... e ... e   e
 *
 * An older form is the bare dictionary of `peers`. What a peer had left is not kept by this tracker beyond whether it was
 * anything: 1 stands for that. A peer id can stand once per torrent there, so of two addresses of one client the IPv4 one
 * is written.
 * @module
 */
import { canonicalAddress, formatAddress, parseAddress } from "@bittern/protocol/address";
import { concatBytes, fromLatin1, latin1, ProtocolError, type Random } from "@bittern/protocol/base";
import { BencodeDictionary, decode, type Encodable, encode, LIMITS_TORRENT } from "@bittern/protocol/bencode";
import { Access } from "../access/access.ts";
import { History } from "../history.ts";
import { TRACKER_DEFAULTS } from "../settings.ts";
import { SwarmHistory } from "../swarm-history.ts";
import { paired } from "../swarms/keyed-hash.ts";
import type { PeerTable } from "../swarms/peer-table.ts";
import { type PeerRecord, type Seconds, Swarms } from "../swarms/swarms.ts";
import { INFO_HASH_LENGTH, NO_TORRENT } from "../swarms/torrent-table.ts";
import { DOWNLOADER, SEED } from "../swarms/zone.ts";
import { SnapshotWriter } from "./snapshot-writer.ts";

const PEER_ID_LENGTH = 20;
const LIMITS = { ...LIMITS_TORRENT, depth: 8, bigIntegers: true, allowTrailing: true };
/** What a conversion can hold. */
const ROOM = { torrentsMax: 1_000_000, peersMax: 4_000_000, peersPerTorrentMax: 1_000_000, emptySeconds: 86_400 };

/** A journal that tells what a dfile tells. Throws `ProtocolError` when it is none; entries that make no sense are left out. */
export function dfileToJournal(dfile: Uint8Array, wallSeconds: number, random: Random): Uint8Array {
  const swarms = new Swarms({ ...ROOM, random, keepsIds: true });
  readDfile(dfile, swarms, 0);
  return concatBytes(
    new SnapshotWriter({
      swarms,
      access: new Access(TRACKER_DEFAULTS, random),
      history: new History(),
      swarmHistory: new SwarmHistory(),
    }).step(Number.MAX_SAFE_INTEGER, wallSeconds),
  );
}

/** Puts the peers and counts of a dfile into swarms. */
function readDfile(dfile: Uint8Array, swarms: Swarms, seconds: Seconds): void {
  const state = decode(dfile, LIMITS);
  if (!(state instanceof BencodeDictionary)) throw new ProtocolError("DFILE_WRONG", "a dfile is a bencoded dictionary");
  for (const [infoHash, count] of state.dictionary("completed") ?? []) {
    if (typeof count === "number" && count > 0 && open(swarms, infoHash, seconds)) swarms.setCompleted(count);
  }
  for (const [infoHash, peers] of state.dictionary("peers") ?? state) {
    if (!(peers instanceof BencodeDictionary) || !open(swarms, infoHash, seconds)) continue;
    for (const [peerId, peer] of peers) {
      const record = peer instanceof BencodeDictionary ? recordOf(peerId, peer) : undefined;
      if (record !== undefined) swarms.put(record, seconds);
    }
  }
}

function open(swarms: Swarms, infoHash: string, seconds: Seconds): boolean {
  if (infoHash.length !== INFO_HASH_LENGTH) return false;
  const key = paired(INFO_HASH_LENGTH);
  key.bytes.set(fromLatin1(infoHash));
  const torrent = swarms.admit(key, seconds);
  if (torrent === NO_TORRENT) return false;
  swarms.open(torrent);
  return true;
}

function recordOf(peerId: string, peer: BencodeDictionary): PeerRecord | undefined {
  const address = parseAddress(canonicalAddress(peer.text("ip") ?? "") ?? "");
  const port = peer.integer("port") ?? 0;
  if (address === undefined || peerId.length !== PEER_ID_LENGTH || port < 1 || port > 65_535) return undefined;
  const endpoint = paired(18);
  endpoint.bytes.set(address);
  endpoint.bytes[address.length] = port >> 8;
  endpoint.bytes[address.length + 1] = port & 255;
  return {
    family: address.length === 4 ? 4 : 6,
    endpoint,
    zone: peer.integer("left") === 0 ? SEED : DOWNLOADER,
    peerId: fromLatin1(peerId),
    key: keyNumber(peer.text("key") ?? ""),
  };
}

/** As in announces: hex of up to eight digits. A key in any other form is not taken over, so that nobody is locked out by it. */
function keyNumber(key: string): number {
  return /^[0-9A-Fa-f]{1,8}$/.test(key) ? Number.parseInt(key, 16) : 0;
}

/** All peers and counts as a dfile. Takes a time that grows with their number. Moves the finger. */
export function writeDfile(swarms: Swarms): Uint8Array<ArrayBuffer> {
  const completed = new Map<string, Encodable>();
  const peers = new Map<string, Encodable>();
  const infoHash = new Uint8Array(INFO_HASH_LENGTH);
  for (let torrent = 0; torrent < swarms.torrents.end; torrent++) {
    if (!swarms.torrents.isUsed(torrent)) continue;
    swarms.torrents.copyHash(torrent, infoHash, 0);
    const name = latin1(infoHash);
    swarms.open(torrent);
    if (swarms.completed > 0) completed.set(name, swarms.completed);
    const listed = new Map<string, Encodable>();
    for (const table of [swarms.ipv6, swarms.ipv4]) listPeers(table, listed);
    peers.set(name, listed);
  }
  return encode({ completed, peers });
}

function listPeers(table: PeerTable, listed: Map<string, Encodable>): void {
  const endpoint = new Uint8Array(18);
  const peerId = new Uint8Array(PEER_ID_LENGTH);
  const portAt = table.endpointLength - 2;
  for (let position = 0; position < table.peers; position++) {
    table.copyEndpoint(position, endpoint, 0);
    // Without ids the endpoint makes one: the file has no other place for a peer.
    if (table.keepsIds) table.copyId(position, peerId, 0);
    else peerId.set(endpoint);
    const key = table.keyAt(position);
    listed.set(latin1(peerId), {
      ip: formatAddress(endpoint.subarray(0, portAt)),
      key: key === 0 ? undefined : key.toString(16).padStart(8, "0"),
      left: table.zoneAt(position) === SEED ? 0 : 1,
      nat: 0,
      port: ((endpoint[portAt] as number) << 8) | (endpoint[portAt + 1] as number),
    });
  }
}
