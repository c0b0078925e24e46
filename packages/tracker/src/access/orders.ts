/**
 * What an operator has told a running tracker by its API, and what therefore holds after a restart too. It stands on top of lists
 * in files: a file that is read anew does not undo it.
 * @module
 */
import { fromLatin1, latin1 } from "@bittern/protocol/base";
import type { AccessCommand } from "../command.ts";

/** Whether a torrent is on the list, and the word in its announce URL. */
export interface TorrentOrder {
  readonly isListed: boolean;
  readonly secret: string | undefined;
}

/** Whether a user is let in. */
export interface UserOrder {
  readonly passKey: string;
  readonly isIn: boolean;
}

export interface AddressOrder {
  readonly allowed: readonly string[];
  readonly denied: readonly string[];
}

/** One of them, as it is written down. */
export type Order =
  | ({ readonly type: "torrent"; readonly infoHash: Uint8Array } & TorrentOrder)
  | ({ readonly type: "user" } & UserOrder)
  | ({ readonly type: "addresses" } & AddressOrder);

export class Orders {
  /** By info hash, one character a byte. */
  readonly #torrents: Map<string, TorrentOrder> = new Map();
  /** By pass key, whether it is let in. */
  readonly #users: Map<string, boolean> = new Map();
  #addresses: AddressOrder | undefined;
  /** Orders that no journal has yet, the last about each thing; whoever writes them takes them out. */
  readonly fresh: Map<string, Order> = new Map();

  /** Takes a command that is to last. */
  note(command: AccessCommand): void {
    if (command.type === "list-torrents") for (const infoHash of command.infoHashes) this.#change(infoHash, { isListed: true });
    else if (command.type === "unlist-torrents") for (const infoHash of command.infoHashes) this.#change(infoHash, { isListed: false });
    else if (command.type === "set-secret") this.#change(command.infoHash, { secret: command.secret });
    else if (command.type === "set-user") this.#changeUser(command.passKey, true);
    else if (command.type === "remove-user") this.#changeUser(command.passKey, false);
    else if (command.type === "set-addresses") {
      this.#addresses = { allowed: command.allowed, denied: command.denied };
      this.fresh.set("addresses", { type: "addresses", ...this.#addresses });
    }
  }

  #change(infoHash: Uint8Array, change: Partial<TorrentOrder>): void {
    const known = this.#torrents.get(latin1(infoHash)) ?? { isListed: true, secret: undefined };
    const order = { ...known, ...change };
    this.#torrents.set(latin1(infoHash), order);
    this.fresh.set(latin1(infoHash), { type: "torrent", infoHash: infoHash.slice(), ...order });
  }

  #changeUser(passKey: string, isIn: boolean): void {
    this.#users.set(passKey, isIn);
    this.fresh.set(`user:${passKey}`, { type: "user", passKey, isIn });
  }

  /** Takes one that was written down. */
  restore(order: Order): void {
    if (order.type === "addresses") this.#addresses = order;
    else if (order.type === "user") this.#users.set(order.passKey, order.isIn);
    else this.#torrents.set(latin1(order.infoHash), { isListed: order.isListed, secret: order.secret });
  }

  /** All that hold. */
  *all(): Generator<Order> {
    if (this.#addresses !== undefined) yield { type: "addresses", ...this.#addresses };
    for (const [passKey, isIn] of this.#users) yield { type: "user", passKey, isIn };
    for (const [infoHash, order] of this.#torrents) yield { type: "torrent", infoHash: fromLatin1(infoHash), ...order };
  }
}
