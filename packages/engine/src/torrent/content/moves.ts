/**
 * Where the content lies, and where it is to lie: every question has its own answer, whatever the store is doing.
 * @module
 */
import type { HostError } from "@bittern/protocol/base";
import type { Command } from "../../session/command.ts";
import type { TorrentId } from "../../session/ids.ts";
import type { SessionOutput } from "../../session/output.ts";
import type { ContentInput, ContentNews } from "./content-news.ts";

export type MoveQuestion = Pick<Extract<Command, { type: "move" }>, "move" | "root">;

export class Moves {
  readonly #torrent: TorrentId;
  #root: string;
  /** Asked while the store was not open. */
  #waiting: MoveQuestion[] = [];
  /** The host has them, and does one after the other. */
  #underWayCount = 0;

  constructor(torrent: TorrentId, root: string) {
    this.#torrent = torrent;
    this.#root = root;
  }

  /** The folder in which the content lies now. */
  get root(): string {
    return this.#root;
  }
  /** Something waits for the store to be open. */
  get isWaiting(): boolean {
    return this.#waiting.length > 0;
  }

  ask(question: MoveQuestion, isStoreOpen: boolean, news: ContentNews[], out: SessionOutput[]): void {
    const isThere = question.root === this.#root && !this.isWaiting && this.#underWayCount === 0;
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

  answered({ move, root, fault }: Extract<ContentInput, { type: "moved" }>, news: ContentNews[]): void {
    this.#underWayCount--;
    if (fault === undefined) this.#root = root;
    news.push({ type: "moved", move, fault });
  }

  #handOver({ move, root }: MoveQuestion, out: SessionOutput[]): void {
    this.#underWayCount++;
    out.push({ type: "move", torrent: this.#torrent, move, root });
  }
}
