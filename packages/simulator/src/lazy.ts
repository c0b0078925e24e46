/**
 * Bytes that can be made again at will, so that a queue need not keep them.
 *
 * A disk that holds a pattern marks the frames it lends. The network, asked to send marked bytes, keeps the recipe and
 * gives the buffer back at once: a thousand peers with full send buffers then cost no memory. Whoever does not look
 * at the mark sees plain bytes.
 * @module
 */

/** How to make a run of bytes again. */
export interface Recipe {
  readonly byteLength: number;
  /**
   * Writes `length` bytes from `from` on into `target` at `at`, as far as anybody looks at them: the others stay what they were.
   * Returns where in `target` the last byte that was written ends.
   */
  copyTo(target: Uint8Array, at: number, from: number, length: number): number;
  /** The buffer the bytes were lent in may be used for something else. */
  surrender(): void;
}

/**
 * The last mark alone is remembered: what a disk lends is written at once, or its bytes are kept as they are. A weak map of all
 * marks was a tenth of the work of the collector. Known by identity, so nothing of one world can be seen in another.
 */
let marked: Uint8Array | undefined;
let recipeOfMarked: Recipe | undefined;

/** Marks a view of a lent buffer; each loan is a view of its own, so a mark never outlives its bytes. */
export function mark(bytes: Uint8Array, recipe: Recipe): void {
  marked = bytes;
  recipeOfMarked = recipe;
}

/** The recipe of bytes that were marked last; it is told once. */
export function recipeOf(bytes: Uint8Array): Recipe | undefined {
  if (bytes !== marked) return undefined;
  const recipe = recipeOfMarked;
  marked = recipeOfMarked = undefined;
  return recipe;
}
