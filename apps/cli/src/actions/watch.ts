/**
 * `bittern watch`: works on whatever lies in a folder, for as long as it lies there.
 * @module
 */
import { stat } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import { isUnopened, printable } from "@bittern/faces";
import { UsageError } from "@bittern/protocol/base";
import type { Action } from "../invocation.ts";
import { listenToKeys } from "../keys.ts";
import { openSession, type SessionArguments } from "../open-session.ts";
import { ProgressDisplay } from "../render/display.ts";
import { namedPath } from "../source.ts";
import { progressOf } from "../transfer.ts";
import { FolderSession, type WatchEvent, type WatchPlan } from "../watch/folder-session.ts";
import { watchFolder } from "../watch/listing.ts";
import { OptionsBook, type OptionsFault } from "../watch/options-book.ts";

interface WatchOptions extends SessionArguments {
  readonly saveTo?: string;
  readonly poll?: boolean;
}

/** Milliseconds between two `progress` lines of each torrent. */
const REPORT_MILLIS = 1000;
const LOOK_MILLIS = 200;

export const watch: Action<WatchOptions> = async (invocation, [argument = ""], options) => {
  const { output, stop } = invocation;
  const folder = namedPath(argument);
  if (!(await stat(folder)).isDirectory())
    throw new UsageError("WATCH_FOLDER", `${argument} is no folder; name the folder that holds the .torrent files`);
  const session = await openSession(invocation, options);
  const tell = (event: WatchEvent): void => tellEvent(event, relative(folder, event.path));
  const works = new FolderSession({ session, tell, plan: async (path) => planFor(path) });
  const book = new OptionsBook(folder, tellFault);
  // One listing after the other: a book is read by one at a time.
  let listings: Promise<void> = Promise.resolve();
  const display = new ProgressDisplay(output);

  function planFor(path: string): WatchPlan {
    const found = book.optionsFor(path);
    const below = relative(folder, dirname(path));
    const saveTo = found.saveTo ?? (options.saveTo === undefined ? dirname(path) : join(resolve(options.saveTo), below));
    return {
      add: {
        path: saveTo,
        paused: found.paused === true,
        sequential: found.sequential === true,
        trackers: found.trackers ?? [],
        limits: { down: found.maxDown ?? 0, up: found.maxUp ?? 0 },
        ...(found.select === undefined ? {} : { wanted: { only: found.select } }),
      },
      seedRatio: found.seedRatio,
      seedMinutes: found.seedTime,
    };
  }

  function tellEvent(event: WatchEvent, file: string): void {
    const name = printable(event.name);
    switch (event.type) {
      case "added":
      case "removed":
      case "complete":
      case "satisfied":
        return output.event({ type: event.type, file, name: event.name }, output.messages.watch[event.type](name));
      case "failed":
        output.event({ type: "error", file, error: { code: event.code, message: event.message } });
        output.warn(`${printable(file)}: ${output.messages.failure(event.code, event.message)}`);
    }
  }

  function tellFault({ path, failure: { code, message }, hasOptions }: OptionsFault): void {
    const { failure, watch: words } = output.messages;
    output.event({ type: "error", file: relative(folder, path), error: { code, message } });
    output.warn(`${printable(failure(code, message))}. ${hasOptions ? words.optionsKept : words.optionsAwaited}`);
  }

  function report(): void {
    for (const { torrent } of works.rows()) {
      if (torrent !== undefined) output.event({ type: "progress", infoHash: torrent.infoHash, ...progressOf(torrent.status()) });
    }
  }

  function look(): void {
    works.look();
    if (!display.isDue) return;
    const torrents = works.rows().flatMap(({ torrent }) => (torrent === undefined ? [] : [torrent.status()]));
    const done = sum(torrents.map(({ totalDone }) => totalDone));
    const total = sum(torrents.map(({ totalWanted }) => totalWanted));
    const { downRate, upRate, peers } = session.stats();
    const fetching = torrents.filter(({ state }) => isUnopened(state)).length;
    display.update({
      activity: output.messages.watch.torrents(torrents.length, fetching),
      // Nothing is there yet, or nothing but links whose metadata is missing.
      ...(total === 0 ? { fraction: 0 } : { fraction: done / total, done, total }),
      downRate,
      upRate,
      peers,
    });
  }

  const timers = [setInterval(look, LOOK_MILLIS), ...(output.isJson ? [setInterval(report, REPORT_MILLIS)] : [])];
  const giveBackKeys = listenToKeys((key) => {
    if (key === "q") stop.request("quit");
  });
  let end: (() => Promise<void>) | undefined;
  try {
    const port = session.listening[0]?.port ?? 0;
    output.event({ type: "listening", port });
    output.note(output.messages.watch.watching(printable(folder), port));
    end = await watchFolder(folder, options.poll === true, (listing) => {
      listings = listings.then(async () => works.list(await book.take(listing)));
    });
    stop.endsWellIf(() => true);
    await stop.requested();
    return stop.status;
  } finally {
    for (const timer of timers) clearInterval(timer);
    giveBackKeys();
    display.clear();
    await end?.();
    await listings;
    const closing = works.close();
    await session.close();
    await closing;
  }
};

function sum(amounts: readonly number[]): number {
  return amounts.reduce((before, amount) => before + amount, 0);
}
