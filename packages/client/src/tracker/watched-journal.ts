/**
 * A journal that tells its operator when it cannot be written any more, and when it can again.
 * @module
 */
import type { Done, JournalFile, JournalStore } from "@bittern/host";
import { HostError } from "@bittern/protocol/base";

export class WatchedJournal implements JournalStore {
  readonly #store: JournalStore;
  readonly #onWarning: (message: string) => void;
  #isFailing = false;

  constructor(store: JournalStore, onWarning: (message: string) => void) {
    this.#store = store;
    this.#onWarning = onWarning;
  }

  load(take: (bytes: Uint8Array) => void, done: Done<void>): void {
    this.#store.load(take, done);
  }

  append(file: JournalFile, bytes: Uint8Array, done: Done<void>): void {
    this.#store.append(file, bytes, this.#watched(done));
  }

  begin(done: Done<void>): void {
    this.#store.begin(this.#watched(done));
  }

  commit(done: Done<void>): void {
    const watched = this.#watched(done);
    this.#store.commit((outcome) => {
      // Until now the file lacked what was announced meanwhile.
      if (!(outcome instanceof HostError) && this.#isFailing) {
        this.#isFailing = false;
        this.#onWarning("the journal is written again, and whole");
      }
      watched(outcome);
    });
  }

  #watched(done: Done<void>): Done<void> {
    return (outcome) => {
      if (outcome instanceof HostError && !this.#isFailing) {
        this.#isFailing = true;
        this.#onWarning(`the journal cannot be written (${outcome.message}); the tracker goes on and tries again`);
      }
      done(outcome);
    };
  }
}
