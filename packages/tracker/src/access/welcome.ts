/**
 * Announces that a program beside the tracker decides on: each waits for its verdict, and is then handled as if it had
 * just come. Nobody else waits meanwhile.
 * @module
 */

import { formatAddress } from "@bittern/protocol/address";
import type { Millis } from "@bittern/protocol/base";
import type { Announce } from "../announce.ts";
import type { TrackerOutput, WelcomeQuestion } from "../output.ts";
import { COMPLETED, PAUSED, STARTED, STOPPED } from "../statistics.ts";

/** Announces that wait at once; with more of them, the next ones are told to come back. */
export const WAITING_MAX: number = 10_000;
/** Milliseconds a verdict may take; whoever asked is gone afterwards. */
const PATIENCE_MILLIS = 15_000;

/** Characters of a reason, so that it fits into a datagram. */
const REASON_LENGTH_MAX = 200;

/** Handles an announce again. */
type Resume = (now: Millis, out: TrackerOutput[]) => void;

interface Waiting {
  readonly since: Millis;
  resume: Resume;
}

export class Welcome {
  readonly #waiting: Map<number, Waiting> = new Map();
  readonly #out: TrackerOutput[] = [];
  #lastQuestion = 0;
  #hasVerdict = false;
  #refusal: string | undefined;
  /** Why the last announce was refused, for whoever asked. */
  reason = "";

  /** Whether any announce waits. */
  get isWaiting(): boolean {
    return this.#waiting.size > 0;
  }

  /** What is to become of an announce: it waits at first, and when it is handled again its verdict counts, once. */
  judge(announce: Announce, now: Millis): "ASKING" | "UNWELCOME" | "WELCOME_BUSY" | undefined {
    if (!this.#hasVerdict) return this.#ask(announce, now) ? "ASKING" : "WELCOME_BUSY";
    this.#hasVerdict = false;
    if (this.#refusal === undefined) return undefined;
    this.reason = this.#refusal;
    return "UNWELCOME";
  }

  /** Whether the announce at hand has a verdict already, and so has been judged by everybody else. */
  get hasVerdict(): boolean {
    return this.#hasVerdict;
  }

  /** Says how the announce that was judged last is handled again. */
  whenAnswered(resume: Resume): void {
    const waiting = this.#waiting.get(this.#lastQuestion);
    if (waiting !== undefined) waiting.resume = resume;
  }

  #ask(announce: Announce, now: Millis): boolean {
    if (this.#waiting.size >= WAITING_MAX) return false;
    const question = ++this.#lastQuestion;
    this.#waiting.set(question, { since: now, resume: () => undefined });
    this.#out.push({ type: "ask-welcome", question, about: questionOf(announce) });
    return true;
  }

  /** Takes a verdict, why it is refused or `undefined`; one that comes too late changes nothing. */
  answer(question: number, refusal: string | undefined, now: Millis, out: TrackerOutput[]): void {
    const waiting = this.#waiting.get(question);
    if (waiting === undefined) return;
    this.#waiting.delete(question);
    this.#refusal = refusal?.slice(0, REASON_LENGTH_MAX);
    this.#hasVerdict = true;
    waiting.resume(now, out);
    this.#hasVerdict = false;
  }

  /** Hands out the questions. */
  flush(out: TrackerOutput[]): void {
    if (this.#out.length > 0) out.push(...this.#out.splice(0));
  }

  tick(now: Millis): void {
    for (const [question, { since }] of this.#waiting) {
      if (now - since < PATIENCE_MILLIS) break;
      this.#waiting.delete(question);
    }
  }
}

function questionOf(announce: Announce): WelcomeQuestion {
  const { event } = announce;
  return {
    infoHash: announce.infoHash.bytes.slice(),
    peerId: announce.peerId.slice(),
    address: formatAddress(announce.asker.subarray(0, announce.askerLength)),
    port: announce.port,
    uploaded: announce.uploaded,
    downloaded: announce.downloaded,
    left: announce.left,
    credential: announce.credential,
    event:
      event === STARTED
        ? "started"
        : event === STOPPED
          ? "stopped"
          : event === COMPLETED
            ? "completed"
            : event === PAUSED
              ? "paused"
              : undefined,
  };
}
