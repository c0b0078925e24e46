/**
 * One classic download at work: a session with one torrent, and what a face shows of it.
 * @module
 */

import { join } from "node:path";
import type { AddOptions, MagnetLink, Metainfo, Session, Torrent, TrackerEvent } from "@bittern/client";
import { isUnopened } from "@bittern/faces";
import type { Catalogue } from "../../messages/catalogue.ts";
import { openSession } from "../../open-session.ts";
import type { ClassicInvocation } from "../program.ts";
import { type DownloaderArguments, prioritiesOf, readSource, sessionOptions, type Target, targetOf, targetOfLink } from "./choice.ts";
import type { ClassicError, DownloadState, DownloadView } from "./view.ts";

/** Errors that are kept to be shown; the rest of a long run is in nobody's interest. */
const ERRORS_MAX = 50;
/** A tracker may miss once without a word. */
const TRACKER_FAILURES_SHOWN = 2;

interface Parts {
  readonly session: Session;
  readonly args: DownloaderArguments;
  readonly messages: Catalogue;
  readonly torrent: Torrent;
  readonly target: Target;
}

export class ClassicDownload {
  readonly #session: Session;
  readonly #args: DownloaderArguments;
  readonly #messages: Catalogue;
  readonly #errors: ClassicError[] = [];
  readonly #trackerFailures = new Map<string, number>();
  #torrent: Torrent;
  #target: Target;
  #isComplete = false;
  #hasFailed = false;
  #hasMoved = false;
  /** Told when it is complete, or cannot go on. */
  #changed: (fault?: Error) => void = () => undefined;

  /** Reads the torrent, opens a session, adds the torrent; of a link, asks peers for the torrent first. */
  static async start(invocation: ClassicInvocation, args: DownloaderArguments): Promise<ClassicDownload> {
    // What is wrong on the command line is told before anything begins.
    prioritiesOf(args.values.priority);
    const options = await sessionOptions(args);
    const source = await readSource(args, invocation.stop.signal);
    const { messages } = invocation.output;
    const session = await openSession(invocation, {}, options);
    try {
      if (source.type === "metainfo") {
        const target = targetOf(source.metainfo, args.values.saveas);
        const torrent = await addTorrent(session, source.metainfo, target, args);
        return new ClassicDownload({ session, args, messages, torrent, target });
      }
      // Until it is known whether the link means a file or a folder nothing is written.
      const torrent = await session.add(source.magnet, { readOnly: true, wanted: { only: [] } });
      const target = targetOfLink(source.magnet, args.values.saveas);
      const download = new ClassicDownload({ session, args, messages, torrent, target });
      torrent.once("metadata", (metainfo) => void download.#begin(metainfo, source.magnet));
      return download;
    } catch (error) {
      await session.close();
      throw error;
    }
  }

  private constructor({ session, args, messages, torrent, target }: Parts) {
    this.#session = session;
    this.#args = args;
    this.#messages = messages;
    this.#torrent = torrent;
    this.#target = target;
    this.#listen();
  }

  /** The torrent that a link led to, with what the link knew beside it. */
  async #begin(metainfo: Metainfo, { trackers }: MagnetLink): Promise<void> {
    try {
      const peers = this.#torrent
        .peers()
        .map(({ address, port }) => (address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`));
      await this.#session.remove(this.#torrent);
      this.#target = targetOf(metainfo, this.#args.values.saveas);
      this.#torrent = await addTorrent(this.#session, metainfo, this.#target, this.#args, { trackers, peers });
      this.#listen();
    } catch (error) {
      this.#changed(error instanceof Error ? error : new Error(String(error)));
    }
  }

  #listen(): void {
    const torrent = this.#torrent;
    // What is only a link has nothing that is wanted yet, and is done with that at once.
    if (torrent.metainfo !== null) torrent.on("done", () => this.#done());
    torrent.on("error", (error: Error & { readonly code?: string }) => {
      this.#tell(this.#messages.failure(error.code ?? "", error.message));
      // A full disk is waited for, as `bittern get` does.
      this.#changed(error.code === "DISK_FULL" ? undefined : error);
    });
    torrent.on("tracker", (event) => this.#hearTracker(event));
    torrent.on("warning", ({ code, message }) => {
      if (code !== "PIECE_CORRUPT" || this.#args.values.report_hash_failures === 1) this.#tell(this.#messages.failure(code, message));
    });
  }

  #done(): void {
    this.#isComplete = true;
    this.#changed();
  }

  get isComplete(): boolean {
    return this.#isComplete;
  }

  /** How it is now. */
  view(): DownloadView {
    const { downRate, downloaded, upRate, uploaded } = this.#torrent.status();
    const { metainfo } = this.#torrent;
    return {
      name: this.#torrent.name,
      byteLength: metainfo?.totalLength ?? 0,
      target: join(this.#target.path, this.#target.name),
      state: this.#state(),
      downRate,
      downTotal: downloaded,
      upRate,
      upTotal: uploaded,
      errors: this.#errors,
      peers: this.#args.values.spew === 1 ? this.#torrent.peers() : undefined,
    };
  }

  /** Looks now and then until the signal comes; rejects when the torrent cannot go on. */
  async until(signal: AbortSignal, { everySeconds, look }: { readonly everySeconds: number; readonly look: () => void }): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    try {
      await new Promise<void>((resolve, reject) => {
        if (signal.aborted) return resolve();
        signal.addEventListener("abort", () => resolve(), { once: true });
        this.#changed = (fault) => (fault === undefined ? look() : reject(fault));
        timer = setInterval(look, everySeconds * 1000);
        look();
      });
    } finally {
      clearInterval(timer);
    }
  }

  /** It ended; whoever is not complete by now has failed. */
  end(): void {
    this.#hasFailed = !this.#isComplete;
  }

  async close(): Promise<void> {
    await this.#session.close();
  }

  #state(): DownloadState {
    const { state, progress, downloaded, eta } = this.#torrent.status();
    if (this.#hasFailed || state === "error") return { type: "failed" };
    if (this.#isComplete) return { type: "complete" };
    if (isUnopened(state)) return { type: "metadata", fraction: 0 };
    if (state === "checking") return { type: "checking", fraction: progress };
    this.#hasMoved ||= downloaded > 0;
    if (!this.#hasMoved) return { type: "connecting", fraction: progress };
    return { type: "downloading", fraction: progress, secondsLeft: eta === null ? undefined : eta / 1000 };
  }

  #hearTracker({ url, outcome, message }: TrackerEvent): void {
    const words = this.#messages.classic.download;
    if (outcome === "warning") this.#tell(words.trackerWarns(message));
    if (outcome === "refused") this.#tell(words.trackerRejects(message));
    if (outcome !== "failed") {
      this.#trackerFailures.delete(url);
      return;
    }
    const failures = (this.#trackerFailures.get(url) ?? 0) + 1;
    this.#trackerFailures.set(url, failures);
    if (failures >= TRACKER_FAILURES_SHOWN) this.#tell(words.trackerSilent(url, message));
  }

  #tell(text: string): void {
    const time = new Date().toTimeString().slice(0, 8);
    this.#errors.push({ time, text });
    if (this.#errors.length > ERRORS_MAX) this.#errors.shift();
  }
}

/** Adds it as the options want it. */
async function addTorrent(
  session: Session,
  metainfo: Metainfo,
  target: Target,
  { values }: DownloaderArguments,
  more: Pick<AddOptions, "trackers" | "peers"> = {},
): Promise<Torrent> {
  const options = { ...target, ...more, seedMode: values.check_hashes === 0, superSeed: values.super_seeder === 1 };
  const torrent = await session.add(metainfo, options);
  for (const [at, priority] of prioritiesOf(values.priority).entries()) {
    const file = torrent.files[at];
    if (file !== undefined && priority !== 1) file.priority = priority;
  }
  return torrent;
}
