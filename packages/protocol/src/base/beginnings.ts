/**
 * The beginnings of one memory as views, each made once: making a view costs more than writing a short message into it.
 * @module
 */

/** Bytes. Longer beginnings are rare, and what is kept of them would be more than the memory itself. */
const KEPT_LENGTH_MAX = 2048;

export class Beginnings {
  readonly #memory: Uint8Array<ArrayBuffer>;
  readonly #views: (Uint8Array<ArrayBuffer> | undefined)[] = [];

  constructor(memory: Uint8Array<ArrayBuffer>) {
    this.#memory = memory;
  }

  /** The first `byteLength` bytes: the same view for everybody who asks for this length. Hot. */
  of(byteLength: number): Uint8Array<ArrayBuffer> {
    const known = byteLength <= KEPT_LENGTH_MAX ? this.#views[byteLength] : undefined;
    return known ?? this.#make(byteLength);
  }

  #make(byteLength: number): Uint8Array<ArrayBuffer> {
    const { buffer, byteOffset } = this.#memory;
    const view = new Uint8Array(buffer, byteOffset, byteLength);
    if (byteLength <= KEPT_LENGTH_MAX) this.#views[byteLength] = view;
    return view;
  }
}
