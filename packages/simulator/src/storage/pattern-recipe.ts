/**
 * Frames of pattern blocks as a recipe: which blocks, in which order, and which of them are lies. Of each it writes the head and the
 * first bytes, by which it is known; the rest of a block is whatever lies in the buffer.
 * @module
 */
import type { BlockSpan } from "@bittern/host";
import type { Recipe } from "../lazy.ts";
import type { TorrentContent } from "./content.ts";
import { FRAME_HEAD_LENGTH, framedLength, writeHead } from "./frames.ts";

export class PatternRecipe implements Recipe {
  readonly byteLength: number;
  readonly #content: TorrentContent;
  readonly #spans: readonly BlockSpan[];
  /** Blocks whose first byte is wrong. */
  readonly #wrong: ReadonlySet<BlockSpan> | undefined;
  readonly #head: Uint8Array = new Uint8Array(FRAME_HEAD_LENGTH);
  /** The frame read last, and where it begins: reads go forward. */
  #frame = 0;
  #frameStart = 0;

  readonly #release: () => void;

  constructor(content: TorrentContent, spans: readonly BlockSpan[], wrong: ReadonlySet<BlockSpan> | undefined, release: () => void) {
    this.#content = content;
    this.#spans = spans;
    this.#wrong = wrong;
    this.#release = release;
    this.byteLength = framedLength(spans);
  }

  surrender(): void {
    this.#release();
  }

  copyTo(target: Uint8Array, at: number, from: number, length: number): number {
    if (from < this.#frameStart) this.#frame = this.#frameStart = 0;
    let done = 0;
    let end = at;
    while (done < length) {
      const span = this.#spans[this.#frame] as BlockSpan;
      const frameLength = FRAME_HEAD_LENGTH + span.length;
      const skip = from + done - this.#frameStart;
      if (skip >= frameLength) {
        this.#frame++;
        this.#frameStart += frameLength;
        continue;
      }
      const count = Math.min(frameLength - skip, length - done);
      end = this.#copyFrame(target, at + done, span, skip, count) ?? end;
      done += count;
    }
    return end;
  }

  /** Returns where what it wrote ends; `undefined` when that is nothing. */
  #copyFrame(target: Uint8Array, at: number, span: BlockSpan, skip: number, count: number): number | undefined {
    let done = 0;
    if (skip < FRAME_HEAD_LENGTH) {
      done = Math.min(FRAME_HEAD_LENGTH - skip, count);
      if (done === FRAME_HEAD_LENGTH) writeHead(target, at, span);
      else {
        writeHead(this.#head, 0, span);
        target.set(this.#head.subarray(skip, skip + done), at);
      }
    }
    const begin = skip + done - FRAME_HEAD_LENGTH;
    const length = Math.min(count - done, this.#content.keptBlockLength - begin);
    if (length <= 0) return done === 0 ? undefined : at + done;
    this.#content.copyTo(target, at + done, span.piece, span.begin + begin, length);
    if (begin === 0 && this.#wrong?.has(span) === true) target[at + done] = (target[at + done] as number) ^ 0xff;
    return at + done + length;
  }
}
