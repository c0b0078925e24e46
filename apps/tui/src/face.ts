/**
 * The face at work: keys and rounds of the survey go into the store, frames come out, and what the store wants done is done.
 * @module
 */
import {
  type FaceInput,
  type FaceSnapshot,
  type FaceState,
  type FaceWords,
  FIRST_STATE,
  type Intent,
  listPlace,
  listView,
  type Notice,
  reduce,
  type ScreenSize,
} from "@bittern/faces";
import { frameLines } from "./paint/frame.ts";
import type { Glyphs } from "./paint/glyphs.ts";
import type { Line } from "./paint/line.ts";
import type { SurveyLook } from "./session/survey.ts";

/** Who looks at the session. */
export interface Looks {
  round(look: SurveyLook): FaceSnapshot;
  look(look: SurveyLook): FaceSnapshot;
}

export interface FaceOptions {
  readonly looks: Looks;
  readonly glyphs: Glyphs;
  readonly words: FaceWords;
  readonly size: ScreenSize;
  readonly usesMouse: boolean;
  /** Does something; what it answers is shown. */
  readonly perform: (intent: Intent) => Promise<Notice | undefined>;
}

export class Face {
  readonly #options: FaceOptions;
  readonly #listeners = new Set<() => void>();
  #state: FaceState;
  #snapshot: FaceSnapshot;
  #size: ScreenSize;
  #frame: readonly Line[] | undefined;

  constructor(options: FaceOptions) {
    this.#options = options;
    this.#size = options.size;
    this.#state = { ...FIRST_STATE, usesMouse: options.usesMouse };
    this.#snapshot = options.looks.round({ cursorId: undefined, isOpen: false, shownIds: [] });
  }

  /** For React: calls back after each change, answers how to end that. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** The same lines until something changes. */
  readonly frame = (): readonly Line[] => {
    this.#frame ??= frameLines(this.#state, this.#snapshot, this.#size, this.#options.glyphs, this.#options.words);
    return this.#frame;
  };

  input(input: FaceInput): void {
    const { state, intents } = reduce(this.#state, input, this.#snapshot, this.#size, this.#options.words);
    const before = this.#state;
    this.#state = state;
    const opensOther = state.screen !== before.screen || state.cursorId !== before.cursorId;
    if (opensOther) this.#snapshot = this.#options.looks.look(this.#look());
    for (const intent of intents) void this.#perform(intent);
    this.#changed();
  }

  resize(size: ScreenSize): void {
    this.#size = size;
    this.#changed();
  }

  /** About once a second. */
  round(): void {
    this.#snapshot = this.#options.looks.round(this.#look());
    this.#changed();
  }

  async #perform(intent: Intent): Promise<void> {
    const notice = await this.#options.perform(intent);
    if (notice !== undefined) this.input({ type: "notice", notice });
    this.#snapshot = this.#options.looks.look(this.#look());
    this.#changed();
  }

  #look(): SurveyLook {
    const { rows } = listPlace(this.#size);
    const view = listView(this.#state, this.#snapshot, rows, this.#options.words);
    return {
      cursorId: view.rows[view.cursor]?.id,
      isOpen: this.#state.screen === "detail",
      shownIds: view.rows.map(({ id }) => id),
    };
  }

  #changed(): void {
    this.#frame = undefined;
    for (const listener of this.#listeners) listener();
  }
}
