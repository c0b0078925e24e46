/**
 * Joins session, store and terminal, and lets them run until the user has had enough.
 * @module
 */
import { resolve } from "node:path";
import type { Session } from "@bittern/client";
import type { Intent, Notice } from "@bittern/faces";
import { Canvas } from "./canvas.ts";
import { Changes } from "./changes.ts";
import { mount } from "./components/mount.ts";
import { Face } from "./face.ts";
import { KeyReader } from "./key-reader.ts";
import { glyphsFor } from "./paint/glyphs.ts";
import { Shelf } from "./session/shelf.ts";
import type { Speech } from "./session/speech.ts";
import { Steward } from "./session/steward.ts";
import { Survey } from "./session/survey.ts";
import { Suspension } from "./suspension.ts";
import { Terminal, type TerminalStreams } from "./terminal.ts";

/** Milliseconds between two rounds of looking. */
const ROUND_MILLIS = 1000;

export interface FaceProgramOptions {
  readonly session: Session;
  /** Folder that belongs to this face alone; undefined where none can be written, and then the list ends with the process. */
  readonly shelfFolder: string | undefined;
  /** Torrents to add at once. */
  readonly sources: readonly string[];
  /** Folder for what is added, unless somebody says otherwise. */
  readonly saveTo: string;
  /** Replace what was remembered; bytes per second. */
  readonly maxDown: number | undefined;
  readonly maxUp: number | undefined;
  readonly usesMouse: boolean;
  readonly speech: Speech;
  /** Ends it from outside. */
  readonly signal: AbortSignal;
  readonly streams?: TerminalStreams;
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

/** Resolves when the user quits or the signal comes; the session is the caller's to close. */
export async function runFace(options: FaceProgramOptions): Promise<void> {
  const { session, signal, speech } = options;
  const environment = options.environment ?? process.env;
  const terminal = new Terminal(options.streams ?? { input: process.stdin, output: process.stdout });
  const shelf = new Shelf(options.shelfFolder);
  const steward = new Steward(session, shelf, speech);
  const saveTo = resolve(options.saveTo);
  await applyLimits(session, shelf, options);
  let openingCount = shelf.content.torrents.length + options.sources.length;
  const opened = (): void => void openingCount--;
  const facts = () => ({
    saveTo,
    openingCount,
    downLimit: shelf.content.down,
    upLimit: shelf.content.up,
    pathOf: (id: string) => steward.pathOf(id),
    orderOf: (id: string) => steward.orderOf(id),
  });
  const survey = new Survey(session, speech, facts);

  let quit: () => void = () => undefined;
  const over = new Promise<void>((done) => {
    quit = done;
  });
  signal.addEventListener("abort", () => quit(), { once: true });
  if (signal.aborted) return;

  const perform = async (intent: Intent): Promise<Notice | undefined> => {
    if (intent.type === "quit") quit();
    else if (intent.type === "use-mouse") terminal.useMouse(intent.usesMouse);
    else return await steward.perform(intent);
    return undefined;
  };
  const face = new Face({
    looks: survey,
    glyphs: glyphsFor(environment),
    words: speech.words,
    size: terminal.size,
    usesMouse: options.usesMouse,
    perform,
  });
  const keys = new KeyReader();
  const canvas = new Canvas(terminal);
  const changes = new Changes(face);
  const redraw = (): void => {
    canvas.forget();
    changes.forget();
    face.resize(terminal.size);
  };
  const onKeys = (chunk: string): void => {
    for (const input of keys.read(chunk)) {
      if (input.type === "key" && input.key === "ctrl+z") suspension.begin();
      else face.input(input);
    }
  };
  const suspension = new Suspension({
    leave: () => terminal.leave(),
    enter: () => {
      terminal.leave();
      terminal.enter(onKeys, redraw);
      redraw();
    },
  });
  terminal.useMouse(options.usesMouse);
  terminal.enter(onKeys, redraw);
  const hasColours = (environment["NO_COLOR"] ?? "") === "";
  const unmount = mount(changes, canvas, hasColours);
  const timer = setInterval(() => face.round(), ROUND_MILLIS);
  const say = (text: string): void => face.input({ type: "notice", notice: { text, tone: "bad" } });
  shelf.onFailure = (error) => say(speech.failure(error));
  if (options.shelfFolder === undefined) say(speech.words.notices.listNotKept);
  if (shelf.damaged !== undefined) say(speech.words.notices.listDamaged(shelf.damaged));
  void begin(steward, options, say, opened);
  try {
    await over;
  } finally {
    clearInterval(timer);
    unmount();
    suspension.close();
    // Before what may fail: the error is to be read on the user's own screen.
    terminal.leave();
    steward.closing();
  }
}

/** What was remembered comes first, so that nothing is added twice. */
async function begin(
  steward: Steward,
  { sources, saveTo, speech }: FaceProgramOptions,
  say: (text: string) => void,
  opened: () => void,
): Promise<void> {
  const complaints = [...(await steward.restore(opened)), ...(await steward.addAll(sources, saveTo, opened))];
  if (complaints.length > 0)
    say(complaints.length === 1 ? (complaints[0] as string) : speech.words.notices.notAdded(complaints.length, complaints[0] as string));
}

async function applyLimits(session: Session, shelf: Shelf, { maxDown, maxUp }: FaceProgramOptions): Promise<void> {
  const { down, up } = shelf.content;
  const limits = { down: maxDown ?? down, up: maxUp ?? up };
  await session.configure({ limits });
  if (limits.down !== down || limits.up !== up) shelf.limit(limits.down, limits.up);
}
