/**
 * H. The full screen of `bittern tui` over thousands of torrents: what a key and a second cost.
 *
 * A real session with links that find nobody, looked at by the face itself; Ink draws into a terminal that only counts. A key
 * is timed until its frame is written, a round (the look that comes once a second) likewise.
 * @module
 */
import { Session } from "@bittern/client";
import { ENGLISH_FACE } from "@bittern/faces";
import { Canvas } from "../apps/tui/src/canvas.ts";
import { Changes } from "../apps/tui/src/changes.ts";
import { Face } from "../apps/tui/src/face.ts";
import { UNICODE } from "../apps/tui/src/paint/glyphs.ts";
import { Survey } from "../apps/tui/src/session/survey.ts";
import { type Bench, compare } from "./bench.ts";
import { type Contender, summarize } from "./figures.ts";

const COUNTS = [50, 10_000];
const SIZE = { columns: 80, lines: 24 };
/** Looks of each kind; the median counts. */
const LOOKS = 30;

type Figure = "first" | "move" | "cpu" | "jump" | "sort" | "search" | "round" | "bytes";

export const bench: Bench = {
  question: "A full screen of 10,000 torrents: a key drawn in 16 ms, a second's look in 50 ms?",
  run: (options) =>
    compare(
      options,
      COUNTS.map((count) => contender(options.folder, count)),
      [
        { figure: "first", title: "the first keys ms", digits: 1 },
        { figure: "move", title: "cursor down ms", digits: 1 },
        { figure: "cpu", title: "its CPU ms", digits: 1 },
        { figure: "jump", title: "end, home ms", digits: 1 },
        { figure: "sort", title: "sort ms", digits: 1 },
        { figure: "search", title: "a letter of a search ms", digits: 1 },
        { figure: "round", title: "a second's look ms", digits: 1 },
        { figure: "bytes", title: "bytes written a key", digits: 0 },
      ],
      0,
    ),
};

function contender(folder: string, count: number): Contender<Figure> {
  return { name: `${count} torrents`, run: () => measure(folder, count) };
}

async function measure(folder: string, count: number): Promise<Readonly<Record<Figure, number>>> {
  const session = await Session.open({ listen: ["127.0.0.1:0"] });
  try {
    const survey = new Survey(session, { words: ENGLISH_FACE, failure: String }, () => ({
      saveTo: folder,
      openingCount: 0,
      downLimit: 0,
      upLimit: 0,
      pathOf: () => folder,
      orderOf: (id) => Number.parseInt(id, 16),
    }));
    const links = Array.from({ length: count }, (_, at) => at.toString(16).padStart(40, "0"));
    await Promise.all(links.map((link, at) => session.add(link, { path: folder, paused: at % 2 === 0 })));
    return await timed(survey);
  } finally {
    await session.close();
  }
}

async function timed(survey: Survey): Promise<Readonly<Record<Figure, number>>> {
  let written = 0;
  const canvas = new Canvas({
    size: SIZE,
    write: (text) => {
      written += text.length;
    },
  });
  const face = new Face({
    looks: survey,
    glyphs: UNICODE,
    words: ENGLISH_FACE,
    size: SIZE,
    usesMouse: false,
    perform: async () => undefined,
  });
  // As in the bundle: React has a slow half for developers, and chooses when it is loaded.
  process.env["NODE_ENV"] = "production";
  const { mount } = await import("../apps/tui/src/components/mount.ts");
  const unmount = mount(new Changes(face), canvas, true);
  const press =
    (...keys: readonly string[]) =>
    (): void => {
      for (const key of keys) face.input({ type: "key", key });
    };
  // While their code is still being compiled.
  const first = await median(press("down"));
  written = 0;
  // Others may want the machine too, and then the wait says little: what a key costs is its processor time.
  const before = process.cpuUsage();
  const move = await median(press("down"));
  const spent = process.cpuUsage(before);
  const cpu = (spent.user + spent.system) / 1000 / LOOKS;
  const bytes = written / LOOKS;
  const jump = await median(press("end", "home"));
  const sort = await median(press("s"));
  press("/")();
  const search = await median(press("a"));
  press("escape")();
  const round = await median(() => face.round());
  unmount();
  return { first, move, cpu, jump, sort, search, round, bytes };
}

/** Milliseconds until the frame is written: React may put its work off to the next turn of the loop. */
async function median(act: () => void): Promise<number> {
  const taken: number[] = [];
  for (let look = 0; look < LOOKS; look++) {
    const startedAt = performance.now();
    act();
    await new Promise((resolve) => setImmediate(resolve));
    taken.push(performance.now() - startedAt);
  }
  return summarize(taken).median;
}
