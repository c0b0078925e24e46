/**
 * `btdownloadcurses`: downloads and seeds, and fills the terminal with a readout.
 * @module
 */
import type { DownloaderTable } from "../options/downloader.ts";
import type { ClassicAction } from "../program.ts";
import { Screen } from "../screen/screen.ts";
import { cursesFrame } from "./curses-frame.ts";
import { ClassicDownload } from "./download.ts";
import type { ClassicError } from "./view.ts";

/** Seconds. */
const INTERVAL_MIN = 0.1;

export const downloadCurses: ClassicAction<DownloaderTable> = async (invocation, args) => {
  const { stop, output } = invocation;
  const words = output.messages.classic.download;
  const download = await ClassicDownload.start(invocation, args);
  stop.endsWellIf(() => download.isComplete);
  let errors: readonly ClassicError[] = [];
  try {
    const screen = new Screen("btdownloadcurses", {
      draw: (size) => cursesFrame({ ...download.view(), isShuttingDown: stop.reason !== undefined }, size, words),
      onKey: (key) => {
        if (key === "q") stop.request("quit");
      },
    });
    try {
      const everySeconds = Math.max(INTERVAL_MIN, args.values.display_interval);
      await download.until(stop.signal, { everySeconds, look: () => screen.draw() });
      screen.draw();
      return stop.status;
    } finally {
      errors = download.view().errors;
      await download.close();
      screen.close();
    }
  } finally {
    await download.close();
    // What stood on the screen is gone with it.
    for (const { time, text } of errors) process.stdout.write(`[${time}] ${text}\n`);
  }
};
