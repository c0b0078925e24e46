import { assert, below, fromHex, HostError, type Random, toHex } from "@bittern/protocol/base";
import { encode } from "@bittern/protocol/bencode";
import { sha1 } from "@bittern/protocol/crypto";
import { encodeDontHave, encodeExtensionHandshake, encodeMetadataMessage, encodeUploadOnly, encodeWish } from "@bittern/protocol/extension";
import { fuzzCount, mutate, seededRandom } from "@bittern/protocol/fuzz";
import { parseMagnet } from "@bittern/protocol/magnet";
import { parseTorrent } from "@bittern/protocol/metainfo";
import { encodeHandshake, encodeMessage, type PeerMessage } from "@bittern/protocol/peer";
import { expect, it } from "vitest";
import type { AddTorrent, Command } from "./command.ts";
import type { SessionInput } from "./input.ts";
import type { SessionOutput } from "./output.ts";
import { SessionMachine } from "./session.ts";

const PIECE_LENGTH = 32_768;
const PIECE_COUNT = 19;
const INFO = encode({
  length: PIECE_LENGTH * PIECE_COUNT - 777,
  name: "content",
  "piece length": PIECE_LENGTH,
  pieces: new Uint8Array(20 * PIECE_COUNT),
});
const METAINFO = parseTorrent(
  encode({
    info: new Map(
      Object.entries({
        length: PIECE_LENGTH * PIECE_COUNT - 777,
        name: "content",
        "piece length": PIECE_LENGTH,
        pieces: new Uint8Array(20 * PIECE_COUNT),
      }),
    ),
  }),
);
const INFO_HASH = toHex(sha1(INFO));
const SOURCES: readonly AddTorrent["source"][] = [
  { type: "metainfo", metainfo: METAINFO },
  { type: "magnet", magnet: parseMagnet(`magnet:?xt=urn:btih:${INFO_HASH}`) },
];
/** Inputs of one session. */
const STEPS = 400;
const PEERS = 6;
/** Of the world, for what is under way at the end. */
const ANSWERS_MAX = 5000;

/** A session whose peers say anything at any time, and whose disk answers when and as it likes. */
class Chaos {
  readonly #random: Random;
  readonly #machine: SessionMachine;
  readonly #answers: SessionInput[] = [];
  readonly #open = new Set<number>();
  #linkCount = 0;
  #moveCount = 0;
  readonly #unansweredMoves = new Set<number>();
  #now = 0;
  closedCount = 0;

  constructor(seed: number) {
    this.#random = seededRandom(seed);
    this.#machine = new SessionMachine({ random: this.#random, wallSeconds: () => 0, settings: { piecePoolLength: 4 * PIECE_LENGTH } });
    const source = SOURCES[below(this.#random, SOURCES.length)] as AddTorrent["source"];
    const isSeed = below(this.#random, 3) === 0;
    const placement = { root: "/data" };
    this.#give({
      type: "command",
      command: {
        type: "add-torrent",
        torrent: 1,
        source,
        placement,
        recordKey: "k",
        trustData: isSeed,
        superSeed: below(this.#random, 4) === 0,
      },
    });
  }

  run(): void {
    for (let step = 0; step < STEPS; step++) this.#step();
    for (let left = ANSWERS_MAX; left > 0 && this.#unansweredMoves.size > 0; left--) {
      const answer = this.#answers.shift();
      if (answer !== undefined) this.#give(answer);
    }
    assert(this.#unansweredMoves.size === 0, "every question to move it is answered, once");
  }

  #step(): void {
    switch (below(this.#random, 12)) {
      case 0:
        return this.#come();
      case 1:
        this.#now += below(this.#random, 3000);
        return this.#give({ type: "tick" });
      case 2:
        return this.#leave();
      case 3:
      case 4:
      case 5: {
        const [answer] = this.#answers.splice(below(this.#random, Math.max(1, this.#answers.length)), 1);
        return answer === undefined ? undefined : this.#give(answer);
      }
      case 6:
        if (below(this.#random, 20) > 0) return;
        return this.#give({ type: "command", command: this.#command() });
      default:
        return this.#say();
    }
  }

  #command(): Command {
    const torrent = 1;
    switch (below(this.#random, 4)) {
      case 0:
        return { type: "pause", torrent };
      case 1:
        return { type: "recheck", torrent };
      case 2:
        this.#unansweredMoves.add(++this.#moveCount);
        return this.#move(torrent, `data-${below(this.#random, 3)}`);
      default:
        return { type: "resume", torrent };
    }
  }

  #move(torrent: number, place: string): Command {
    return { type: "move", torrent, move: this.#moveCount, root: `/${place}`, recordKey: place };
  }

  #come(): void {
    if (this.#open.size >= PEERS) return;
    const link = -++this.#linkCount;
    this.#open.add(link);
    this.#give({
      type: "accepted",
      link,
      remote: { address: `10.0.0.${below(this.#random, 9) + 1}`, port: 1 + below(this.#random, 9) },
      transport: "tcp",
    });
    const features = { extended: true, fast: below(this.#random, 3) > 0, dht: true, v2: below(this.#random, 2) === 0 };
    const peerId = new Uint8Array(20).fill(below(this.#random, 40));
    this.#send(link, encodeHandshake({ infoHash: fromHex(INFO_HASH) as Uint8Array, peerId, features }));
  }

  #leave(): void {
    const link = this.#anyone();
    if (link === undefined || below(this.#random, 4) > 0) return;
    this.#open.delete(link);
    this.#give({ type: "closed", link, fault: undefined });
  }

  #say(): void {
    const link = this.#anyone();
    if (link === undefined) return;
    const bytes = encodeMessage(this.#message());
    this.#send(link, below(this.#random, 30) === 0 ? mutate(bytes, this.#random, bytes) : bytes);
  }

  #send(link: number, bytes: Uint8Array): void {
    const cut = below(this.#random, 3) === 0 ? below(this.#random, bytes.length + 1) : bytes.length;
    for (const part of [bytes.subarray(0, cut), bytes.subarray(cut)])
      if (part.length > 0 && this.#open.has(link)) this.#give({ type: "bytes", link, bytes: part });
  }

  #anyone(): number | undefined {
    return [...this.#open][below(this.#random, Math.max(1, this.#open.size))];
  }

  #piece(): number {
    return below(this.#random, 40) === 0 ? this.#edge() : below(this.#random, PIECE_COUNT);
  }

  #edge(): number {
    return [PIECE_COUNT - 1, PIECE_COUNT, 2 ** 31, 2 ** 32 - 1][below(this.#random, 4)] as number;
  }

  #range(): { piece: number; begin: number; length: number } {
    const begin = below(this.#random, 40) === 0 ? this.#edge() : 16_384 * below(this.#random, 2);
    return { piece: this.#piece(), begin, length: below(this.#random, 40) === 0 ? this.#edge() : 16_384 };
  }

  #message(): PeerMessage {
    const { piece, begin, length } = this.#range();
    const root = new Uint8Array(32).fill(below(this.#random, 3));
    const hashes = {
      root,
      baseLayer: below(this.#random, 3),
      index: below(this.#random, 5),
      length: 2,
      proofLayers: below(this.#random, 3),
    };
    const field = Uint8Array.from({ length: 3 }, (_, at) => below(this.#random, 256) & (at === 2 ? 0xe0 : 255));
    const all: readonly PeerMessage[] = [
      ...(
        ["keep-alive", "choke", "unchoke", "unchoke", "interested", "interested", "not-interested", "have-all", "have-none"] as const
      ).map((type) => ({ type })),
      ...(["have", "have", "suggest", "allowed-fast"] as const).map((type) => ({ type, piece })),
      ...(["request", "request", "cancel", "reject"] as const).map((type) => ({ type, piece, begin, length })),
      { type: "bitfield", bytes: field },
      { type: "piece", piece, begin, block: new Uint8Array(16_384) },
      { type: "piece", piece, begin, block: new Uint8Array(below(this.#random, 16_385)) },
      { type: "port", port: begin % 65_536 },
      { type: "hash-request", ...hashes },
      { type: "hash-reject", ...hashes },
      { type: "hashes", ...hashes, hashes: new Uint8Array(64) },
      ...this.#extended().map((payload, at) => ({ type: "extended" as const, id: [0, 2, 2, 2, 3, 4, 5, 9][at] as number, payload })),
    ];
    return all[below(this.#random, all.length)] as PeerMessage;
  }

  #extended(): readonly Uint8Array[] {
    const messages = new Map(
      ["ut_metadata", "upload_only", "lt_donthave", "by_wish", "by_turn", "other"].map((name) => [name, below(this.#random, 7)]),
    );
    const metadataSize = below(this.#random, 3) > 0 ? INFO.length : 1 + below(this.#random, 100_000);
    const bytes = below(this.#random, 2) === 0 ? INFO : new Uint8Array(INFO.length);
    const piece = below(this.#random, 3);
    return [
      encodeExtensionHandshake({
        messages,
        metadataSize,
        port: 1 + below(this.#random, 9),
        reqq: 1 + below(this.#random, 300),
        client: "\u001b[2J",
      }),
      encodeMetadataMessage({ type: "request", piece }),
      encodeMetadataMessage({ type: "data", piece: 0, totalSize: INFO.length, bytes }),
      encodeMetadataMessage({ type: "reject", piece }),
      encodeDontHave(this.#piece()),
      encodeUploadOnly(below(this.#random, 2) === 0),
      encodeWish(this.#piece()),
      Uint8Array.of(below(this.#random, 5)),
      new Uint8Array(below(this.#random, 50)),
    ];
  }

  #give(input: SessionInput): void {
    for (const output of this.#machine.handle(input, this.#now)) this.#perform(output);
  }

  /** What the world will answer, some time. */
  #perform(output: SessionOutput): void {
    const fault = below(this.#random, 15) === 0 ? new HostError("DISK_FULL", "no room") : undefined;
    const stamps = { files: METAINFO.layout.files.map(() => undefined), rootIdentity: "1" };
    const torrent = 1;
    switch (output.type) {
      case "event":
        if (output.event.type === "moved") assert(this.#unansweredMoves.delete(output.event.move), "an answer has its question");
        return;
      case "close-link":
        this.closedCount++;
        this.#open.delete(output.link);
        return;
      case "send":
        return this.#answerRequests(output.link, output.bytes);
      case "load-record":
        return this.#later({ type: "record-loaded", torrent, bytes: undefined });
      case "save-record":
        return this.#later({ type: "record-saved", torrent, fault });
      case "open-store":
        return this.#later({ type: "store-opened", torrent, outcome: fault ?? stamps });
      case "allocate":
        return this.#later({ type: "store-allocated", torrent, fault });
      case "store-piece": {
        const good = below(this.#random, 3) > 0;
        return this.#later({ type: "piece-stored", torrent, piece: output.piece, outcome: fault ?? { good }, buffer: output.buffer });
      }
      case "verify":
        return this.#later({
          type: "verified",
          torrent,
          pieces: output.pieces,
          outcome: fault ?? Uint8Array.from(output.pieces, () => below(this.#random, 2)),
        });
      case "sync":
        return this.#later({ type: "synced", torrent, ticket: output.ticket, outcome: fault ?? stamps });
      case "move":
        return this.#later({ type: "moved", torrent, move: output.move, to: output.to, outcome: fault ?? stamps });
      case "ask-space":
        return this.#later({ type: "space", torrent, outcome: fault ?? 2 ** 40 });
      case "send-answer":
        return this.#later({ type: "answer-sent", link: output.link, byteLength: output.bytes.length });
      case "send-blocks": {
        const byteLength = output.blocks.reduce((sum, block) => sum + block.length, 0);
        const { link, blocks } = output;
        return this.#later(
          fault === undefined ? { type: "blocks-sent", link, byteLength } : { type: "blocks-failed", link, blocks, fault },
        );
      }
      case "connect":
        return this.#later({ type: "closed", link: output.link, fault: new HostError("CONNECTION_REFUSED", "nobody there") });
      default:
        return;
    }
  }

  /** Peers send some of the blocks they are asked for. */
  #answerRequests(link: number, bytes: Uint8Array): void {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    for (let at = 0; at + 17 <= bytes.length && view.getUint32(at) === 13 && bytes[at + 4] === 6; at += 17) {
      if (below(this.#random, 4) === 0) continue;
      const block = new Uint8Array(view.getUint32(at + 13)).fill(below(this.#random, 2));
      this.#later({
        type: "bytes",
        link,
        bytes: encodeMessage({ type: "piece", piece: view.getUint32(at + 5), begin: view.getUint32(at + 9), block }),
      });
    }
  }

  #later(input: SessionInput): void {
    this.#answers.push(input);
  }
}

it("A session survives whatever its peers say, in any order and at any time, while its disk does as it likes", () => {
  const rounds = Math.max(1, Math.floor(fuzzCount(process.env) / 500));
  let closedCount = 0;
  for (let seed = 1; seed <= rounds; seed++) {
    const chaos = new Chaos(seed);
    try {
      chaos.run();
    } catch (cause) {
      throw new Error(`session ${seed}: ${String(cause)}`, { cause });
    }
    closedCount += chaos.closedCount;
  }
  // Some are let go for what they say, or nothing odd was said.
  expect(closedCount).toBeGreaterThan(rounds);
});
