/**
 * How a command is asked to end: by a signal, a key, or a pipe that closed.
 * @module
 */

/** `cancel`: forget the torrent too. */
export type StopReason = "SIGINT" | "SIGTERM" | "SIGHUP" | "quit" | "cancel" | "pipe";

/** What a shell expects of a command that a signal ended: 128 and the signal's number. */
const STATUS: Readonly<Record<StopReason, number>> = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129, quit: 0, cancel: 0, pipe: 141 };

/** Milliseconds. A clean stop that takes longer is cut off. */
const GRACE_MILLIS = 5000;
const ENDING = ["SIGINT", "SIGTERM"] as const;

export class Stop {
  /** The first request; later ones do not change it. */
  reason: StopReason | undefined;
  #hasDoneItsWork: () => boolean = () => false;
  readonly #controller = new AbortController();
  readonly #leaveNow: (status: number) => void;

  /** `leaveNow` ends the process on the spot. */
  constructor(leaveNow: (status: number) => void) {
    this.#leaveNow = leaveNow;
  }

  /** Aborts at the first request: what runs then saves its state and ends. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Asked when all is over: for what was only serving, or is complete, being stopped is how it ends well, the hard way too. */
  endsWellIf(hasDoneItsWork: () => boolean): void {
    this.#hasDoneItsWork = hasDoneItsWork;
  }

  /** The first one stops cleanly, the second one now. */
  request(reason: StopReason): void {
    if (this.reason !== undefined) return reason === "pipe" ? undefined : this.#leaveNow(this.#statusOf(reason));
    this.reason = reason;
    setTimeout(() => this.#leaveNow(this.#statusOf(reason)), GRACE_MILLIS).unref();
    this.#controller.abort(reason);
  }

  /** Resolves at the first request. */
  requested(): Promise<void> {
    return new Promise((resolve) => {
      if (this.signal.aborted) resolve();
      else this.signal.addEventListener("abort", () => resolve(), { once: true });
    });
  }

  /** The status to end with. */
  get status(): number {
    return this.reason === undefined ? 0 : this.#statusOf(this.reason);
  }

  /** The status of what was stopped and failed. */
  get failedStatus(): number {
    return this.reason === undefined ? 1 : STATUS[this.reason];
  }

  /**
   * Gives the signals back to the system, which ends the process on the spot: for work that has nothing to save and does not
   * come back to the event loop for minutes, where nobody would hear them.
   */
  leaveSignalsToSystem(): void {
    this.signal.throwIfAborted();
    for (const name of ENDING) process.off(name, this.#hear);
  }

  readonly #hear = (name: NodeJS.Signals): void => this.request(name as (typeof ENDING)[number]);

  readonly #hearHangup = (): void => {
    if (hasTerminal()) this.request("SIGHUP");
    else this.#reload();
  };
  #reload: () => void = () => undefined;

  /** Hears of SIGHUP where no terminal can have gone: whoever sends it has changed something, and wants it looked at. */
  onReload(hear: () => void): void {
    this.#reload = hear;
  }

  #statusOf(reason: StopReason): number {
    return this.#hasDoneItsWork() ? 0 : STATUS[reason];
  }

  /** Listens to the signals of the process. */
  listen(): void {
    for (const name of ENDING) process.on(name, this.#hear);
    process.on("SIGHUP", this.#hearHangup);
  }

  /** SIGHUP means something else here. */
  leaveHangup(): void {
    process.off("SIGHUP", this.#hearHangup);
  }
}

/**
 * Whoever was started by `nohup` is to outlive its terminal, and Node forgets that the signal was to be ignored. What nohup
 * leaves behind is that no stream leads to a terminal.
 */
function hasTerminal(): boolean {
  return [process.stdin, process.stdout, process.stderr].some((stream) => stream.isTTY);
}
