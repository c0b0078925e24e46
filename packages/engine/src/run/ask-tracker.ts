/**
 * One question to one tracker, outside of any torrent: who is there, or how many (BEP 3, 7, 15, 48).
 *
 * It goes by one address family, over HTTP or UDP; where the tracker really is (BEP 34) is the asker's to find out.
 * @module
 */
import type { Cancel, Done, Host, HttpAnswer } from "@bittern/host";
import { HostError, type Millis, ProtocolError, toHex } from "@bittern/protocol/base";
import {
  type AnnounceAnswer,
  announceUrl,
  decodeAnnounceAnswer,
  decodeScrapeAnswer,
  type ScrapeAnswer,
  scrapeUrl,
} from "@bittern/protocol/tracker";
import type { SessionInput } from "../session/input.ts";
import type { SessionOutput } from "../session/output.ts";
import { type UdpQuestion, type UdpTrackerAnswer, UdpTrackers } from "../session/udp-trackers.ts";
import { ANSWER_LENGTH_MAX } from "../torrent/discovery/announce-round.ts";
import { type QuestionOutput, Questions } from "./questions.ts";

export interface TrackerQuestion {
  readonly url: string;
  readonly family: 4 | 6;
  readonly question: UdpQuestion;
  readonly userAgent: string;
  readonly timeoutMillis: Millis;
}

export interface TrackerReply {
  readonly answer: AnnounceAnswer | ScrapeAnswer;
  /** The tracker's address. */
  readonly address: string;
}

/** Asks; `done` gets what the tracker says, also when that is a failure, or what kept it from saying anything. */
export function askTracker(host: Host, asked: TrackerQuestion, done: Done<TrackerReply | ProtocolError>): Cancel {
  return /^udp:/i.test(asked.url) ? new UdpConversation(host, asked, done).begin() : askByHttp(host, asked, done);
}

function askByHttp(host: Host, asked: TrackerQuestion, done: Done<TrackerReply | ProtocolError>): Cancel {
  const { question, family, timeoutMillis } = asked;
  const url = question.type === "announce" ? announceUrl(asked.url, question.announce) : scrapeUrl(asked.url, question.infoHashes);
  if (url === undefined) {
    done(new ProtocolError("TRACKER_URL", "no scrape address follows from this URL"));
    return () => undefined;
  }
  const headers = { "user-agent": asked.userAgent };
  return host.http.request({ url, headers, source: "user", bodyLengthMax: ANSWER_LENGTH_MAX, timeoutMillis, family }, (outcome) =>
    done(outcome instanceof HostError ? outcome : readHttp(outcome, question)),
  );
}

function readHttp({ body, status, address }: HttpAnswer, question: UdpQuestion): TrackerReply | ProtocolError {
  try {
    return { answer: question.type === "announce" ? decodeAnnounceAnswer(body) : decodeScrapeAnswer(body), address };
  } catch (fault) {
    if (!(fault instanceof ProtocolError)) throw fault;
    return status === 200 ? fault : new ProtocolError(fault.code, `HTTP status ${status}`);
  }
}

/** The machine that speaks to UDP trackers, with a loop of its own for one question. */
class UdpConversation {
  readonly #host: Host;
  readonly #asked: TrackerQuestion;
  readonly #trackers: UdpTrackers;
  readonly #questions: Questions;
  #done: Done<TrackerReply | ProtocolError> | undefined;
  #cancelWake: Cancel | undefined;
  #cancelEnd: Cancel | undefined;

  constructor(host: Host, asked: TrackerQuestion, done: Done<TrackerReply | ProtocolError>) {
    this.#host = host;
    this.#asked = asked;
    this.#done = done;
    this.#trackers = new UdpTrackers(host.random);
    this.#questions = new Questions(host, (input) => this.#hear(input));
  }

  begin(): Cancel {
    const { url, family, question, timeoutMillis } = this.#asked;
    const { clock } = this.#host;
    this.#cancelEnd = clock.wakeAt(clock.now() + timeoutMillis, () =>
      this.#end(new HostError("TIMED_OUT", `no answer in ${timeoutMillis} ms`)),
    );
    this.#turn((now, out) => this.#trackers.ask(1, { url, family, source: "user" }, question, now, out));
    return () => this.#end(new HostError("ABORTED", "the question was given up"));
  }

  #hear(input: SessionInput): void {
    if (input.type === "resolved") this.#turn((now, out) => this.#trackers.resolved(1, input.outcome, now, out));
    else if (input.type === "datagram") this.#turn((now, out) => this.#trackers.receive(input.bytes, input.from, now, out));
  }

  #turn(act: (now: Millis, out: SessionOutput[]) => void): void {
    if (this.#done === undefined) return;
    const out: SessionOutput[] = [];
    act(this.#host.clock.now(), out);
    for (const output of out) this.#questions.perform(output as QuestionOutput);
    const [answer] = this.#trackers.takeAnswers();
    if (answer !== undefined) return this.#end(replyOf(answer, this.#asked.question));
    this.#cancelWake?.();
    const due = this.#trackers.deadline;
    if (due === undefined) return;
    this.#cancelWake = this.#host.clock.wakeAt(due, () => this.#turn((now, sent) => this.#trackers.tick(now, sent)));
  }

  #end(outcome: TrackerReply | HostError | ProtocolError): void {
    const done = this.#done;
    if (done === undefined) return;
    this.#done = undefined;
    this.#cancelWake?.();
    this.#cancelEnd?.();
    this.#questions.cancelAll();
    done(outcome);
  }
}

/** Counts of a UDP tracker come in the order of the question. */
function replyOf({ outcome, from }: UdpTrackerAnswer, question: UdpQuestion): TrackerReply | HostError | ProtocolError {
  if (outcome instanceof HostError || outcome instanceof ProtocolError) return outcome;
  if (!("swarms" in outcome)) return { answer: outcome, address: from };
  const asked = question.type === "scrape" ? question.infoHashes : [];
  const swarms = outcome.swarms.flatMap((counts, at) => {
    const infoHash = asked[at];
    return infoHash === undefined ? [] : [[toHex(infoHash), counts] as const];
  });
  return { answer: { swarms: new Map(swarms) }, address: from };
}
