/**
 * A queue over an array whose front moves: shifting costs nothing, and the array is trimmed now and then.
 * @module
 */

/** Items gone from the front before the array is trimmed. */
const TRIM_AFTER = 64;

/** First in, first out. */
export class Fifo<Item> {
  #items: (Item | undefined)[] = [];
  #front = 0;

  get length(): number {
    return this.#items.length - this.#front;
  }

  get first(): Item | undefined {
    return this.#items[this.#front];
  }

  push(item: Item): void {
    this.#items.push(item);
  }

  shift(): Item | undefined {
    if (this.#front === this.#items.length) return undefined;
    const item = this.#items[this.#front];
    this.#items[this.#front++] = undefined;
    if (this.#front === this.#items.length) {
      this.#items.length = 0;
      this.#front = 0;
    } else if (this.#front >= TRIM_AFTER && this.#front * 2 >= this.#items.length) {
      this.#items.splice(0, this.#front);
      this.#front = 0;
    }
    return item;
  }

  clear(): void {
    this.#items = [];
    this.#front = 0;
  }
}
