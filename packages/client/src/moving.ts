/**
 * Where a torrent is told to go: each question has its number, and whoever asked hears how it ended.
 * @module
 */
import { HostError } from "@bittern/protocol/base";
import type { HeldPlaces } from "./held-places.ts";
import { withSignal } from "./waits.ts";

/** What is asked of the engine. */
export interface MoveQuestion {
  readonly move: number;
  readonly root: string;
  readonly recordKey: string;
}

export class Moving {
  readonly #places: HeldPlaces;
  readonly #ask: (question: MoveQuestion) => void;
  /** By the number of the question. */
  readonly #waiting = new Map<number, (fault: HostError | undefined) => void>();
  #count = 0;

  constructor(places: HeldPlaces, ask: (question: MoveQuestion) => void) {
    this.#places = places;
    this.#ask = ask;
  }

  /** Resolves when everything is below that folder; rejects, with the place given back, when it cannot go there. */
  async to(path: string, signal: AbortSignal | undefined): Promise<void> {
    const places = this.#places;
    const place = places.claim(path);
    const move = ++this.#count;
    const moved = new Promise<HostError | undefined>((resolve) => {
      this.#waiting.set(move, (fault) => {
        if (fault !== undefined) places.giveBack(place);
        resolve(fault);
      });
    });
    this.#ask({ move, root: place.root, recordKey: places.recordKey(place) });
    const fault = await withSignal(moved, signal);
    if (fault !== undefined) throw fault;
  }

  answered(move: number, fault: HostError | undefined): void {
    this.#waiting.get(move)?.(fault);
    this.#waiting.delete(move);
  }

  /** The torrent is gone: what was not answered never will be. */
  end(reason: Error): void {
    for (const moved of this.#waiting.values()) moved(reason instanceof HostError ? reason : new HostError("ABORTED", reason.message));
  }
}
