/**
 * One classic download at work: a session with one torrent, and what a face shows of it.
 * @module
 */
import { join } from "node:path";
import type { Session, Torrent, TrackerEvent } from "@bittern/client";
import { openSession } from "../../open-session.ts";
import type { ClassicInvocation } from "../program.ts";
import { type DownloaderArguments, prioritiesOf, readTorrent, sessionOptions, type Target, targetOf } from "./choice.ts";
import type { ClassicError, DownloadState, DownloadView } from "./view.ts";

/** Errors that are kept to be shown; the rest of a long run is in nobody's interest. */
const ERRORS_MAX = 50;
/** A tracker may miss once without a word. */
const TRACKER_FAILURES_SHOWN = 2;

export class ClassicDownload {
  readonly #session: Session;
  readonly #torrent: Torrent;
  readonly #target: Target;
  readonly #showsPeers: boolean;
  readonly #errors: ClassicError[] = [];
  readonly #trackerFailures = new Map<string, number>();
  #isComplete = false;
  #hasFailed = false;
  #hasMoved = false;

  /** Reads the torrent, opens a session, adds the torrent. */
  static async start(invocation: ClassicInvocation, args: DownloaderArguments): Promise<ClassicDownload> {
    const { values } = args;
    const priorities = prioritiesOf(values.priority);
    const options = await sessionOptions(args);
    const metainfo = await readTorrent(args, invocation.stop.signal);
    const target = targetOf(metainfo, values.saveas);
    const session = await openSession(invocation, {}, options);
    try {
      const torrent = await session.add(metainfo, { ...target, seedMode: values.check_hashes === 0 });
      for (const [at, priority] of priorities.entries()) {
        const file = torrent.files[at];
        if (file !== undefined && priority !== 1) file.priority = priority;
      }
      return new ClassicDownload({ session, torrent, target, args });
    } catch (error) {
      await session.close();
      throw error;
    }
  }

  private constructor(parts: {
    readonly session: Session;
    readonly torrent: Torrent;
    readonly target: Target;
    readonly args: DownloaderArguments;
  }) {
    const { session, torrent, target, args } = parts;
    this.#session = session;
    this.#torrent = torrent;
    this.#target = target;
    this.#showsPeers = args.values.spew === 1;
    torrent.on("done", () => {
      this.#isComplete = true;
    });
    torrent.on("error", (error) => this.#tell(error.message));
    torrent.on("tracker", (event) => this.#hearTracker(event));
    torrent.on("warning", ({ code, message }) => {
      if (code !== "PIECE_CORRUPT" || args.values.report_hash_failures === 1) this.#tell(message);
    });
  }

  get isComplete(): boolean {
    return this.#isComplete;
  }

  /** How it is now. */
  view(): DownloadView {
    const { upRate, uploaded } = this.#torrent.status();
    const { metainfo } = this.#torrent;
    return {
      name: this.#torrent.name,
      byteLength: metainfo?.totalLength ?? 0,
      target: join(this.#target.path, this.#target.name),
      state: this.#state(),
      upRate,
      upTotal: uploaded,
      errors: this.#errors,
      peers: this.#showsPeers ? this.#torrent.peers() : undefined,
    };
  }

  /** Looks now and then until the signal comes; rejects when the torrent cannot go on. */
  async until(signal: AbortSignal, { everySeconds, look }: { readonly everySeconds: number; readonly look: () => void }): Promise<void> {
    const torrent = this.#torrent;
    let timer: NodeJS.Timeout | undefined;
    try {
      await new Promise<void>((resolve, reject) => {
        if (signal.aborted) return resolve();
        signal.addEventListener("abort", () => resolve(), { once: true });
        // A full disk is waited for, as `bittern get` does.
        torrent.on("error", (error: Error & { readonly code?: string }) => (error.code === "DISK_FULL" ? look() : reject(error)));
        torrent.on("done", look);
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
    const { state, progress, downRate, downloaded, eta } = this.#torrent.status();
    if (this.#hasFailed || state === "error") return { type: "failed" };
    if (this.#isComplete) return { type: "complete" };
    if (state === "checking" || state === "metadata") return { type: "checking", fraction: progress };
    this.#hasMoved ||= downloaded > 0;
    if (!this.#hasMoved) return { type: "connecting", fraction: progress };
    return { type: "downloading", fraction: progress, secondsLeft: eta === null ? undefined : eta / 1000, downRate, downTotal: downloaded };
  }

  #hearTracker({ url, outcome, message }: TrackerEvent): void {
    if (outcome === "warning") this.#tell(`warning from tracker - ${message}`);
    if (outcome === "refused") this.#tell(`rejected by tracker - ${message}`);
    if (outcome !== "failed") {
      this.#trackerFailures.delete(url);
      return;
    }
    const failures = (this.#trackerFailures.get(url) ?? 0) + 1;
    this.#trackerFailures.set(url, failures);
    if (failures >= TRACKER_FAILURES_SHOWN) this.#tell(`no answer from tracker ${url} - ${message}`);
  }

  #tell(text: string): void {
    const time = new Date().toTimeString().slice(0, 8);
    this.#errors.push({ time, text });
    if (this.#errors.length > ERRORS_MAX) this.#errors.shift();
  }
}
