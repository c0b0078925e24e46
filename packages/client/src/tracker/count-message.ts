/**
 * Completions as trackers that share a store tell each other of them.
 *
 *     <info hash: 20 bytes> <how often it was completed: u32> …
 * @module
 */

/** Bytes of a count: info hash and number. */
const COUNT_LENGTH = 24;

/** `name`: the info hash, one character a byte. */
export function encodeCounts(counts: readonly (readonly [name: string, count: number])[]): Buffer {
  const message = Buffer.alloc(COUNT_LENGTH * counts.length);
  for (const [at, [name, count]] of counts.entries()) {
    message.write(name, COUNT_LENGTH * at, "latin1");
    message.writeUInt32BE(count, COUNT_LENGTH * at + 20);
  }
  return message;
}

/** Those that are whole; none of a message that is missing. */
export function* decodeCounts(message: Buffer | undefined): Generator<readonly [infoHash: Uint8Array, count: number], void, void> {
  for (let at = 0; message !== undefined && at + COUNT_LENGTH <= message.length; at += COUNT_LENGTH) {
    yield [new Uint8Array(message.subarray(at, at + 20)), message.readUInt32BE(at + 20)];
  }
}
