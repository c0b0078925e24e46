/**
 * Does what the user wants done: with the session, and on the shelf, so that the next start finds it so.
 * @module
 */
import type { Session, Torrent, TorrentSource } from "@bittern/client";
import type { Intent, Notice } from "@bittern/faces";
import { expanded, readAhead, readTyped } from "./read-ahead.ts";
import type { Shelf, ShelvedTorrent } from "./shelf.ts";
import type { Speech } from "./speech.ts";

/** Torrents that are put back at once: each waits for the disk a few times. */
const RESTORES_MAX = 16;

/** What concerns torrents; the rest is the face's own business. */
export type TorrentIntent = Exclude<Intent, { readonly type: "use-mouse" | "quit" }>;

export class Steward {
  readonly #session: Session;
  readonly #shelf: Shelf;
  /** Info hash -> position in the list. */
  readonly #orders = new Map<string, number>();
  readonly #speech: Speech;
  #isClosing = false;

  constructor(session: Session, shelf: Shelf, speech: Speech) {
    this.#speech = speech;
    this.#session = session;
    this.#shelf = shelf;
    for (const { infoHash } of shelf.content.torrents) this.orderOf(infoHash);
  }

  /** Its position in the order they were added, the same at every start. */
  orderOf(id: string): number {
    const known = this.#orders.get(id) ?? this.#orders.size;
    this.#orders.set(id, known);
    return known;
  }

  /** Puts back what was there the last time, several at once; answers what could not be. `onEach`: one more is done with. */
  async restore(onEach: () => void = () => undefined): Promise<readonly string[]> {
    const complaints: string[] = [];
    const waiting = this.#shelf.content.torrents.values();
    const work = async (): Promise<void> => {
      for (const shelved of waiting) {
        if (this.#isClosing) return;
        await this.#restore(shelved).catch((error: unknown) => complaints.push(`${shelved.infoHash}: ${this.#speech.failure(error)}`));
        onEach();
      }
    };
    await Promise.all(Array.from({ length: RESTORES_MAX }, work));
    return complaints;
  }

  /** Adds several in their order; answers what could not be. `onEach`: one more is done with. */
  async addAll(sources: readonly string[], folder: string, onEach: () => void): Promise<readonly string[]> {
    const complaints: string[] = [];
    for (const source of readAhead(sources)) {
      if (this.#isClosing) break;
      await source
        .then((read) => this.#add(read, folder, false))
        .catch((error: unknown) => {
          if (!this.#isClosing) complaints.push(this.#speech.failure(error));
        });
      onEach();
    }
    return complaints;
  }

  async #restore(shelved: ShelvedTorrent): Promise<void> {
    const torrent = await this.#session.add(this.#shelf.sourceOf(shelved), {
      path: shelved.path,
      paused: shelved.isPaused,
      sequential: shelved.sequential,
      limits: { down: shelved.down, up: shelved.up },
    });
    this.#prioritize(torrent, shelved);
    this.#watch(torrent);
  }

  /** Before the metadata is known there are no files to speak of. */
  #prioritize(torrent: Torrent, { priorities }: ShelvedTorrent): void {
    if (priorities === null) return;
    const set = (): void => {
      for (const [at, file] of torrent.files.entries()) {
        const priority = priorities[at] ?? 1;
        if (file.priority !== priority) file.priority = priority;
      }
    };
    if (torrent.metainfo === null) torrent.once("metadata", set);
    else set();
  }

  /** Once the metadata is here the link is needed no more. */
  #watch(torrent: Torrent): void {
    torrent.once("metadata", (metainfo) => {
      this.#shelf.attempt(() => this.#change(torrent, { magnet: null }, metainfo.toBytes()));
    });
  }

  #change(torrent: Torrent, change: Partial<ShelvedTorrent>, bytes?: Uint8Array): void {
    const shelved = this.#shelf.find(torrent.infoHash);
    if (shelved !== undefined && !this.#isClosing) this.#shelf.put({ ...shelved, ...change }, bytes);
  }

  /** The folder below which a torrent's files lie. */
  pathOf(id: string): string {
    return this.#shelf.find(id)?.path ?? "";
  }

  /** Nothing of what happens from here on is a wish of the user. */
  closing(): void {
    this.#isClosing = true;
    this.#shelf.flush();
  }

  /** Answers what is worth saying. */
  async perform(intent: TorrentIntent): Promise<Notice | undefined> {
    try {
      return await this.#perform(intent);
    } catch (error) {
      return this.#isClosing ? undefined : { text: this.#speech.failure(error), tone: "bad" };
    }
  }

  async #perform(intent: TorrentIntent): Promise<Notice | undefined> {
    if (intent.type === "add") return await this.#add(await readTyped(intent.source), expanded(intent.folder), intent.isPaused);
    if (intent.type === "limit" && intent.id === undefined) {
      await this.#session.configure({ limits: { down: intent.down, up: intent.up } });
      this.#shelf.limit(intent.down, intent.up);
      return undefined;
    }
    const torrent = intent.id === undefined ? undefined : this.#session.get(intent.id);
    if (torrent === undefined) return undefined;
    const { notices } = this.#speech.words;
    switch (intent.type) {
      case "remove":
        this.#shelf.forget(torrent.infoHash);
        await this.#session.remove(torrent, { deleteFiles: intent.deleteFiles });
        return { text: notices.removed(torrent.name, intent.deleteFiles), tone: "good" };
      case "pause":
        await torrent.pause();
        this.#change(torrent, { isPaused: true });
        return undefined;
      case "resume":
        await torrent.resume();
        this.#change(torrent, { isPaused: false });
        return undefined;
      case "recheck":
        await torrent.recheck();
        return { text: notices.checked(torrent.name), tone: "good" };
      case "reannounce":
        torrent.reannounce();
        return undefined;
      case "limit":
        torrent.limits = { down: intent.down, up: intent.up };
        this.#change(torrent, { down: intent.down, up: intent.up });
        return undefined;
      case "prioritize": {
        const file = torrent.files[intent.file];
        if (file === undefined) return undefined;
        file.priority = intent.priority;
        this.#change(torrent, { priorities: torrent.files.map(({ priority }) => priority) });
        return undefined;
      }
      case "set-sequential":
        torrent.sequential = intent.sequential;
        this.#change(torrent, { sequential: intent.sequential });
        return undefined;
    }
  }

  async #add(source: TorrentSource, folder: string, isPaused: boolean): Promise<Notice> {
    const torrent = await this.#session.add(source, { path: folder, paused: isPaused });
    const { metainfo } = torrent;
    this.#shelf.put(
      {
        infoHash: torrent.infoHash,
        magnet: metainfo === null ? torrent.magnet : null,
        path: folder,
        isPaused,
        down: 0,
        up: 0,
        sequential: false,
        priorities: null,
      },
      metainfo?.toBytes(),
    );
    if (metainfo === null) this.#watch(torrent);
    return { text: this.#speech.words.notices.added(torrent.name), tone: "good" };
  }
}
