/**
 * Answers that are much longer than their questions: pieces of the info dictionary (BEP 9) and hashes (BEP 52).
 *
 * Fifty bytes ask for sixteen thousand, so whoever asks and does not read would fill our memory. A few answers are on their
 * way to a peer at a time, the next one is made when they have left, and questions beyond the queue are refused.
 * @module
 */
import type { Peer } from "../../peers/peer.ts";
import type { SessionOutput } from "../../session/output.ts";

/** Questions of a peer that wait (limits table). */
const QUEUE_MAX = 64;
/** Bytes handed to the host and not yet sent, a peer, below which the next answer is made. */
const IN_FLIGHT_LENGTH_MAX: number = 64 * 1024;

/** Both as messages of the wire. */
export interface Question {
  /** Made when it may leave; `undefined` while something has to be read for it, and `resume` follows. */
  answer(out: SessionOutput[]): Uint8Array | undefined;
  refuse(): Uint8Array;
}

interface Conversation {
  readonly waiting: Question[];
  inFlight: number;
}

export class Answers {
  readonly #conversations = new WeakMap<Peer, Conversation>();
  /** Peers whose next answer waits for something that has to be read; who was answered last stands behind the others. */
  readonly #held = new Set<Peer>();

  asked(peer: Peer, question: Question, out: SessionOutput[]): void {
    const conversation = this.#conversations.get(peer) ?? { waiting: [], inFlight: 0 };
    if (conversation.waiting.length >= QUEUE_MAX) {
      out.push({ type: "send", link: peer.link, bytes: question.refuse() });
      return;
    }
    conversation.waiting.push(question);
    this.#conversations.set(peer, conversation);
    if (!this.#held.has(peer)) this.#answerSome(peer, conversation, out);
  }

  /** Bytes of answers have left this process. */
  sent(peer: Peer, byteLength: number, out: SessionOutput[]): void {
    const conversation = this.#conversations.get(peer);
    if (conversation === undefined) return;
    conversation.inFlight = Math.max(0, conversation.inFlight - byteLength);
    if (!this.#held.has(peer)) this.#answerSome(peer, conversation, out);
    if (conversation.inFlight === 0 && conversation.waiting.length === 0) this.#conversations.delete(peer);
  }

  /** Something was read: answers that waited may be made now. */
  resume(out: SessionOutput[]): void {
    for (const peer of [...this.#held]) {
      const conversation = this.#conversations.get(peer);
      if (conversation !== undefined) this.#answerSome(peer, conversation, out);
    }
  }

  left(peer: Peer): void {
    this.#held.delete(peer);
    this.#conversations.delete(peer);
  }

  #answerSome(peer: Peer, conversation: Conversation, out: SessionOutput[]): void {
    while (conversation.inFlight < IN_FLIGHT_LENGTH_MAX) {
      const [next] = conversation.waiting;
      if (next === undefined) return;
      const bytes = next.answer(out);
      if (bytes === undefined) {
        this.#held.add(peer);
        return;
      }
      this.#held.delete(peer);
      conversation.waiting.shift();
      conversation.inFlight += bytes.length;
      out.push({ type: "send-answer", link: peer.link, bytes });
    }
  }
}
