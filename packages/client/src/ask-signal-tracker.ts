/**
 * One question to one tracker over a WebSocket, from somebody who runs or checks it.
 *
 * Nobody can connect to the asker, so what it announced it takes back at once, over the same connection, before its answer is
 * told. Sessions do not ask so at all (decision 21).
 * @module
 */
import type { TrackerQuestion, TrackerReply } from "@bittern/engine";
import type { Cancel, Done } from "@bittern/host";
import type { NodeHost, WebSocketEvent, WebSocketLink } from "@bittern/node";
import { HostError, type Millis, ProtocolError } from "@bittern/protocol/base";
import { decodeSignalReply, encodeSignalQuestion, SIGNAL_LENGTH_MAX, type SignalQuestion } from "@bittern/protocol/tracker";

/** How far the answer to a goodbye is waited for. */
const GOODBYE_MILLIS = 3000;
/** Messages about other things that are passed over: peers may offer connections while we are listed. */
const PASSED_OVER_MAX = 100;

type Outcome = TrackerReply | HostError | ProtocolError;

type Phase =
  | { readonly type: "connecting" }
  | { readonly type: "asking"; readonly address: string }
  /** What was announced is being taken back. */
  | { readonly type: "parting"; readonly reply: TrackerReply }
  | { readonly type: "over" };

/** Asks; `done` gets what the tracker says, also when that is a failure, or what kept it from saying anything. */
export function askSignalTracker(host: NodeHost, asked: TrackerQuestion, done: Done<TrackerReply | ProtocolError>): Cancel {
  const conversation = new Conversation(host, asked, done);
  conversation.begin();
  return () => conversation.end(new HostError("ABORTED", "the question was given up"));
}

class Conversation {
  readonly #host: NodeHost;
  readonly #asked: TrackerQuestion;
  readonly #done: Done<TrackerReply | ProtocolError>;
  #phase: Phase = { type: "connecting" };
  #link: WebSocketLink | undefined;
  #cancelWake: Cancel | undefined;
  #passedOver = 0;

  constructor(host: NodeHost, asked: TrackerQuestion, done: Done<TrackerReply | ProtocolError>) {
    this.#host = host;
    this.#asked = asked;
    this.#done = done;
  }

  begin(): void {
    const { url, family, userAgent, timeoutMillis } = this.#asked;
    this.#wakeIn(timeoutMillis, () => this.end(new HostError("TIMED_OUT", `no answer in ${timeoutMillis} ms`)));
    const request = { url, family, source: "user", headers: { "user-agent": userAgent }, messageLengthMax: SIGNAL_LENGTH_MAX } as const;
    void this.#host
      .openWebSocket(request, (event) => this.#hear(event))
      .then((link) => {
        this.#link = link;
        if (this.#phase.type === "over") link.close();
      });
  }

  /** Tells the outcome, once, and lets go. */
  end(outcome: Outcome): void {
    const phase = this.#phase;
    if (phase.type === "over") return;
    this.#phase = { type: "over" };
    this.#cancelWake?.();
    // The tracker may have listed us without having said so yet.
    if (phase.type === "asking" && outcome instanceof Error) this.#takeBack();
    this.#link?.close();
    this.#done(phase.type === "parting" && !isGivenUp(outcome) ? phase.reply : outcome);
  }

  #hear(event: WebSocketEvent): void {
    switch (event.type) {
      case "open":
        this.#phase = { type: "asking", address: event.address };
        return this.#link?.send(encodeSignalQuestion(this.#asked.question));
      case "text":
        return this.#read(event.text);
      case "end":
        return this.end(event.fault);
    }
  }

  #read(text: string): void {
    try {
      const answer = decodeSignalReply(text, this.#asked.question);
      if (answer !== undefined) return this.#answered(answer);
    } catch (fault) {
      if (!(fault instanceof ProtocolError)) throw fault;
      return this.end(fault);
    }
    if (++this.#passedOver > PASSED_OVER_MAX) {
      this.end(new ProtocolError("TRACKER_ANSWER_WRONG", `no answer among ${PASSED_OVER_MAX} messages of the tracker`));
    }
  }

  #answered(answer: TrackerReply["answer"]): void {
    const phase = this.#phase;
    if (phase.type === "parting") return this.end(phase.reply);
    if (phase.type !== "asking") return;
    const reply = { answer, address: phase.address };
    if ("failure" in answer || !this.#takeBack()) return this.end(reply);
    this.#phase = { type: "parting", reply };
    this.#wakeIn(GOODBYE_MILLIS, () => this.end(reply));
  }

  /** Says that we stop, where we announced that we are there. */
  #takeBack(): boolean {
    const goodbye = goodbyeTo(this.#asked.question);
    if (goodbye !== undefined) this.#link?.send(encodeSignalQuestion(goodbye));
    return goodbye !== undefined;
  }

  #wakeIn(millis: Millis, act: () => void): void {
    const { clock } = this.#host;
    this.#cancelWake?.();
    this.#cancelWake = clock.wakeAt(clock.now() + millis, act);
  }
}

function goodbyeTo(question: SignalQuestion): SignalQuestion | undefined {
  if (question.type === "scrape" || question.announce.event === "stopped") return undefined;
  return { type: "announce", announce: { ...question.announce, event: "stopped" } };
}

/** Who gives up wants to hear of that, and not of the answer. */
function isGivenUp(outcome: Outcome): boolean {
  return outcome instanceof HostError && outcome.code === "ABORTED";
}
