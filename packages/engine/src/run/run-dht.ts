/**
 * A node of the DHT without a session: the run loop of one machine, for those who only want to ask, or to be a node.
 * @module
 */
import type { Cancel, Host } from "@bittern/host";
import type { Endpoint } from "@bittern/protocol/address";
import type { HostError, Millis } from "@bittern/protocol/base";
import type { DhtSnapshot } from "@bittern/protocol/dht";
import { type DhtNews, DhtNodeOfSession, type DhtSettings } from "../session/dht-node.ts";
import type { SessionInput } from "../session/input.ts";
import { OurAddresses } from "../session/our-addresses.ts";
import type { SessionOutput } from "../session/output.ts";
import { PortSockets } from "../session/port-sockets.ts";
import { type QuestionOutput, Questions } from "./questions.ts";

export interface DhtRunOptions {
  readonly host: Host;
  readonly settings: DhtSettings;
  /** Where to be reached, one place a family; port 0 is any free one. */
  readonly places: readonly Endpoint[];
  /** Told in the middle of a turn. */
  readonly onNews: (news: DhtNews) => void;
  /** The socket of a family stands, or cannot. */
  readonly onBound: (outcome: Endpoint | HostError) => void;
}

type Act = (node: DhtNodeOfSession, now: Millis, out: SessionOutput[]) => void;

export class DhtRun {
  readonly #options: DhtRunOptions;
  readonly #node: DhtNodeOfSession;
  readonly #sockets = new PortSockets(() => false);
  readonly #questions: Questions;
  readonly #waiting: Act[] = [];
  #queryCount = 0;
  #isTurning = false;
  #cancelWake: Cancel | undefined;

  constructor(options: DhtRunOptions) {
    const { host, settings, places } = options;
    this.#options = options;
    this.#questions = new Questions(host, (input) => this.#hear(input));
    const nextQuery = (): number => ++this.#queryCount;
    const ourAddresses = new OurAddresses();
    this.#node = new DhtNodeOfSession({ random: host.random, ourAddresses, settings, sockets: this.#sockets, nextQuery });
    this.#turn((node, now, out) => {
      this.#sockets.listening(places, out);
      node.listening(out);
      node.remembered(undefined, now, out);
    });
  }

  search(search: number, infoHash: Uint8Array, announcePort: number): void {
    this.#turn((node, now, out) => void node.search({ search }, infoHash, announcePort, now, out));
  }
  forget(search: number): void {
    this.#turn((node, now, out) => node.forgetOfUser(search, now, out));
  }
  ping(ping: number, to: Endpoint): void {
    this.#turn((node, now, out) => node.ping(ping, to, now, out));
  }
  snapshot(): DhtSnapshot | undefined {
    return this.#node.snapshot(this.#options.host.clock.now());
  }
  stop(): void {
    this.#cancelWake?.();
    this.#node.close([]);
    this.#questions.cancelAll();
  }

  #hear(input: SessionInput): void {
    if (input.type === "datagram") this.#turn((node, now, out) => node.receive(input.bytes, input.from, now, out));
    else if (input.type === "resolved") this.#turn((node, now, out) => void node.resolved(input.query, input.outcome, now, out));
    else if (input.type === "datagrams-bound") {
      this.#turn((node, now, out) => {
        if (this.#sockets.answered(input.family, input.outcome, out)) node.online(input.family, now, out);
      });
      this.#options.onBound(input.outcome);
    }
  }

  #turn(act: Act): void {
    if (this.#isTurning) {
      this.#waiting.push(act);
      return;
    }
    this.#isTurning = true;
    try {
      for (let next: Act | undefined = act; next !== undefined; next = this.#waiting.shift()) this.#act(next);
    } finally {
      this.#isTurning = false;
    }
    this.#schedule();
  }

  #act(act: Act): void {
    const out: SessionOutput[] = [];
    act(this.#node, this.#options.host.clock.now(), out);
    // Records are a session's; everything else that a node wants done is a question.
    for (const output of out)
      if (output.type !== "load-nodes" && output.type !== "save-nodes") this.#questions.perform(output as QuestionOutput);
    for (const news of this.#node.takeNews()) this.#options.onNews(news);
  }

  #schedule(): void {
    const { clock } = this.#options.host;
    this.#cancelWake?.();
    const due = this.#node.deadline;
    if (due === undefined) return;
    this.#cancelWake = clock.wakeAt(due, () => this.#turn((node, now, out) => node.tick(now, out)));
  }
}
