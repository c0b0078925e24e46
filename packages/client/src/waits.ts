/**
 * Where people begin: callbacks and states of the machines, turned into promises that a signal can end.
 * @module
 */

import type { Done } from "@bittern/host";
import { HostError } from "@bittern/protocol/base";

/** Options of everything that waits. */
export interface WaitOptions {
  /** Ends the waiting (not what is waited for): the promise is rejected with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** Asks a host; the promise carries its answer, or its refusal as a rejection. */
export function asked<Result>(ask: (done: Done<Result>) => unknown, signal?: AbortSignal): Promise<Result> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) return reject(reasonOf(signal));
    signal?.addEventListener("abort", abort, { once: true });
    // What is refused at first sight is answered before `ask` returns.
    const cancel = ask((outcome) => {
      signal?.removeEventListener("abort", abort);
      if (outcome instanceof HostError) reject(outcome);
      else resolve(outcome);
    });
    function abort(): void {
      if (typeof cancel === "function") cancel();
      if (signal !== undefined) reject(reasonOf(signal));
    }
  });
}

/** The promise, or a rejection when the signal comes first; what was promised goes on. */
export function withSignal<Result>(promise: Promise<Result>, signal?: AbortSignal): Promise<Result> {
  if (signal === undefined) return promise;
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(reasonOf(signal));
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}

/** What a signal was aborted with, always as an error. */
export function reasonOf(signal: AbortSignal): Error {
  return signal.reason instanceof Error ? signal.reason : new HostError("ABORTED", `aborted: ${String(signal.reason)}`);
}

/** Before anything is begun. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw reasonOf(signal);
}

interface Wait {
  look(): void;
  end(error: Error): void;
}

/** Promises that wait for a state: each is looked at again whenever something changed. */
export class Waits {
  readonly #waits = new Set<Wait>();
  #ended: Error | undefined;

  /** The first answer of `ask` that is not `undefined`, asked at once and at each `look`; what it throws rejects. */
  until<Answer>(ask: () => Answer | undefined, signal?: AbortSignal): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const settle = (act: () => void): void => {
        this.#waits.delete(wait);
        signal?.removeEventListener("abort", abort);
        act();
      };
      const wait: Wait = {
        look: () => {
          try {
            const answer = ask();
            if (answer !== undefined) settle(() => resolve(answer));
          } catch (error) {
            settle(() => reject(error instanceof Error ? error : new Error(String(error))));
          }
        },
        end: (error) => settle(() => reject(error)),
      };
      const abort = (): void => settle(() => reject(reasonOf(signal as AbortSignal)));
      if (signal?.aborted === true) return abort();
      this.#waits.add(wait);
      signal?.addEventListener("abort", abort, { once: true });
      wait.look();
      if (this.#ended !== undefined) wait.end(this.#ended);
    });
  }

  /** Something changed. */
  look(): void {
    for (const wait of [...this.#waits]) wait.look();
  }

  /** Nothing will change any more: what still waits is rejected, now and later. */
  end(error: Error): void {
    this.#ended ??= error;
    for (const wait of [...this.#waits]) wait.end(error);
  }
}
