/**
 * What stands beside a tracker while it runs: its lists, the store it shares, its folder of torrents, its certificate, the state file of
 * the classic tracker, its journal. They open before its doors do, and end in an order of their own.
 * @module
 */

import { FileJournal } from "@bittern/node";
import { fromHex, type Random } from "@bittern/protocol/base";
import type { TrackerRun } from "@bittern/tracker";
import { DfileKeeper } from "./dfile-keeper.ts";
import { checkJournalPath } from "./journal-path.ts";
import { Lists } from "./lists.ts";
import type { TrackerOptions } from "./options.ts";
import { RedisStore } from "./redis-store.ts";
import { TlsDoor } from "./tls-door.ts";
import { TorrentFolder } from "./torrent-folder.ts";

interface Opened {
  readonly lists: Lists | undefined;
  readonly store: RedisStore | undefined;
  readonly folder: TorrentFolder | undefined;
  readonly tls: TlsDoor | undefined;
  readonly dfile: DfileKeeper | undefined;
  readonly journal: FileJournal | undefined;
}

const NOTHING: Opened = { lists: undefined, store: undefined, folder: undefined, tls: undefined, dfile: undefined, journal: undefined };

/** Whether only torrents of the folder are tracked. */
export function isFolderAllowList({ torrentFolder }: Pick<TrackerOptions, "torrentFolder">): boolean {
  return torrentFolder !== undefined && torrentFolder.isAllowList !== false;
}

export class Companions {
  readonly #options: TrackerOptions;
  readonly #run: () => TrackerRun | undefined;
  #opened: Opened = NOTHING;

  /** `run`: the tracker, while it runs. */
  constructor(options: TrackerOptions, run: () => TrackerRun | undefined) {
    this.#options = options;
    this.#run = run;
  }

  get store(): RedisStore | undefined {
    return this.#opened.store;
  }
  get folder(): TorrentFolder | undefined {
    return this.#opened.folder;
  }
  get tls(): TlsDoor | undefined {
    return this.#opened.tls;
  }
  get journal(): FileJournal | undefined {
    return this.#opened.journal;
  }

  /** Takes what has to be there before the doors open. */
  async open(): Promise<void> {
    const { torrentFolder, journalPath, dfile, https, store } = this.#options;
    const warn = (message: string): void => this.#options.onWarning?.(message);
    // One after another: what was taken is given back by `close`, whatever fails.
    const tls = https === undefined ? undefined : await TlsDoor.open(https, warn);
    this.#opened = { ...NOTHING, tls };
    if (journalPath !== undefined) await checkJournalPath(journalPath);
    const journal = journalPath === undefined ? undefined : new FileJournal(journalPath);
    this.#opened = { ...NOTHING, tls, journal };
    this.#opened = {
      tls,
      journal,
      store: store && (await RedisStore.open({ ...store, onWarning: warn })),
      lists: new Lists(this.#options, this.#run, warn),
      folder: torrentFolder && new TorrentFolder(torrentFolder, warn),
      dfile: dfile && new DfileKeeper(dfile, warn),
    };
    await this.#opened.folder?.look();
  }

  /** What the state file of the classic tracker holds. */
  async remembered(random: Random): Promise<Uint8Array | undefined> {
    return await this.#opened.dfile?.load(random);
  }

  /** Starts what needs a tracker that runs. */
  async start(): Promise<void> {
    const { lists, dfile, folder } = this.#opened;
    const { journalPath, onWarning } = this.#options;
    await lists?.look();
    const run = this.#run();
    const damagedLength = run?.snapshot().journal.damagedLength ?? 0;
    if (damagedLength > 0) {
      const damaged = damagedLength === 1 ? "1 byte was damaged and is lost" : `${damagedLength} bytes were damaged and are lost`;
      onWarning?.(`${journalPath}: ${damaged}; the rest of the journal was taken`);
    }
    lists?.watch();
    if (run !== undefined) dfile?.start(() => run.ask.dfile());
    folder?.watch(() => this.allowFolder());
  }

  /** Lets the torrents of the folder in, and no others. */
  allowFolder(): void {
    const { folder } = this.#opened;
    if (folder === undefined || !isFolderAllowList(this.#options)) return;
    const infoHashes = [...folder.torrents.keys()].map((hash) => fromHex(hash)).filter((hash) => hash !== undefined);
    this.#run()?.command({ type: "replace-torrents", infoHashes });
  }

  /** Looks at their files now; a sentence about each that could not be taken over. */
  async lookAgain(): Promise<readonly string[]> {
    const { lists, folder, tls } = this.#opened;
    const listFaults = (await lists?.lookAgain()) ?? [];
    const folderFault = await folder?.lookAgain(() => this.allowFolder());
    const tlsFault = await tls?.lookAgain();
    return [...listFaults, folderFault, tlsFault].filter((fault) => fault !== undefined);
  }

  /** Ends them; the tracker in their midst, which some ask to the last and others hear out. */
  async close(closeRun: () => Promise<void>): Promise<void> {
    const { lists, store, folder, tls, dfile, journal } = this.#opened;
    this.#opened = NOTHING;
    lists?.close();
    folder?.close();
    tls?.close();
    await dfile?.close();
    await closeRun();
    await store?.close();
    await journal?.close();
  }
}
