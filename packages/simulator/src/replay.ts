/**
 * Records what went into a machine and plays it again: the same inputs at the same times give the same outputs, or the
 * machine is not pure. A recording also carries a bug from the scenario that found it into a test of one machine.
 * @module
 */
import type { SessionInput, SessionOutput } from "@bittern/engine";
import type { Machine, Millis } from "@bittern/protocol/base";
import { finish, hashText } from "./random.ts";

export interface RecordedInput {
  readonly at: Millis;
  readonly input: SessionInput;
}

/** What went in, and a hash of what came out. */
export class Recording {
  readonly inputs: RecordedInput[] = [];
  #hash = 0x6a09e667 | 0;
  #outputCount = 0;

  /** Takes an input in before the machine sees it; views are copied, because they die. */
  add(input: SessionInput, at: Millis): void {
    this.inputs.push({ at, input: copied(input) });
  }

  /** Takes in what came of it. */
  addOutputs(outputs: readonly SessionOutput[]): void {
    for (const output of outputs) {
      this.#hash = mix(this.#hash, output);
      this.#outputCount++;
    }
  }

  get outputCount(): number {
    return this.#outputCount;
  }

  /** Eight hexadecimal digits over all outputs. */
  get outputHash(): string {
    return (this.#hash >>> 0).toString(16).padStart(8, "0");
  }
}

/** Plays a recording to a fresh machine; the hash of the result must be that of the recording. */
export function replay(recording: Recording, machine: Machine<SessionInput, SessionOutput>, onTime: (now: Millis) => void): Recording {
  const again = new Recording();
  for (const { at, input } of recording.inputs) {
    onTime(at);
    again.add(input, at);
    again.addOutputs(machine.handle(copied(input), at));
  }
  return again;
}

function copied(input: SessionInput): SessionInput {
  if (input.type === "bytes" || input.type === "datagram") return { ...input, bytes: input.bytes.slice() };
  // What a buffer that comes back holds is nobody's business; only its length is.
  if (input.type === "piece-stored" || input.type === "run-stored") return { ...input, buffer: new ArrayBuffer(input.buffer.byteLength) };
  return input;
}

function mix(hash: number, value: unknown): number {
  if (typeof value === "number") return mixNumber(hash, value);
  if (typeof value === "string") return finish(hash ^ hashText(value, 1));
  if (typeof value === "boolean" || value === undefined) return finish(hash ^ (value === true ? 3 : 5));
  if (value instanceof ArrayBuffer) return mixNumber(hash, value.byteLength);
  if (value instanceof Error) return mix(hash, value.message);
  if (value instanceof Uint8Array) return value.reduce((sum, byte) => Math.imul(sum ^ byte, 0x01000193), mixNumber(hash, value.length));
  if (Array.isArray(value)) return value.reduce<number>((sum, item) => mix(sum, item), mixNumber(hash, value.length));
  if (typeof value === "object" && value !== null) {
    return Object.entries(value).reduce((sum, [name, item]) => mix(mix(sum, name), item), hash);
  }
  return hash;
}

function mixNumber(hash: number, value: number): number {
  // A time may have a fraction; 2^20 parts are more than differences worth telling apart.
  const scaled = Math.round(value * 0x10_0000);
  return finish(finish(hash ^ (scaled | 0)) ^ Math.floor(scaled / 0x1_0000_0000));
}
