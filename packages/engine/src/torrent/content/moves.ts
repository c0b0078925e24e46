/**
 * Where the content lies, and where it is to lie: every question has its own answer, whatever the store is doing.
 * @module
 */
import type { StorePlace, StoreStamps } from "@bittern/host";
import { HostError } from "@bittern/protocol/base";
import type { Command } from "../../session/command.ts";
import type { TorrentId } from "../../session/ids.ts";
import type { SessionOutput } from "../../session/output.ts";
import type { ContentInput, ContentNews } from "./content-news.ts";

export type MoveQuestion = Pick<Extract<Command, { type: "move" }>, "move" | "root" | "recordKey">;

export class Moves {
  readonly #torrent: TorrentId;
  #place: StorePlace;
  /** Asked while the store was not open. */
  #waiting: MoveQuestion[] = [];
  /** The host has them, and does one after the other. */
  #underWayCount = 0;

  constructor(torrent: TorrentId, place: StorePlace) {
    this.#torrent = torrent;
    this.#place = place;
  }

  /** Where the content lies now; its parts and its record have one name. */
  get place(): StorePlace {
    return this.#place;
  }
  /** Something waits for the store to be open. */
  get isWaiting(): boolean {
    return this.#waiting.length > 0;
  }

  ask(question: MoveQuestion, isStoreOpen: boolean, news: ContentNews[], out: SessionOutput[]): void {
    const isThere = question.root === this.#place.root && !this.isWaiting && this.#underWayCount === 0;
    if (isThere) news.push({ type: "moved", move: question.move, fault: undefined });
    else if (isStoreOpen) this.#handOver(question, out);
    else this.#waiting.push(question);
  }

  /** The store is open. */
  opened(out: SessionOutput[]): void {
    for (const question of this.#waiting.splice(0)) this.#handOver(question, out);
  }

  /** The store could not be opened. */
  refused(fault: HostError, news: ContentNews[]): void {
    for (const { move } of this.#waiting.splice(0)) news.push({ type: "moved", move, fault });
  }

  /** The stamps of the files as they are there; `undefined` where they could not go there. */
  answered({ move, to, outcome }: Extract<ContentInput, { type: "moved" }>, news: ContentNews[]): StoreStamps | undefined {
    this.#underWayCount--;
    const fault = outcome instanceof HostError ? outcome : undefined;
    news.push({ type: "moved", move, fault });
    if (outcome instanceof HostError) return undefined;
    this.#place = to;
    return outcome;
  }

  #handOver({ move, root, recordKey }: MoveQuestion, out: SessionOutput[]): void {
    this.#underWayCount++;
    out.push({ type: "move", torrent: this.#torrent, move, to: { root, partsKey: recordKey } });
  }
}
