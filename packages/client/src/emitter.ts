/**
 * Typed events: for what changes, because nobody has to listen.
 * @module
 */

type Listener<Values extends readonly unknown[]> = (...values: Values) => void;

/** `Events` maps a name to the arguments of its listeners. */
export class TypedEmitter<Events extends { readonly [Name in keyof Events]: readonly unknown[] }> {
  readonly #listeners = new Map<keyof Events, Set<Listener<never>>>();

  /** Calls `listener` at each event of that name, in the order of subscription. Listening twice calls once. */
  on<Name extends keyof Events>(name: Name, listener: Listener<Events[Name]>): this {
    let listeners = this.#listeners.get(name);
    if (listeners === undefined) this.#listeners.set(name, (listeners = new Set()));
    listeners.add(listener as Listener<never>);
    return this;
  }

  /** Calls `listener` at the next event of that name only. `off` with the same function takes it back. */
  once<Name extends keyof Events>(name: Name, listener: Listener<Events[Name]>): this {
    const single: Listener<Events[Name]> & { original?: unknown } = (...values) => {
      this.off(name, single);
      listener(...values);
    };
    single.original = listener;
    return this.on(name, single);
  }

  /** Stops calling `listener` at events of that name; nothing happens where it never listened. */
  off<Name extends keyof Events>(name: Name, listener: Listener<Events[Name]>): this {
    const listeners = this.#listeners.get(name);
    for (const known of listeners ?? []) {
      if (known === listener || (known as { original?: unknown }).original === listener) listeners?.delete(known);
    }
    return this;
  }

  /**
   * A listener that throws harms neither the other listeners nor whoever emits: its error surfaces as an uncaught
   * exception of its own, as it would from any other callback.
   */
  protected emit<Name extends keyof Events>(name: Name, ...values: Events[Name]): void {
    const listeners = this.#listeners.get(name);
    if (listeners === undefined) return;
    for (const listener of [...listeners]) {
      try {
        (listener as Listener<Events[Name]>)(...values);
      } catch (error) {
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }
}
