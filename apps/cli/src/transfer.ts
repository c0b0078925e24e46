/**
 * A torrent at work under a command: tells what happens, shows progress, listens to keys, and knows when it is over.
 * @module
 */
import type { Session, Torrent, TorrentStatus } from "@bittern/client";
import { formatBytes, formatRate, isUnopened, type ProgressView, printable } from "@bittern/faces";
import { activityOf, isDamage, isDiskFull } from "./activity.ts";
import { bePatientWith } from "./compiler-patience.ts";
import { DiskRoom } from "./disk-room.ts";
import { causeItem } from "./inquiry/report.ts";
import type { Invocation } from "./invocation.ts";
import { listenToKeys } from "./keys.ts";
import type { TransferMessages } from "./messages/catalogue.ts";
import { ProgressDisplay } from "./render/display.ts";
import { Tally } from "./tally.ts";

/** Milliseconds between two `progress` lines. */
const REPORT_MILLIS = 1000;
/** Milliseconds between two looks of the display, which has its own patience. */
const LOOK_MILLIS = 200;
/** Milliseconds between two words that metadata is waited for. */
const METADATA_WAIT_MILLIS = 1000;
/** Milliseconds that an answer to a key holds the screen. */
const HOLD_MILLIS = 2000;

/** How a transfer ends by itself. */
export interface TransferLimits {
  /** Leave when everything is complete and safe on the disk. */
  readonly exit: boolean;
  /** Leave after uploading so many times the size. */
  readonly seedRatio: number | undefined;
  /** Leave after seeding so many minutes. */
  readonly seedMinutes: number | undefined;
}

export class Transfer {
  readonly #invocation: Invocation;
  readonly #session: Session;
  readonly #torrent: Torrent;
  readonly #display: ProgressDisplay;
  readonly #tally: Tally;
  readonly #room: DiskRoom;
  readonly #startedAt: number = performance.now();
  readonly #timers: NodeJS.Timeout[] = [];
  #completeAt: number | undefined;
  #isDurable = false;
  #isDamaged = false;
  #hasFailed = false;
  readonly #endPatience: () => void;
  #giveBackKeys: () => void = () => undefined;
  #end: () => void = () => undefined;
  #fail: (error: Error) => void = () => undefined;
  readonly #over: Promise<void>;

  constructor(invocation: Invocation, session: Session, torrent: Torrent) {
    this.#invocation = invocation;
    this.#session = session;
    this.#torrent = torrent;
    this.#tally = new Tally(torrent);
    this.#room = new DiskRoom(invocation.output, torrent);
    this.#endPatience = bePatientWith(torrent);
    this.#display = new ProgressDisplay(invocation.output);
    this.#over = new Promise((resolve, reject) => {
      this.#end = resolve;
      this.#fail = reject;
    });
    // Whoever waits comes later, or never.
    this.#over.catch(() => undefined);
    invocation.stop.signal.addEventListener("abort", () => this.#end(), { once: true });
  }

  get #messages(): TransferMessages {
    return this.#invocation.output.messages.transfer;
  }

  get isComplete(): boolean {
    return this.#completeAt !== undefined;
  }

  /** Some of what is seeded got lost meanwhile. */
  get isDamaged(): boolean {
    return this.#isDamaged;
  }

  /** `{"type":"listening"}`: peers are accepted from here on. */
  tellListening(): void {
    const port = this.#session.listening[0]?.port ?? 0;
    this.#invocation.output.event({ type: "listening", port });
    this.#invocation.output.note(this.#messages.listening(port));
  }

  /** Tells of metadata, pieces and completion; call it once, before anything can have happened. */
  tellEvents(): void {
    const { output } = this.#invocation;
    const torrent = this.#torrent;
    if (output.isJson) torrent.on("piece", (piece) => output.frequentEvent({ type: "piece", piece }));
    if (torrent.metainfo === null) this.#waitForMetadata();
    else this.#tellMetadata();
    torrent.on("done", () => this.#completed());
    torrent.on("durable", () => this.#durable());
  }

  /** Ends it well. */
  end(): void {
    this.#end();
  }

  /** Ends it with an error of the command's own; of what happens until then nothing is told. */
  fail(error: Error): void {
    this.#hasFailed = true;
    this.#fail(error);
  }

  /** Shows progress, takes keys, and resolves when the transfer is over; rejects when it cannot go on. */
  async run(limits: TransferLimits): Promise<void> {
    this.#torrent.on("error", (error) => this.#failed(error));
    this.#giveBackKeys = listenToKeys((key) => this.#key(key));
    if (this.#invocation.output.isJson) this.#every(REPORT_MILLIS, () => this.#report());
    this.#every(LOOK_MILLIS, () => this.#look(limits));
    this.#torrent.on("durable", () => this.#look(limits));
    this.#look(limits);
    try {
      await this.#over;
      this.#display.clear();
      const { summary } = this.#tally;
      this.#invocation.output.event({ type: "summary", ...summary }, this.#messages.summary(summary));
    } finally {
      for (const timer of this.#timers) clearInterval(timer);
      this.#endPatience();
      this.#giveBackKeys();
      this.#display.clear();
    }
  }

  #every(millis: number, act: () => void): void {
    this.#timers.push(setInterval(act, millis));
  }

  /** A language may say every second that it waits. */
  #waitForMetadata(): void {
    const words = this.#messages.metadataWait;
    const timer = words === undefined ? undefined : setInterval(() => this.#invocation.output.note(words), METADATA_WAIT_MILLIS);
    const end = (): void => clearInterval(timer);
    this.#torrent.once("metadata", () => {
      end();
      this.#tellMetadata();
    });
    this.#over.then(end, end);
  }

  #tellMetadata(): void {
    const { metainfo } = this.#torrent;
    if (metainfo === null) return;
    const { v1, v2 } = metainfo.infoHashes;
    const { name, totalLength, pieceCount, pieceLength } = metainfo;
    const fileCount = this.#torrent.files.length;
    const facts = { name, infoHash: v1 ?? null, infoHashV2: v2 ?? null, totalLength, fileCount, pieceCount, pieceLength };
    this.#invocation.output.event({ type: "metadata", ...facts });
    this.#invocation.output.note(this.#messages.content(printable(name), formatBytes(totalLength), fileCount));
  }

  #completed(): void {
    if (this.#hasFailed) return;
    // What took less than a second has its line as well, and whoever adds up sees the last byte.
    if (this.#invocation.output.isJson) this.#report();
    const now = performance.now();
    this.#completeAt = now;
    const { downloaded, uploaded, totalWanted } = this.#torrent.status();
    const seconds = Math.round(now - this.#startedAt) / 1000;
    const rate = formatRate(downloaded / Math.max(seconds, 0.001));
    const [size, came] = [formatBytes(totalWanted), formatBytes(downloaded)];
    const how = downloaded > 0 ? this.#messages.downloadedIn(came === size ? undefined : came, seconds.toFixed(1), rate) : "";
    const text = this.#messages.complete(printable(this.#torrent.name), size) + how;
    this.#invocation.output.event({ type: "complete", seconds, downloaded, uploaded }, text);
  }

  #durable(): void {
    if (this.#hasFailed) return;
    this.#isDurable = true;
    this.#invocation.output.event({ type: "durable" });
  }

  #failed(error: Error & { readonly code?: string }): void {
    if (isDiskFull(error)) this.#room.waitsFor(error);
    else if (isDamage(error)) this.#damaged(error);
    else this.#fail(error);
  }

  /** A seed goes on with what is left, and ends badly. */
  #damaged(error: Error & { readonly code?: string }): void {
    this.#isDamaged = true;
    const { output } = this.#invocation;
    const { code = "", message } = error;
    output.event({ type: "error", error: { code, message } });
    output.warn(this.#messages.damaged(printable(output.messages.failure(code, message))));
  }

  #report(): void {
    this.#invocation.output.event({ type: "progress", ...progressOf(this.#torrent.status()) });
  }

  #look(limits: TransferLimits): void {
    if (this.#display.isDue) this.#display.update(this.#view());
    if (this.#completeAt === undefined || !this.#isDurable) return;
    const seededMinutes = (performance.now() - this.#completeAt) / 60_000;
    const hasSeeded = limits.seedMinutes !== undefined && seededMinutes >= limits.seedMinutes;
    const hasGiven = limits.seedRatio !== undefined && this.#torrent.status().ratio >= limits.seedRatio;
    if (limits.exit || hasSeeded || hasGiven) this.#end();
  }

  #view(): ProgressView {
    const status = this.#torrent.status();
    const view = { activity: this.#messages.states[activityOf(status)], fraction: status.progress };
    if (status.state === "checking") return view;
    if (activityOf(status) === "damaged") return { ...view, ...this.#standstill(status), upRate: status.upRate };
    if (status.downRate === 0 && (status.state === "downloading" || isUnopened(status.state)))
      return { ...view, ...this.#standstill(status) };
    return {
      ...view,
      done: status.totalDone,
      total: status.totalWanted,
      downRate: status.downRate,
      upRate: status.upRate,
      ...(status.state === "downloading" ? { secondsLeft: status.eta === null ? Number.NaN : status.eta / 1000 } : {}),
      peers: status.peers,
      seeds: status.seeds,
    };
  }

  /** Where nothing flows the rates say less than the reason. */
  #standstill({ totalDone, totalWanted, peers, seeds }: TorrentStatus): Partial<ProgressView> {
    const [cause] = this.#torrent.diagnosis().causes;
    const sizes = totalWanted === 0 ? {} : { done: totalDone, total: totalWanted };
    return { ...sizes, peers, seeds, ...(cause === undefined ? {} : { reason: this.#messages.cause(causeItem(cause)) }) };
  }

  #key(key: string): void {
    switch (key) {
      case "p":
        void this.#torrent.pause().then(() => this.#answer(this.#messages.paused));
        return;
      case "r":
        void this.#torrent.resume().then(() => this.#answer(this.#messages.resumed));
        return;
      case "s":
        return this.#answer(this.#messages.statusLines(this.#torrent.status()).join("\n"));
      case "c":
        return this.#invocation.stop.request("cancel");
      case "q":
        return this.#invocation.stop.request("quit");
    }
  }

  #answer(text: string): void {
    this.#display.hold(HOLD_MILLIS);
    this.#invocation.output.note(text);
  }
}

/** The keys of a `progress` line: the activity, and integers, null where nobody knows. */
export function progressOf(status: TorrentStatus): Readonly<Record<string, number | string | null>> {
  return {
    state: activityOf(status),
    downloaded: status.downloaded,
    uploaded: status.uploaded,
    verified: status.totalDone,
    total: status.totalWanted,
    downRate: status.downRate,
    upRate: status.upRate,
    peers: status.peers,
    seeds: status.seeds,
    secondsLeft: status.eta === null ? null : Math.ceil(status.eta / 1000),
  };
}
