/**
 * `btdownloadgui`: the window of one download, a page in the user's browser served by this very process.
 *
 * Closing the page is closing the window: when no page has looked for a minute, the program ends, and what was downloaded is
 * taken up by the next start. A page that only reloads, or a machine that slept, is back before that.
 * @module
 */
import { basename, join, resolve } from "node:path";
import type { KnownSource, Session, Torrent } from "@bittern/client";
import { failureOf } from "../failure.ts";
import type { WindowMessages } from "../messages/catalogue.ts";
import type { Output } from "../output.ts";
import type { Stop } from "../stop.ts";
import { openBrowser } from "./browser.ts";
import { listFolder } from "./folders.ts";
import { WindowServer } from "./server.ts";
import { type WindowPhase, type WindowView, windowView } from "./view.ts";

/** A download that runs. */
export interface StartedDownload {
  readonly session: Session;
  readonly torrent: Torrent;
  /** Where it really goes: in a folder of other things it gets one of its own. */
  readonly target: string;
}

/** What a window is for. */
export interface WindowDownload {
  /** Reads the torrent; what it throws is shown in the window. */
  readonly load: () => Promise<KnownSource>;
  /** Begins to download to this path: the file or folder itself. */
  readonly start: (source: KnownSource, target: string) => Promise<StartedDownload>;
  /** The path, where the user named one; otherwise the window asks. */
  readonly target: string | undefined;
  /** Milliseconds between two looks. */
  readonly displayMillis: number;
}

/** The parts of an invocation that a window needs. */
export interface WindowInvocation {
  readonly name: string;
  readonly output: Output;
  readonly stop: Stop;
}

export interface WindowOptions {
  /** Told the address of the page; opens a browser unless given. */
  readonly open?: (url: string) => boolean;
  /** The user's language unless given. */
  readonly texts?: WindowMessages;
  /** Milliseconds without any page after which the window counts as closed. */
  readonly lonelyMillis?: number;
}

const LONELY_MILLIS = 60_000;
/** Errors kept for the page. */
const ERRORS_MAX = 50;
/** A tracker may miss once without a word. */
const TRACKER_FAILURES_SHOWN = 2;

/** Runs until the window is closed; answers the exit status. */
export async function showWindow(invocation: WindowInvocation, download: WindowDownload, options: WindowOptions = {}): Promise<number> {
  return await new DownloadWindow(invocation, download, options).run();
}

class DownloadWindow {
  readonly #invocation: WindowInvocation;
  readonly #download: WindowDownload;
  readonly #options: WindowOptions;
  readonly #texts: WindowMessages;
  readonly #server: WindowServer;
  readonly #errors: string[] = [];
  #phase: WindowPhase = "loading";
  #source: KnownSource | undefined;
  #target = "";
  #started: StartedDownload | undefined;
  #lonely: NodeJS.Timeout | undefined;
  #chosen: (path: string) => void = () => undefined;

  constructor(invocation: WindowInvocation, download: WindowDownload, options: WindowOptions) {
    this.#invocation = invocation;
    this.#download = download;
    this.#options = options;
    this.#texts = options.texts ?? invocation.output.messages.window;
    this.#server = new WindowServer(
      {
        view: () => this.#view(),
        save: (path) => this.#chosen(path),
        end: () => invocation.stop.request("quit"),
        folder: (path) => listFolder(path === "" ? process.cwd() : path),
        watched: (pageCount) => this.#watched(pageCount),
      },
      this.#texts,
    );
  }

  async run(): Promise<number> {
    const { stop, output, name } = this.#invocation;
    const url = await this.#server.listen();
    const isOpen = (this.#options.open ?? openBrowser)(url);
    output.note(isOpen ? `${name}: ${url}` : `${name}: ${this.#texts.openYourself(url)}`);
    stop.endsWellIf(() => this.#phase === "complete");
    const timer = setInterval(() => this.#server.push(), this.#download.displayMillis);
    try {
      const work = this.#work();
      // What is complete or failed stays to be seen until the window is closed.
      await stop.requested();
      // A session that is just being opened must be there to be closed.
      if (this.#phase === "working") await work;
      const hasFailed = this.#phase === "failed";
      return hasFailed ? 1 : stop.status;
    } finally {
      clearInterval(timer);
      clearTimeout(this.#lonely);
      // A status that is asked for after the end is the last one.
      this.#view();
      await this.#started?.session.close();
      this.#phase = "over";
      await this.#server.close();
    }
  }

  async #work(): Promise<void> {
    try {
      this.#source = await this.#download.load();
      this.#target = this.#download.target === undefined ? await this.#choose() : resolve(this.#download.target);
      this.#enter("working");
      this.#started = await this.#download.start(this.#source, this.#target);
      this.#target = this.#started.target;
      this.#listen(this.#started.torrent);
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Waits until the page names a path. */
  async #choose(): Promise<string> {
    const chosen = new Promise<string>((resolve) => {
      this.#chosen = resolve;
    });
    this.#enter("choosing");
    const path = resolve(await chosen);
    this.#chosen = () => undefined;
    return path;
  }

  #listen(torrent: Torrent): void {
    const complete = (): void => this.#enter("complete");
    torrent.on("done", complete);
    torrent.on("state", (state) => {
      if (state === "seeding" || state === "finished") complete();
    });
    torrent.on("error", (error) => (failureOf(error).code === "DISK_FULL" ? this.#tell(error) : this.#fail(error)));
    torrent.on("warning", ({ message }) => this.#tell(new Error(message)));
    const words = this.#invocation.output.messages.classic.download;
    const failures = new Map<string, number>();
    torrent.on("tracker", ({ outcome, message, url }) => {
      failures.set(url, outcome === "failed" ? (failures.get(url) ?? 0) + 1 : 0);
      if (outcome === "refused") this.#tell(new Error(words.trackerRejects(message)));
      else if (outcome === "warning") this.#tell(new Error(words.trackerWarns(message)));
      else if ((failures.get(url) ?? 0) >= TRACKER_FAILURES_SHOWN) this.#tell(new Error(words.trackerSilent(url, message)));
    });
    const { state } = torrent.status();
    if (state === "seeding" || state === "finished") complete();
  }

  #enter(phase: WindowPhase): void {
    if (this.#phase === "failed" || this.#phase === phase) return;
    this.#phase = phase;
    this.#server.push();
  }

  #fail(error: unknown): void {
    this.#tell(error);
    this.#invocation.output.log(`${this.#invocation.name}: ${this.#messageOf(error)}`);
    this.#enter("failed");
  }

  #tell(error: unknown): void {
    const time = new Date().toTimeString().slice(0, 8);
    this.#errors.unshift(`[${time}] ${this.#messageOf(error)}`);
    this.#errors.length = Math.min(this.#errors.length, ERRORS_MAX);
    this.#server.push();
  }

  /** What has no code is told already in the words of the user. */
  #messageOf(error: unknown): string {
    if (error instanceof Error && error.constructor === Error) return error.message;
    const { code, message } = failureOf(error);
    return this.#invocation.output.messages.failure(code, message);
  }

  #watched(pageCount: number): void {
    clearTimeout(this.#lonely);
    if (pageCount > 0) return;
    this.#lonely = setTimeout(() => this.#invocation.stop.request("quit"), this.#options.lonelyMillis ?? LONELY_MILLIS);
  }

  #view(): WindowView {
    const source = this.#source;
    const metainfo = this.#started?.torrent.metainfo ?? (source?.type === "metainfo" ? source.metainfo : undefined);
    const linkName =
      source?.type === "magnet" ? (source.magnet.name ?? source.magnet.infoHashes.v1 ?? source.magnet.infoHashes.v2 ?? "") : "";
    const name = metainfo?.name ?? linkName;
    return windowView({
      texts: this.#texts,
      phase: this.#phase,
      name: this.#target === "" ? name : basename(this.#target),
      totalLength: metainfo?.totalLength,
      target: this.#target,
      status: this.#started?.torrent.status(),
      errors: this.#errors,
      suggestion: name === "" ? "" : join(process.cwd(), name),
    });
  }
}
