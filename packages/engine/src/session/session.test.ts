import { fromHex, MIB } from "@bittern/protocol/base";
import {
  decodeMetadataMessage,
  encodeExtensionHandshake,
  encodeMetadataMessage,
  METADATA_LENGTH_MAX,
  METADATA_PIECE_LENGTH,
} from "@bittern/protocol/extension";
import { parseMagnet } from "@bittern/protocol/magnet";
import { encodeHandshake, encodeMessage } from "@bittern/protocol/peer";
import { describe, expect, it } from "vitest";
import { METADATA_ID } from "../torrent/greeting.ts";
import type { SessionInput } from "./input.ts";
import type { SessionOutput } from "./output.ts";
import { SessionMachine } from "./session.ts";

const PIECE_COUNT = METADATA_LENGTH_MAX / METADATA_PIECE_LENGTH;
const PIECE = new Uint8Array(METADATA_PIECE_LENGTH);
/** The id that the peers give `ut_metadata`. */
const THEIR_ID = 3;

/** A session with magnet links; a peer of each says that the metadata is as long as any may be. */
class Stage {
  readonly #machine = new SessionMachine({ random: { u32: () => 7 }, wallSeconds: () => 0 });

  /** Adds a torrent, whose peer gives the first so many pieces as it is asked for them; returns how many those were. */
  fetched(torrent: number, count: number = PIECE_COUNT - 1): number {
    const hash = torrent.toString(16).padStart(40, "0");
    const source = { type: "magnet", magnet: parseMagnet(`magnet:?xt=urn:btih:${hash}`) } as const;
    const recordKey = `key-${torrent}`;
    this.#give({ type: "command", command: { type: "add-torrent", torrent, source, placement: { root: "/data" }, recordKey } });
    this.#give({ type: "record-loaded", torrent, bytes: undefined });
    this.#give({ type: "accepted", link: -torrent, remote: { address: `10.0.0.${torrent}`, port: 50_000 }, transport: "tcp" });
    const features = { extended: true, fast: true, dht: false, v2: false };
    const peerId = new Uint8Array(20).fill(torrent);
    this.#say(torrent, encodeHandshake({ infoHash: fromHex(hash) as Uint8Array, peerId, features }));
    const messages = new Map([["ut_metadata", THEIR_ID]]);
    const greeting = encodeExtensionHandshake({ messages, metadataSize: METADATA_LENGTH_MAX });
    const asked = [...this.#say(torrent, encodeMessage({ type: "extended", id: 0, payload: greeting }))];
    let given = 0;
    for (let piece = asked.shift(); piece !== undefined; piece = asked.shift()) {
      if (piece >= count) continue;
      given++;
      const payload = encodeMetadataMessage({ type: "data", piece, totalSize: METADATA_LENGTH_MAX, bytes: PIECE });
      asked.push(...this.#say(torrent, encodeMessage({ type: "extended", id: METADATA_ID, payload })));
    }
    return given;
  }

  remove(torrent: number): void {
    this.#give({ type: "command", command: { type: "remove-torrent", torrent, deleteFiles: false } });
  }

  /** The pieces of metadata that the peer is asked for then. */
  #say(link: number, bytes: Uint8Array): readonly number[] {
    return this.#give({ type: "bytes", link: -link, bytes }).flatMap((output) => {
      if (output.type !== "send" || output.bytes[4] !== 20 || output.bytes[5] !== THEIR_ID) return [];
      const message = decodeMetadataMessage(output.bytes.subarray(6));
      return message?.type === "request" ? [message.piece] : [];
    });
  }

  #give(input: SessionInput): readonly SessionOutput[] {
    return this.#machine.handle(input, 0);
  }
}

describe("A session", () => {
  it("keeps 64 MiB of metadata that is not whole, of all torrents together", () => {
    const stage = new Stage();
    const kept = [1, 2, 3, 4].map((torrent) => stage.fetched(torrent));
    expect(kept).toEqual(Array.from({ length: 4 }, () => PIECE_COUNT - 1));
    // Four more fit; when the last of them is here, three are under way, and kept no more.
    expect(kept.reduce((sum, count) => sum + count) + 4).toBe((64 * MIB) / METADATA_PIECE_LENGTH);
    expect(stage.fetched(5)).toBe(4 + 3);
    expect(stage.fetched(6)).toBe(0);
    stage.remove(1);
    expect(stage.fetched(7, 1)).toBe(1);
  });
});
