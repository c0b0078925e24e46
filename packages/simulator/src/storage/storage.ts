/**
 * The storage of a node: opens a pattern store for a content the world knows, and a store of real bytes for all else.
 * @module
 */
import type { Done, Storage, Store, StorePlan } from "@bittern/host";
import { HostError } from "@bittern/protocol/base";
import type { TorrentContent } from "./content.ts";
import { FileStore } from "./file-store.ts";
import { FileTree } from "./file-tree.ts";
import { Holding } from "./holding.ts";
import { PatternStore } from "./pattern-store.ts";
import { isKey } from "./places.ts";
import type { StoreContext } from "./store-context.ts";

/** Finds the content a plan speaks of. */
export type ContentOf = (plan: StorePlan) => TorrentContent | undefined;

/** What rests on the disk of a node, whatever runs there. */
export class Shelf {
  readonly files: FileTree = new FileTree();
  readonly holdings: Map<string, Holding> = new Map();

  /** What the node has of a content below a root; made when it is asked for first. */
  holding(content: TorrentContent, root: string): Holding {
    for (const holding of this.holdings.values()) if (holding.content === content && holding.root === root) return holding;
    const holding = new Holding(content, root, this.files.nextInode());
    this.holdings.set(`${root}/${content.name}/${holding.inode}`, holding);
    return holding;
  }
}

export class SimulatedStorage implements Storage {
  readonly #context: StoreContext;
  readonly #shelf: Shelf;
  readonly #contentOf: ContentOf;

  constructor(context: StoreContext, shelf: Shelf, contentOf: ContentOf) {
    this.#context = context;
    this.#shelf = shelf;
    this.#contentOf = contentOf;
  }

  open(plan: StorePlan, done: Done<Store>): void {
    this.#context.disk.perform(this.#context.process, { operation: "open", length: 0 }, (fault) => done(fault ?? this.#open(plan)));
  }

  #open(plan: StorePlan): Store | HostError {
    if (!isKey(plan.partsKey)) return new HostError("FILE_UNSAFE", `${plan.partsKey} is no name of a record`);
    const content = this.#contentOf(plan);
    const store =
      content === undefined || content.mode === "bytes"
        ? new FileStore(this.#context, this.#shelf.files, plan)
        : new PatternStore(this.#context, this.#shelf.holding(content, plan.root), plan);
    return this.#isAway(plan, store) ? new HostError("STORAGE_MISSING", `${plan.root} is not on the disk it was on`) : store;
  }

  /** A node has one disk: any other that files were on is not here. */
  #isAway({ root, lastIdentity }: StorePlan, { stamps }: Store): boolean {
    if (lastIdentity === undefined || stamps.files.some((stamp) => stamp !== undefined)) return false;
    return diskOf(lastIdentity) !== diskOf(this.#context.rootIdentity(root));
  }
}

function diskOf(identity: string): string {
  return identity.slice(0, identity.indexOf(":"));
}
