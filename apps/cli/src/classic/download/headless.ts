/**
 * `btdownloadheadless`: downloads and seeds, and prints a block of fields again and again.
 * @module
 */
import { tellFarewell } from "../../farewell.ts";
import { isInBackground } from "../background.ts";
import type { DownloaderTable } from "../options/downloader.ts";
import type { ClassicAction } from "../program.ts";
import { ClassicDownload } from "./download.ts";
import { headlessBlock } from "./headless-lines.ts";

/** Seconds. More often than this nobody can read. */
const INTERVAL_MIN = 0.1;

export const downloadHeadless: ClassicAction<DownloaderTable> = async (invocation, args) => {
  const { stop, output } = invocation;
  const words = output.messages.classic.download;
  const download = await ClassicDownload.start(invocation, args);
  stop.endsWellIf(() => download.isComplete);
  if (!isInBackground()) tellFarewell(stop, output);
  const show = (): void => {
    // Asked each time: jobs come to the foreground and go back.
    if (!isInBackground()) process.stdout.write(`${headlessBlock(download.view(), words)}\n`);
  };
  try {
    await download.until(stop.signal, { everySeconds: Math.max(INTERVAL_MIN, args.values.display_interval), look: show });
    return stop.status;
  } finally {
    download.end();
    show();
    await download.close();
  }
};
