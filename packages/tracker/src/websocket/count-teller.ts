/**
 * Tells the trackers that share our swarms how many WebTorrent peers are in them here: what has changed within a second, everything once
 * a minute, and everything at once when one of them is new.
 * @module
 */
import { fillRandom, type Millis, type Random } from "@bittern/protocol/base";
import type { TrackerOutput } from "../output.ts";
import { COUNTS_PER_MESSAGE_MAX, type SwarmGuests, TRACKER_ID_LENGTH, writeFarewell, writeSharedCounts } from "../shared/shared-counts.ts";
import type { GuestCounts } from "../swarms/guests.ts";
import type { WebSocketSwarms } from "./swarms.ts";

/** Milliseconds between two tellings, and between two beginnings of a round of everything. */
const TELL_MILLIS = 1000;
const ROUND_MILLIS = 60_000;
/** Tellings that a round takes, with time to spare. */
const ROUND_TELLINGS = 50;

const NONE: GuestCounts = { seeds: 0, partialSeeds: 0, downloaders: 0 };

export class CountTeller {
  readonly #swarms: WebSocketSwarms;
  readonly #changed: Set<string>;
  /** What the others know us by. */
  readonly #tracker: Uint8Array;
  #toldAt: Millis = Number.NEGATIVE_INFINITY;
  #roundAt: Millis = Number.NEGATIVE_INFINITY;
  /** Info hashes that are still to be told in this round, and how many a telling. */
  #round: string[] = [];
  #share = 0;

  constructor(swarms: WebSocketSwarms, random: Random) {
    this.#swarms = swarms;
    this.#changed = swarms.noteChanges();
    this.#tracker = fillRandom(random, new Uint8Array(TRACKER_ID_LENGTH));
  }

  /** Begins a round now: somebody has come who knows nothing. */
  tellAll(): void {
    this.#round = [...this.#swarms.infoHashes];
    this.#share = COUNTS_PER_MESSAGE_MAX;
  }

  tick(now: Millis, out: TrackerOutput[]): void {
    if (now - this.#toldAt < TELL_MILLIS) return;
    const isFirst = this.#toldAt === Number.NEGATIVE_INFINITY;
    this.#toldAt = now;
    if (now - this.#roundAt >= ROUND_MILLIS) this.#beginRound(now);
    const due = this.#changed.size === 0 ? new Set<string>() : new Set(this.#changed);
    this.#changed.clear();
    for (let left = this.#share; left > 0 && this.#round.length > 0; left--) due.add(this.#round.pop() as string);
    if (due.size > 0 || isFirst) this.#tell([...due], out);
  }

  /** We end. */
  end(out: TrackerOutput[]): void {
    out.push({ type: "share-signal", bytes: writeFarewell(this.#tracker) });
  }

  #beginRound(now: Millis): void {
    this.#roundAt = now;
    this.#round = [...this.#swarms.infoHashes];
    this.#share = Math.ceil(this.#round.length / ROUND_TELLINGS);
  }

  #tell(infoHashes: readonly string[], out: TrackerOutput[]): void {
    const swarms: SwarmGuests[] = infoHashes.map((infoHash) => ({ infoHash, counts: this.#swarms.countsOf(infoHash) ?? NONE }));
    for (let at = 0; at < Math.max(1, swarms.length); at += COUNTS_PER_MESSAGE_MAX) {
      const bytes = writeSharedCounts(this.#tracker, swarms.slice(at, at + COUNTS_PER_MESSAGE_MAX));
      out.push({ type: "share-signal", bytes });
    }
  }
}
