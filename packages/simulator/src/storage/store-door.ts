/**
 * What every store goes through before it does anything: it waits its turn at the disk, and a closed store, or one that was
 * opened for reading only, refuses.
 * @module
 */
import type { Done } from "@bittern/host";
import { HostError } from "@bittern/protocol/base";
import type { DiskOperation } from "./disk.ts";
import type { StoreContext } from "./store-context.ts";

/** What a store opened for reading only refuses. */
const CHANGES: ReadonlySet<DiskOperation> = new Set(["allocate", "select", "write", "move", "remove"]);

export class StoreDoor {
  readonly #context: StoreContext;
  readonly #isReadOnly: boolean;
  #isClosed = false;

  constructor(context: StoreContext, isReadOnly: boolean) {
    this.#context = context;
    this.#isReadOnly = isReadOnly;
  }

  /** Waits its turn at the disk, then does what was asked unless the disk refused. */
  perform<Result>(operation: DiskOperation, length: number, done: Done<Result>, act: () => Result | HostError): void {
    const refusal = this.#refusal(operation);
    if (operation === "close" || (operation === "remove" && refusal === undefined)) this.#isClosed = true;
    this.#context.disk.perform(this.#context.process, { operation, length }, (fault) => done(refusal ?? fault ?? act()));
  }

  /** Why a store cannot do something at all; closing twice is no fault. */
  #refusal(operation: DiskOperation): HostError | undefined {
    if (this.#isClosed && operation !== "close") return new HostError("STORAGE_MISSING", "the store is closed");
    if (this.#isReadOnly && CHANGES.has(operation)) return new HostError("DISK_READ_ONLY", "the store was opened for reading only");
    return undefined;
  }
}
