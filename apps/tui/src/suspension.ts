/**
 * Ctrl-Z, as every program does it: the shell gets its terminal, and `fg` brings the screen back. Transfers rest meanwhile.
 *
 * In raw mode the terminal stops nobody, so the program stops itself, and with it its whole job: `npx` before it would otherwise keep
 * the shell waiting. Where nobody could start it again, as in a window of its own, the system takes no notice of the signal; then
 * the screen is back at once. Who is stopped from outside finds a terminal that somebody else has used, and takes it anew.
 * @module
 */

/** Milliseconds after which who asked to be stopped and was not goes on. */
const STOPPING_MILLIS = 200;

export interface SuspensionOptions {
  /** Gives the terminal back. */
  readonly leave: () => void;
  /** Takes it anew, whatever is on it and in whatever mode it is. */
  readonly enter: () => void;
}

export class Suspension {
  readonly #options: SuspensionOptions;
  readonly #stop = (): void => this.begin();
  readonly #goOn = (): void => this.#end();
  #waiting: NodeJS.Timeout | undefined;

  constructor(options: SuspensionOptions) {
    this.#options = options;
    if (!CAN_STOP) return;
    process.on("SIGTSTP", this.#stop);
    process.on("SIGCONT", this.#goOn);
  }

  begin(): void {
    if (!CAN_STOP || this.#waiting !== undefined) return;
    this.#options.leave();
    // Nobody listens any more: the signal does what it does to everybody.
    process.off("SIGTSTP", this.#stop);
    this.#waiting = setTimeout(this.#goOn, STOPPING_MILLIS);
    process.kill(0, "SIGTSTP");
  }

  #end(): void {
    if (this.#waiting !== undefined) {
      clearTimeout(this.#waiting);
      this.#waiting = undefined;
      process.on("SIGTSTP", this.#stop);
    }
    this.#options.enter();
  }

  /** The program is over. */
  close(): void {
    clearTimeout(this.#waiting);
    process.off("SIGTSTP", this.#stop);
    process.off("SIGCONT", this.#goOn);
  }
}

/** Windows knows no jobs. */
const CAN_STOP = process.platform !== "win32";
