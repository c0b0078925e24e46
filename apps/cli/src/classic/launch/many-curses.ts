/**
 * `btlaunchmanycurses`: downloads and seeds every torrent of a folder, and fills the terminal with a table.
 * @module
 */
import type { LauncherTable } from "../options/launcher.ts";
import type { ClassicAction } from "../program.ts";
import { Screen } from "../screen/screen.ts";
import { Launch } from "./launch.ts";
import { eventWords } from "./many.ts";
import { manyFrame } from "./many-curses-frame.ts";

/** Seconds. */
const INTERVAL_MIN = 0.1;
/** Failures that are told again at the end. */
const FAILURES_MAX = 50;

export const launchManyCurses: ClassicAction<LauncherTable> = async (invocation, args) => {
  const { stop, output } = invocation;
  const { launch, download } = output.messages.classic;
  let status = "";
  const failures: string[] = [];
  const works = await Launch.start(invocation, args, "here", {
    tell: (event) => {
      status = eventWords(event, output.messages);
      if (event.type !== "failed") return;
      failures.push(status);
      if (failures.length > FAILURES_MAX) failures.shift();
    },
    complain: (message) => {
      status = message;
    },
  });
  try {
    const screen = new Screen("btlaunchmanycurses", {
      draw: (size) => manyFrame({ rows: works.rows(), status: stop.reason === undefined ? status : download.shuttingDown }, size, launch),
      onKey: (key) => {
        if (key === "q") stop.request("quit");
      },
    });
    screen.draw();
    const timer = setInterval(() => screen.draw(), Math.max(INTERVAL_MIN, args.values.display_interval) * 1000);
    try {
      stop.endsWellIf(() => true);
      await stop.requested();
      screen.draw();
      return stop.status;
    } finally {
      clearInterval(timer);
      await works.close();
      screen.close();
    }
  } finally {
    await works.close();
    for (const failure of failures) process.stdout.write(`${failure}\n`);
  }
};
