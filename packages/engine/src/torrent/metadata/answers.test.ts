import { beforeEach, describe, expect, it } from "vitest";
import { Peer } from "../../peers/peer.ts";
import type { SessionOutput } from "../../session/output.ts";
import { Answers, type Question } from "./answers.ts";

const ANSWER_LENGTH = 16 * 1024;
const REFUSAL_LENGTH = 20;

describe("Answers", () => {
  let out: SessionOutput[];
  let answers: Answers;
  let madeCount: number;
  const peer = new Peer({ link: 1, remote: { address: "10.0.0.1", port: 1 }, dialledByUs: true, source: "user", now: 0 });
  const question: Question = {
    answer: () => {
      madeCount++;
      return new Uint8Array(ANSWER_LENGTH);
    },
    refuse: () => new Uint8Array(REFUSAL_LENGTH),
  };

  beforeEach(() => {
    out = [];
    answers = new Answers();
    madeCount = 0;
  });

  it("come at once as long as they leave", () => {
    for (let asked = 0; asked < 1000; asked++) {
      answers.asked(peer, question, out);
      answers.sent(peer, ANSWER_LENGTH, out);
    }
    expect(out).toHaveLength(1000);
    expect(out.every(({ type }) => type === "send-answer")).toBe(true);
  });

  it("are not even made for a peer that does not read, and what it asks beyond the queue is refused", () => {
    for (let asked = 0; asked < 1000; asked++) answers.asked(peer, question, out);
    expect(madeCount).toBe(4);
    expect(out.filter(({ type }) => type === "send")).toHaveLength(1000 - 4 - 64);
  });

  it("come in the order of the questions, each when one before has left", () => {
    const numbers: number[] = [];
    const numbered = (index: number): Question => ({ ...question, answer: () => (numbers.push(index), question.answer(out)) });
    for (let index = 0; index < 10; index++) answers.asked(peer, numbered(index), out);
    expect(numbers).toEqual([0, 1, 2, 3]);
    answers.sent(peer, ANSWER_LENGTH, out);
    expect(numbers).toEqual([0, 1, 2, 3, 4]);
    for (let left = 0; left < 9; left++) answers.sent(peer, ANSWER_LENGTH, out);
    expect(numbers).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it("wait in order for what has to be read first, and whoever was answered goes behind the others", () => {
    const other = new Peer({ link: 2, remote: { address: "10.0.0.2", port: 1 }, dialledByUs: true, source: "user", now: 0 });
    const read = new Set<string>();
    const looked: string[] = [];
    const held = (name: string): Question => ({
      ...question,
      answer: () => (looked.push(name), read.has(name) ? new Uint8Array(1) : undefined),
    });
    for (const name of ["a1", "a2"]) answers.asked(peer, held(name), out);
    answers.asked(other, held("b1"), out);
    expect(out).toEqual([]);
    looked.length = 0;
    read.add("a1");
    answers.resume(out);
    expect(looked).toEqual(["a1", "a2", "b1"]);
    expect(out).toHaveLength(1);
    looked.length = 0;
    answers.resume(out);
    expect(looked).toEqual(["b1", "a2"]);
    answers.left(other);
    looked.length = 0;
    answers.resume(out);
    expect(looked).toEqual(["a2"]);
  });
});
