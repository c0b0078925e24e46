/**
 * What a program says, and who waits for it to say something.
 * @module
 */

interface Listener {
  readonly pattern: RegExp;
  resolve(found: RegExpExecArray): void;
}

/** Text that grows. Patterns are looked for in whole and growing lines, so they must not span two. */
export class Speech {
  #text = "";
  /** Where the last line begins: what stands before it has been looked at. */
  #lineAt = 0;
  readonly #listeners = new Set<Listener>();

  get text(): string {
    return this.#text;
  }

  hear(text: string): void {
    this.#text += text;
    const fresh = this.#text.slice(this.#lineAt);
    for (const listener of this.#listeners) {
      const found = listener.pattern.exec(fresh);
      if (found !== null) listener.resolve(found);
    }
    this.#lineAt = this.#text.lastIndexOf("\n") + 1;
  }

  /** Answers with the first match, in the past or to come; rejects when `signal` is aborted. */
  async says(pattern: RegExp, signal: AbortSignal): Promise<RegExpExecArray> {
    const said = pattern.exec(this.#text);
    if (said !== null) return said;
    signal.throwIfAborted();
    return new Promise((resolve, reject) => {
      const listener = { pattern, resolve: (found: RegExpExecArray) => settle(() => resolve(found)) };
      const giveUp = (): void => settle(() => reject(signal.reason));
      const settle = (answer: () => void): void => {
        this.#listeners.delete(listener);
        signal.removeEventListener("abort", giveUp);
        answer();
      };
      this.#listeners.add(listener);
      signal.addEventListener("abort", giveUp, { once: true });
    });
  }
}
