/**
 * The tracker's UDP side: a datagram in, at most one out (BEPs 15, 7, 21 and 41).
 *
 *     connect    <0x41727101980: u64> <0: u32> <transaction: u32>                    -> 16 bytes, as many as came
 *     announce   <connection: u64> <1: u32> <transaction: u32> <82 bytes> <options>  -> 20 + 6 (18) a peer
 *     scrape     <connection: u64> <2: u32> <transaction: u32> <20 bytes> ...        -> 8 + 12 a torrent
 *
 * Whoever shows no connection id of ours gets nothing: silence cannot be aimed at anybody. Hot: one buffer for all
 * answers, no object and no string but the sender's address, which the host gives.
 * @module
 */
import type { Sender } from "@bittern/host";
import type { Endpoint } from "@bittern/protocol/address";
import { Beginnings, type Millis, type Random, utf8 } from "@bittern/protocol/base";
import { decodeUdpRequest } from "@bittern/protocol/tracker";
import type { Access } from "../access/access.ts";
import { readTarget } from "../access/credential.ts";
import { addressBytes } from "../address-bytes.ts";
import { Announce } from "../announce.ts";
import type { Announcer } from "../announcer.ts";
import { FAILURE_CODES, type FailureCode, failureOf } from "../failure.ts";
import type { TrackerOutput } from "../output.ts";
import type { TrackerSettings } from "../settings.ts";
import { type AnnounceEvent, NO_EVENT, PAUSED, type Statistics } from "../statistics.ts";
import { paired } from "../swarms/keyed-hash.ts";
import { NO_TORRENT } from "../swarms/torrent-table.ts";
import { canBeGivenOut, maySpeakForOthers } from "../trust.ts";
import { ConnectionIds } from "./connection-id.ts";

const CONNECT = 0;
const ANNOUNCE = 1;
const SCRAPE = 2;
const ERROR = 3;

const PROTOCOL_ID_HIGH = 0x417;
const PROTOCOL_ID_LOW = 0x27101980;

const CONNECT_LENGTH = 16;
const ANNOUNCE_LENGTH = 98;
const HASH_LENGTH = 20;
const SCRAPED_LENGTH = 12;
/** Where the parts of an announce stand. */
const AT = { infoHash: 16, peerId: 36, downloaded: 56, left: 64, uploaded: 72, event: 80, address: 84, key: 88, wanted: 92, port: 96 };

/** Bytes. No answer is longer. */
const ANSWER_LENGTH_MAX = 1400;

const HASH_WORDS = HASH_LENGTH / 4;
/** Torrents that an answer has room for, and the length of a scrape that asks for so many. */
const SCRAPED_MAX = Math.floor((ANSWER_LENGTH_MAX - 8) / SCRAPED_LENGTH);
const QUESTION_LENGTH_MAX = CONNECT_LENGTH + SCRAPED_MAX * HASH_LENGTH;

const FAILURE_TEXTS: ReadonlyMap<FailureCode, Uint8Array> = new Map(FAILURE_CODES.map((code) => [code, utf8(failureOf(code).reason)]));

export class UdpFront {
  readonly #settings: TrackerSettings;
  readonly #announcer: Announcer;
  readonly #access: Access;
  readonly #statistics: Statistics;
  readonly #ids: ConnectionIds;
  readonly #request = new Announce();
  readonly #hash = paired(HASH_LENGTH);
  readonly #address = new Uint8Array(16);
  readonly #answer = new Uint8Array(ANSWER_LENGTH_MAX);
  readonly #beginnings = new Beginnings(this.#answer);
  /** A scrape, where its hashes can be read by words. */
  readonly #question = paired(QUESTION_LENGTH_MAX);
  /** What was found of it. */
  readonly #found = new Int32Array(SCRAPED_MAX);

  constructor(settings: TrackerSettings, announcer: Announcer, access: Access, statistics: Statistics, random: Random) {
    this.#settings = settings;
    this.#announcer = announcer;
    this.#access = access;
    this.#statistics = statistics;
    this.#ids = new ConnectionIds(random);
  }

  receive(bytes: Uint8Array, from: Sender, socket: number, now: Millis, out: TrackerOutput[]): void {
    const addressLength = from.ipv4 === undefined ? addressBytes(from.address, this.#address) : this.#takeIpv4(from.ipv4);
    if (addressLength === 0 || from.port === 0) return;
    const length = this.#take(bytes, addressLength, from, now);
    if (this.#isAsking) return this.#await(bytes, from, socket);
    if (length === 0) return;
    out.push({ type: "send-datagram", socket, bytes: this.#beginnings.of(length), to: from });
  }

  #takeIpv4(ipv4: number): 4 {
    writeU32(this.#address, 0, ipv4);
    return 4;
  }

  /** Keeps a datagram until its announce has a verdict; it is then handled as if it had just come. */
  #await(bytes: Uint8Array, from: Endpoint, socket: number): void {
    this.#isAsking = false;
    const kept = { bytes: bytes.slice(), from: { address: from.address, port: from.port } };
    this.#access.welcome?.whenAnswered((now, out) => this.receive(kept.bytes, kept.from, socket, now, out));
  }
  #isAsking = false;

  /** Reads a datagram and writes the answer; returns the answer's length, 0 for silence. */
  #take(bytes: Uint8Array, addressLength: number, from: Endpoint, now: Millis): number {
    if (bytes.length < CONNECT_LENGTH) return this.#ignore();
    const action = readU32(bytes, 8);
    if (action === CONNECT) return this.#connect(bytes, addressLength, now);
    if (action !== ANNOUNCE && action !== SCRAPE) return this.#ignore();
    if (!this.#ids.isValid(this.#address, addressLength, now, bytes, 0)) {
      this.#statistics.unverified++;
      return 0;
    }
    for (let byte = 0; byte < 4; byte++) this.#answer[4 + byte] = bytes[12 + byte] as number;
    if (action === SCRAPE) return this.#scrape(bytes, addressLength);
    return bytes.length < ANNOUNCE_LENGTH ? this.#ignore() : this.#announce(bytes, addressLength, from, now);
  }

  #ignore(): 0 {
    this.#statistics.malformed++;
    return 0;
  }

  #connect(bytes: Uint8Array, addressLength: number, now: Millis): number {
    if (readU32(bytes, 0) !== PROTOCOL_ID_HIGH || readU32(bytes, 4) !== PROTOCOL_ID_LOW) return this.#ignore();
    this.#statistics.connects++;
    writeU32(this.#answer, 0, CONNECT);
    for (let byte = 0; byte < 4; byte++) this.#answer[4 + byte] = bytes[12 + byte] as number;
    this.#ids.issue(this.#address, addressLength, now, this.#answer, 8);
    return CONNECT_LENGTH;
  }

  #announce(bytes: Uint8Array, addressLength: number, from: Endpoint, now: Millis): number {
    const request = this.#read(bytes, addressLength, from);
    if (request.port === 0) return this.#fail("PORT_RANGE");
    const refusal = this.#access.judge(request, now);
    if (refusal === "ASKING") {
      this.#isAsking = true;
      return 0;
    }
    if (refusal !== undefined) return this.#fail(refusal);
    this.#statistics.announce("udp", request.event, request.family, false);
    this.#access.report(request, Math.floor(now / 1000));
    const failure = this.#announcer.announce(request, now, this.#settings.peersGivenMaxUdp, false);
    return failure === undefined ? this.#announced(addressLength) : this.#fail(failure);
  }

  #read(bytes: Uint8Array, addressLength: number, from: Endpoint): Announce {
    const request = this.#request;
    request.reset();
    const infoHash = request.infoHash.bytes;
    for (let byte = 0; byte < HASH_LENGTH; byte++) {
      infoHash[byte] = bytes[AT.infoHash + byte] as number;
      request.peerId[byte] = bytes[AT.peerId + byte] as number;
    }
    request.downloaded = readU64(bytes, AT.downloaded);
    request.left = readU64(bytes, AT.left);
    request.uploaded = readU64(bytes, AT.uploaded);
    request.event = eventOf(readU32(bytes, AT.event));
    request.key = readU32(bytes, AT.key);
    // As a signed number: -1 is the default, and a negative one asks for it.
    const wanted = readU32(bytes, AT.wanted) | 0;
    request.wanted = wanted < 0 ? -1 : wanted;
    request.port = ((bytes[AT.port] as number) << 8) | (bytes[AT.port + 1] as number);
    request.setAsker(this.#address, addressLength);
    request.credential = this.#access.usesCredentials ? credentialOf(bytes) : "";
    // Only IPv4 fits into the field, and only who sits in our own network may fill it.
    if (addressLength === 4 && readU32(bytes, AT.address) !== 0 && maySpeakForOthers(from.address, this.#settings.givenAddresses)) {
      for (let byte = 0; byte < 4; byte++) this.#given[byte] = bytes[AT.address + byte] as number;
      if (canBeGivenOut(this.#given)) request.setAddressBytes(this.#given, 4);
    }
    request.sealEndpoint();
    return request;
  }
  readonly #given = new Uint8Array(4);

  #announced(addressLength: number): number {
    const announcer = this.#announcer;
    const answer = this.#answer;
    writeU32(answer, 0, ANNOUNCE);
    writeU32(answer, 8, announcer.interval);
    writeU32(answer, 12, announcer.incomplete);
    writeU32(answer, 16, announcer.seeds);
    const isIpv4 = addressLength === 4;
    const table = isIpv4 ? announcer.swarms.ipv4 : announcer.swarms.ipv6;
    const chosen = isIpv4 ? announcer.chosenIpv4 : announcer.chosenIpv6;
    const count = isIpv4 ? announcer.countIpv4 : announcer.countIpv6;
    let at = 20;
    for (let peer = 0; peer < count; peer++, at += table.endpointLength) table.copyEndpoint(chosen[peer] as number, answer, at);
    return at;
  }

  /** Answers in the order of the question, zeros for what is unknown: the client counts on the places. */
  #scrape(bytes: Uint8Array, addressLength: number): number {
    // A scrape brings no URL, so a private tracker has nobody to answer it to.
    const refusal = this.#settings.scrapes === "none" ? "SCRAPE_OFF" : this.#access.judgeAsker(this.#address, addressLength, "");
    if (refusal !== undefined) return this.#fail(refusal);
    this.#statistics.scrapes.udp++;
    const count = Math.min(Math.floor((bytes.length - CONNECT_LENGTH) / HASH_LENGTH), SCRAPED_MAX, this.#settings.scrapeHashesMax);
    this.#question.bytes.set(bytes.length > QUESTION_LENGTH_MAX ? bytes.subarray(0, QUESTION_LENGTH_MAX) : bytes);
    const { torrents } = this.#announcer.swarms;
    const judges = this.#access.judgesTorrents;
    const answer = this.#answer;
    writeU32(answer, 0, SCRAPE);
    let to = 8;
    torrents.findEach(this.#question, CONNECT_LENGTH / 4, count, this.#found);
    for (let hash = 0; hash < count; hash++, to += SCRAPED_LENGTH) {
      const torrent = judges && !this.#isAdmitted(hash) ? NO_TORRENT : (this.#found[hash] as number);
      if (torrent !== NO_TORRENT) torrents.copyCounts(torrent, answer, to);
      else for (let byte = 0; byte < SCRAPED_LENGTH; byte++) answer[to + byte] = 0;
    }
    return to;
  }

  /** Whether one of the torrents that are asked for may be told of. */
  #isAdmitted(hash: number): boolean {
    const first = CONNECT_LENGTH / 4 + hash * HASH_WORDS;
    for (let word = 0; word < HASH_WORDS; word++) this.#hash.words[word] = this.#question.words[first + word] as number;
    return this.#access.judgeTorrent(this.#hash, "") === undefined;
  }

  #fail(code: FailureCode): number {
    this.#statistics.fail(code);
    const text = code === "UNWELCOME" ? utf8(this.#access.reasonOf(code)) : (FAILURE_TEXTS.get(code) as Uint8Array);
    writeU32(this.#answer, 0, ERROR);
    this.#answer.set(text, 8);
    return 8 + text.length;
  }
}

/** The pass key or secret in the URL data (BEP 41). Rare, so the reader of the protocol room does. */
function credentialOf(bytes: Uint8Array): string {
  const request = decodeUdpRequest(bytes);
  const url = request.type === "announce" ? (request.urlData ?? "") : "";
  const [path = "", query = ""] = url.split("?");
  return readTarget(path, query)?.credential ?? "";
}

/** 4 is what libtorrent sends for a partial seed, though BEP 15 has no number for it. */
function eventOf(code: number): AnnounceEvent {
  return code <= PAUSED ? (code as AnnounceEvent) : NO_EVENT;
}

function readU32(bytes: Uint8Array, at: number): number {
  const upper = ((bytes[at] as number) << 8) | (bytes[at + 1] as number);
  return upper * 0x10000 + (((bytes[at + 2] as number) << 8) | (bytes[at + 3] as number));
}

/** Approximate past 2^53. */
function readU64(bytes: Uint8Array, at: number): number {
  return readU32(bytes, at) * 2 ** 32 + readU32(bytes, at + 4);
}

function writeU32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 24;
  bytes[at + 1] = value >>> 16;
  bytes[at + 2] = value >>> 8;
  bytes[at + 3] = value;
}
