/**
 * How whoever looks after torrents speaks to the user.
 * @module
 */
import type { FaceWords } from "@bittern/faces";

export interface Speech {
  readonly words: FaceWords;
  /** What went wrong, in the user's language: an error, or a warning with its code. */
  readonly failure: (error: unknown) => string;
}
