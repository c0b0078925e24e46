/**
 * Dice, as an argument: a machine never rolls its own.
 * @module
 */

/** A source of uniform 32-bit numbers. The host decides whether they are secret (CSPRNG) or repeatable (simulator). */
export interface Random {
  /** Uniform in [0, 2^32). */
  u32(): number;
}

/** Uniform in [0, count); `count` from 1 to 2^32. The bias of the modulo is below count / 2^32 and matters nowhere here. */
export function below(random: Random, count: number): number {
  return random.u32() % count;
}

/** Puts `items` into a random order, in place (Fisher and Yates), and returns them. */
export function shuffle<Item>(random: Random, items: Item[]): Item[] {
  for (let last = items.length - 1; last > 0; last--) {
    const other = below(random, last + 1);
    const held = items[last] as Item;
    items[last] = items[other] as Item;
    items[other] = held;
  }
  return items;
}

/** Fills `bytes` with random bytes and returns it. */
export function fillRandom<Bytes extends Uint8Array>(random: Random, bytes: Bytes): Bytes {
  for (let at = 0; at < bytes.length; at += 4) {
    const word = random.u32();
    for (let byte = 0; byte < 4 && at + byte < bytes.length; byte++) bytes[at + byte] = word >>> (8 * byte);
  }
  return bytes;
}
