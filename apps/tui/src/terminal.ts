/**
 * The terminal while a face has it: the other screen, keys one by one, and everything given back as it was.
 * @module
 */
import type { ScreenSize } from "@bittern/faces";

/** The other screen, pasted text in brackets, no cursor, no wrapping of a line that turns out wider than was reckoned. */
const ENTER = "\u001b[?1049h\u001b[?2004h\u001b[?25l\u001b[?7l\u001b[H\u001b[2J";
const LEAVE = "\u001b[?1006l\u001b[?1000l\u001b[?2004l\u001b[?7h\u001b[?25h\u001b[?1049l";
const MOUSE_ON = "\u001b[?1000h\u001b[?1006h";
const MOUSE_OFF = "\u001b[?1006l\u001b[?1000l";

/** The two streams of a terminal, as far as they are needed. */
export interface TerminalStreams {
  readonly input: NodeJS.ReadStream;
  readonly output: NodeJS.WriteStream;
}

export class Terminal {
  readonly #streams: TerminalStreams;
  readonly #leave = (): void => this.leave();
  #onKeys: (chunk: string) => void = () => undefined;
  #onResize: () => void = () => undefined;
  #isEntered = false;
  #usesMouse = false;

  constructor(streams: TerminalStreams) {
    this.#streams = streams;
  }

  get size(): ScreenSize {
    const { columns, rows } = this.#streams.output;
    // A terminal that does not know how large it is says 0.
    return { columns: columns > 0 ? columns : 80, lines: rows > 0 ? rows : 24 };
  }

  write(text: string): void {
    this.#streams.output.write(text);
  }

  /** Takes the screen and the keys; `onKeys` gets what is typed, as it comes. */
  enter(onKeys: (chunk: string) => void, onResize: () => void): void {
    const { input, output } = this.#streams;
    this.#isEntered = true;
    this.#onKeys = onKeys;
    this.#onResize = onResize;
    output.write(ENTER + (this.#usesMouse ? MOUSE_ON : ""));
    output.on("resize", onResize);
    input.setRawMode(true);
    input.setEncoding("utf8");
    input.on("data", onKeys);
    input.resume();
    // However this ends, the shell gets its terminal back.
    process.on("exit", this.#leave);
  }

  useMouse(usesMouse: boolean): void {
    this.#usesMouse = usesMouse;
    if (this.#isEntered) this.write(usesMouse ? MOUSE_ON : MOUSE_OFF);
  }

  leave(): void {
    if (!this.#isEntered) return;
    this.#isEntered = false;
    const { input, output } = this.#streams;
    process.off("exit", this.#leave);
    input.off("data", this.#onKeys);
    input.setRawMode(false);
    input.pause();
    output.off("resize", this.#onResize);
    output.write(LEAVE);
  }
}
