/**
 * Two ports and the way between them, for tests: datagrams are late, lost, doubled and out of order as the dice say.
 * @module
 */
import type { Endpoint } from "../address/index.ts";
import { below, type Millis, type Random } from "../base/index.ts";
import { Utp, type UtpOutput } from "./utp.ts";

export interface Way {
  /** Milliseconds each datagram takes. */
  readonly delay: Millis;
  /** Of 100. */
  readonly loss: number;
  readonly doubles: number;
  /** Of 100, and by how many milliseconds at most. */
  readonly late: number;
  readonly lateMillis: Millis;
  /** Bytes a millisecond, with a queue of so many milliseconds before it. */
  readonly rate: number;
  readonly queueMillis: Millis;
}

export const CLEAR_WAY: Way = { delay: 20, loss: 0, doubles: 0, late: 0, lateMillis: 0, rate: Number.POSITIVE_INFINITY, queueMillis: 100 };

export class Port {
  readonly utp: Utp;
  readonly endpoint: Endpoint;
  readonly received: Uint8Array[] = [];
  readonly events: UtpOutput[] = [];
  connection = 0;
  /** The way out is taken until then. */
  busyUntil: Millis = 0;
  /** How long datagrams waited for the way at most, since it was last set to 0. */
  waitedMax: Millis = 0;
  sentCount = 0;

  constructor(random: Random, address: string) {
    this.utp = new Utp({ random });
    this.endpoint = { address, port: 6881 };
  }

  get receivedLength(): number {
    return this.received.reduce((sum, bytes) => sum + bytes.length, 0);
  }

  types(): string[] {
    return this.events.map(({ type }) => type).filter((type) => type !== "written" && type !== "drained" && type !== "bytes");
  }
}

export class Line {
  readonly random: Random;
  readonly left: Port;
  readonly right: Port;
  now: Millis = 1000;
  way: Way;
  #flights: { at: Millis; order: number; to: Port; from: Port; bytes: Uint8Array }[] = [];
  #order = 0;

  constructor(random: Random, way: Way = CLEAR_WAY) {
    this.random = random;
    this.way = way;
    this.left = new Port(this.random, "192.0.2.1");
    this.right = new Port(this.random, "192.0.2.2");
  }

  dial(): void {
    const out: UtpOutput[] = [];
    this.left.connection = this.left.utp.connect(this.right.endpoint, this.now, out) ?? 0;
    this.perform(this.left, out);
  }

  write(port: Port, bytes: Uint8Array, ticket = 1): void {
    const out: UtpOutput[] = [];
    port.utp.write(port.connection, bytes, ticket, out);
    port.utp.flush(this.now, out);
    this.perform(port, out);
  }

  act(port: Port, act: (out: UtpOutput[]) => void): void {
    const out: UtpOutput[] = [];
    act(out);
    port.utp.flush(this.now, out);
    this.perform(port, out);
  }

  perform(port: Port, out: readonly UtpOutput[]): void {
    for (const output of out) {
      if (output.type === "send") this.#post(port, output.bytes.slice());
      else if (output.type === "bytes") port.received.push(output.bytes.slice());
      else if (output.type === "accepted") port.connection = output.connection;
      if (output.type !== "send") port.events.push(output);
    }
  }

  #post(from: Port, bytes: Uint8Array): void {
    from.sentCount++;
    const { way, random } = this;
    const begin = Math.max(this.now, from.busyUntil);
    if (begin - this.now > way.queueMillis) return;
    from.waitedMax = Math.max(from.waitedMax, begin - this.now);
    from.busyUntil = begin + (bytes.length + 28) / way.rate;
    if (below(random, 100) < way.loss) return;
    const copies = below(random, 100) < way.doubles ? 2 : 1;
    for (let copy = 0; copy < copies; copy++) {
      const extra = below(random, 100) < way.late ? below(random, way.lateMillis + 1) : 0;
      const to = from === this.left ? this.right : this.left;
      this.#flights.push({ at: from.busyUntil + way.delay + extra, order: this.#order++, to, from, bytes });
    }
  }

  /** Runs until nothing is under way or the time is over. */
  run(millis: Millis, isDone: () => boolean = (): boolean => false): void {
    const end = this.now + millis;
    while (!isDone()) {
      this.#flights.sort((one, other) => one.at - other.at || one.order - other.order);
      const ticks = [this.left, this.right].flatMap(({ utp }) => utp.deadline ?? []);
      const next = Math.min(this.#flights[0]?.at ?? Number.POSITIVE_INFINITY, ...ticks);
      if (next > end) {
        this.now = end;
        return;
      }
      this.now = Math.max(this.now, next);
      const arrived = this.#flights.filter(({ at }) => at <= this.now);
      this.#flights = this.#flights.filter(({ at }) => at > this.now);
      for (const port of [this.left, this.right]) {
        const out: UtpOutput[] = [];
        for (const { to, from, bytes } of arrived) if (to === port) port.utp.receive(bytes, from.endpoint, this.now, out);
        // Each is handed on before the next datagram, as the views die.
        port.utp.flush(this.now, out);
        port.utp.tick(this.now, out);
        port.utp.check();
        this.perform(port, out);
      }
    }
  }
}
