/**
 * `btdownloadgui`: downloads and seeds, with a window in the user's browser. It is what opens when a .torrent or a magnet link
 * is clicked, so it takes links and `file:` addresses as well.
 * @module
 */
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type KnownSource, loadSource } from "@bittern/client";
import { showWindow } from "../../gui/window.ts";
import { openSession } from "../../open-session.ts";
import { linkOnPage } from "../../source.ts";
import type { DownloaderTable } from "../options/downloader.ts";
import type { ClassicAction } from "../program.ts";
import { type DownloaderArguments, interfaceOf, prioritiesOf, sessionOptions, sourceOf, type Target, targetOf } from "./choice.ts";

/** Milliseconds. More often than this nobody can read. */
const INTERVAL_MIN = 100;

export const downloadGui: ClassicAction<DownloaderTable> = async (invocation, args) => {
  const { values } = args;
  // What is wrong on the command line is told there, before any window opens.
  const named = sourceOf(args);
  const priorities = prioritiesOf(values.priority);
  const options = await sessionOptions(args);
  return await showWindow(invocation, {
    load: () => load(named, args, invocation.stop.signal),
    start: async (source, wanted) => {
      const target = placeOf(source, wanted);
      const session = await openSession(invocation, {}, options);
      try {
        const what = source.type === "metainfo" ? source.metainfo : source.magnet;
        const torrent = await session.add(what, { ...target, seedMode: values.check_hashes === 0 });
        for (const [at, priority] of priorities.entries()) {
          const file = torrent.files[at];
          if (file !== undefined && priority !== 1) file.priority = priority;
        }
        return { session, torrent, target: join(target.path, target.name) };
      } catch (error) {
        await session.close();
        throw error;
      }
    },
    target: values.saveas === "" ? undefined : values.saveas,
    displayMillis: Math.max(INTERVAL_MIN, values.display_interval * 1000),
  });
};

async function load(named: string, { values }: DownloaderArguments, signal: AbortSignal): Promise<KnownSource> {
  const source = /^file:\/\//i.test(named) ? fileURLToPath(named) : named;
  const timeout = AbortSignal.timeout(Math.max(1, values.http_timeout) * 1000);
  return await loadSource(source, { signal: AbortSignal.any([signal, timeout]), linkOnPage, ...interfaceOf(values) });
}

/** Before the metadata is known nothing says whether a link means a file or a folder: the path is taken as it is. */
function placeOf(source: KnownSource, wanted: string): Target {
  return source.type === "metainfo" ? targetOf(source.metainfo, wanted) : { path: dirname(wanted), name: basename(wanted) };
}
