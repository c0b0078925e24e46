/**
 * A session that works on whatever lies in a watched folder: the roster decides, this does it.
 * @module
 */
import { readFile, stat } from "node:fs/promises";
import { basename, join, sep } from "node:path";
import { type AddOptions, type KnownSource, loadSource, pathOf, type Session, selectionMatcher, type Torrent } from "@bittern/client";
import { UsageError } from "@bittern/protocol/base";
import type { Metainfo } from "@bittern/protocol/metainfo";
import { type Failure, failureOf } from "../failure.ts";
import { Roster, type RosterEntry, type RosterInput, type WatchedFile } from "./roster.ts";

/** Bytes. A link with a hundred trackers has some 10 KB. */
export const LINK_LENGTH_MAX: number = 64 * 1024;

/** How a torrent is added, and what ends it. */
export interface WatchPlan {
  readonly add: AddOptions & { readonly path: string };
  /** Paused after uploading so many times the size, or after seeding so many minutes. */
  readonly seedRatio?: number | undefined;
  readonly seedMinutes?: number | undefined;
}

/** What is told of a watched file. */
export type WatchEvent =
  | { readonly type: "added" | "removed" | "complete" | "satisfied"; readonly path: string; readonly name: string }
  | { readonly type: "failed"; readonly path: string; readonly name: string; readonly message: string; readonly code: string };

export interface FolderSessionOptions {
  readonly session: Session;
  readonly plan: (path: string, torrentName: string | undefined) => Promise<WatchPlan>;
  readonly tell: (event: WatchEvent) => void;
}

interface Work {
  readonly torrent: Torrent;
  readonly plan: WatchPlan;
  completeAt: number | undefined;
}

/** A line of the table. */
export interface WatchRow extends RosterEntry {
  readonly torrent: Torrent | undefined;
  readonly message: string;
}

export class FolderSession {
  readonly #options: FolderSessionOptions;
  readonly #roster = new Roster();
  readonly #works = new Map<string, Work>();
  readonly #failures = new Map<string, Failure>();
  /** Starts and removals follow each other, so that a file that changed meets no trace of itself. */
  #queue: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(options: FolderSessionOptions) {
    this.#options = options;
  }

  /** Everything that lies in the folder now. */
  list(files: ReadonlyMap<string, WatchedFile>): void {
    this.#input({ type: "listing", files });
  }

  /** What is at work, waits or failed, in the order it came. */
  rows(): readonly WatchRow[] {
    return [...this.#roster.entries].map((entry) => ({
      ...entry,
      torrent: this.#works.get(entry.path)?.torrent,
      message: this.#failures.get(entry.path)?.message ?? "",
    }));
  }

  /** Pauses what has seeded enough; to be called now and then. */
  look(): void {
    for (const [path, work] of this.#works) {
      const { torrent, plan, completeAt } = work;
      if (completeAt === undefined || torrent.status().state === "paused") continue;
      const hasGiven = plan.seedRatio !== undefined && torrent.status().ratio >= plan.seedRatio;
      const hasSeeded = plan.seedMinutes !== undefined && performance.now() - completeAt >= plan.seedMinutes * 60_000;
      if (!hasGiven && !hasSeeded) continue;
      work.completeAt = undefined;
      void torrent.pause().catch(() => undefined);
      this.#options.tell({ type: "satisfied", path, name: torrent.name });
    }
  }

  /** Nothing is started any more. The session is its owner's. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    await this.#queue;
  }

  #input(input: RosterInput): void {
    if (this.#isClosed) return;
    for (const output of this.#roster.handle(input, performance.now())) {
      const { type, path } = output;
      if (type === "tell") this.#tellFailure(path);
      else this.#queue = this.#queue.then(() => (type === "start" ? this.#start(path) : this.#stop(path)));
    }
    clearTimeout(this.#timer);
    const { deadline } = this.#roster;
    if (deadline === undefined) return;
    this.#timer = setTimeout(() => this.#input({ type: "tick" }), Math.max(0, deadline - performance.now()) + 1);
  }

  async #start(path: string): Promise<void> {
    if (this.#isClosed) return;
    try {
      const source = await sourceOf(path);
      const metainfo = source.type === "metainfo" ? source.metainfo : null;
      const plan = await this.#options.plan(path, metainfo?.name);
      this.#refuseContent(path);
      this.#refuseTwin(source);
      if (metainfo !== null) refuseEmptySelection(metainfo, plan);
      const torrent = await this.#options.session.add(source.type === "metainfo" ? source.metainfo : source.magnet, plan.add);
      this.#works.set(path, { torrent, plan, completeAt: undefined });
      this.#failures.delete(path);
      this.#follow(path, torrent, plan);
      if (this.#works.get(path)?.torrent !== torrent) return;
      // What is paused is checked when it goes on; the others need not wait for that.
      if (plan.add.paused === true) this.#input({ type: "checked", path });
      this.#options.tell({ type: "added", path, name: torrent.name });
    } catch (error) {
      this.#fail(path, error);
    }
  }

  #follow(path: string, torrent: Torrent, plan: WatchPlan): void {
    const lookAtSelection = (): void => {
      try {
        if (torrent.metainfo !== null) refuseEmptySelection(torrent.metainfo, plan);
      } catch (error) {
        this.#drop(path, torrent, error);
      }
    };
    // The metadata of a link may be kept from the last time.
    if (torrent.metainfo === null) torrent.once("metadata", lookAtSelection);
    else lookAtSelection();
    torrent.checked().then(
      () => this.#input({ type: "checked", path }),
      () => undefined,
    );
    torrent.on("done", () => {
      const work = this.#works.get(path);
      if (work?.torrent !== torrent) return;
      work.completeAt = performance.now();
      this.#options.tell({ type: "complete", path, name: torrent.name });
    });
    torrent.on("error", (error: Error & { readonly code?: string }) => {
      // A full disk is waited for.
      if (error.code !== "DISK_FULL") this.#drop(path, torrent, error);
    });
  }

  /** It was at work, and cannot go on. */
  #drop(path: string, torrent: Torrent, error: unknown): void {
    if (this.#works.get(path)?.torrent !== torrent) return;
    this.#works.delete(path);
    this.#queue = this.#queue.then(() => this.#remove(torrent));
    this.#fail(path, error);
  }

  #fail(path: string, error: unknown): void {
    const failure = failureOf(error);
    this.#failures.set(path, failure);
    // The torrent and the options are what they are: when one of them changes, it begins anew.
    this.#input({ type: "failed", path, reason: failure.message, isLasting: failure.code === "SELECTION_EMPTY" });
  }

  #tellFailure(path: string): void {
    const { code = "", message = "" } = this.#failures.get(path) ?? {};
    this.#options.tell({ type: "failed", path, name: basename(path), message, code });
  }

  async #stop(path: string): Promise<void> {
    const work = this.#works.get(path);
    this.#works.delete(path);
    this.#failures.delete(path);
    if (work === undefined) return;
    await this.#remove(work.torrent);
    this.#options.tell({ type: "removed", path, name: work.torrent.name });
  }

  async #remove(torrent: Torrent): Promise<void> {
    if (this.#isClosed) return;
    await this.#options.session.remove(torrent).catch(() => undefined);
    // Whoever took one of two files with the same torrent away wants the other to go on.
    for (const [path, { code }] of this.#failures) if (code === "TORRENT_EXISTS") this.#input({ type: "retry", path });
  }

  /** What a torrent brought must not become a torrent of ours by itself. */
  #refuseContent(path: string): void {
    for (const { torrent, plan } of this.#works.values()) {
      if (torrent.metainfo?.isSingleFile === true) continue;
      const content = join(plan.add.path, plan.add.name ?? torrent.name) + sep;
      if (path.startsWith(content))
        throw new UsageError("WATCH_CONTENT", `${path} belongs to the content of ${torrent.name} and is left alone`);
    }
  }

  /** The session would refuse it as well, but knows nothing of files. */
  #refuseTwin(source: KnownSource): void {
    const { v1, v2 } = source.type === "metainfo" ? source.metainfo.infoHashes : source.magnet.infoHashes;
    const twins = [v1, v2].map((hash) => (hash === undefined ? undefined : this.#options.session.get(hash)));
    for (const [path, { torrent }] of this.#works) {
      if (twins.includes(torrent)) throw new UsageError("TORRENT_EXISTS", `${path} is the same torrent; one of the two files is enough`);
    }
  }
}

/** A torrent of which nothing is chosen would be complete at once, which nobody means. */
function refuseEmptySelection(metainfo: Metainfo, { add: { wanted } }: WatchPlan): void {
  if (wanted?.only === undefined) return;
  const isWanted = selectionMatcher(wanted);
  const folder = metainfo.isSingleFile ? "" : metainfo.name;
  if (metainfo.files.some((file) => !file.isPad && isWanted(pathOf(file), folder))) return;
  const text = `no file of ${metainfo.name} matches ${wanted.only.join(" or ")}; \`bittern show\` lists its files`;
  throw new UsageError("SELECTION_EMPTY", text);
}

async function sourceOf(path: string): Promise<KnownSource> {
  if (!path.endsWith(".magnet")) return await loadSource(path);
  if ((await stat(path)).size > LINK_LENGTH_MAX) throw new UsageError("LINK_TOO_LONG", `${path} is longer than any magnet link`);
  const line = (await readFile(path, "utf8"))
    .split(/\r?\n/)
    .map((text) => text.trim())
    .find((text) => text !== "" && !text.startsWith("#"));
  if (line === undefined) throw new UsageError("LINK_MISSING", `${path} holds no magnet link`);
  if (!/^(magnet:|[0-9a-z]{32,64}$)/i.test(line))
    throw new UsageError("LINK_INVALID", `${path} holds no magnet link; its first line must be one`);
  return await loadSource(line);
}
