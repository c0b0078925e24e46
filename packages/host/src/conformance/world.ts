/**
 * What the suite asks of a world under test: two hosts that reach each other, and time that passes.
 *
 * The suite never waits by itself: it asks the world to go on until something has come true. In the real world that is
 * patience, in a virtual one it is turning the handle.
 * @module
 */
import { HostError, type HostErrorCode } from "@bittern/protocol/base";
import type { Done } from "../done.ts";
import type { Host } from "../host.ts";

export interface World {
  readonly host: Host;
  /** A second host that `host` reaches. */
  readonly other: Host;
  /** Where `host` is reached. */
  readonly hostAddress: string;
  /** Where `other` is reached; may be the same address. */
  readonly otherAddress: string;
  /** A folder of `host` that is empty or can be made. */
  readonly root: string;
  /** Lets the world go on until `until` is true; fails when that does not happen in reasonable time. */
  run(until: () => boolean): Promise<void>;
  /** Lets go of everything. */
  end(): Promise<void>;
}

/** Makes a world of its own for each claim. */
export type MakeWorld = () => World | Promise<World>;

/** The answer to a question; a fault comes back as it is. */
export async function ask<Result>(world: World, question: (done: Done<Result>) => void): Promise<Result | HostError> {
  const answers: (Result | HostError)[] = [];
  question((outcome) => answers.push(outcome));
  await world.run(() => answers.length > 0);
  return answers[0] as Result | HostError;
}

/** The answer to a question that must not fail. */
export async function askWell<Result>(world: World, question: (done: Done<Result>) => void): Promise<Result> {
  const outcome = await ask(world, question);
  if (outcome instanceof HostError) throw outcome;
  return outcome;
}

/** The code a question fails with, `undefined` when it does not. */
export async function askBadly<Result>(world: World, question: (done: Done<Result>) => void): Promise<HostErrorCode | undefined> {
  const outcome = await ask(world, question);
  return outcome instanceof HostError ? outcome.code : undefined;
}

/** Lets the world go on for `millis` of its own time. */
export async function pass(world: World, millis: number): Promise<void> {
  const { clock } = world.host;
  let isOver = false;
  clock.wakeAt(clock.now() + millis, () => {
    isOver = true;
  });
  await world.run(() => isOver);
}

/** Bytes that tell their place apart. */
export function pattern(length: number, seed = 1): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  let state = seed;
  for (let at = 0; at < length; at++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    bytes[at] = state >>> 24;
  }
  return bytes;
}
