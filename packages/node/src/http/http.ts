/**
 * The one HTTP client: trackers, web seeds and everything else go through here, so that no limit is forgotten on one path.
 * @module
 */
import type { Cancel, Dns, Done, Http, HttpAnswer, HttpRequest } from "@bittern/host";
import { HostError } from "@bittern/protocol/base";
import type { Interface } from "../net/interface.ts";
import { Exchange, type ExchangeMeans } from "./exchange.ts";
import { Kept } from "./kept.ts";

/** Requests under way; the others wait in line, and their time begins when they start. */
const AT_ONCE = 50;

export class NodeHttp implements Http {
  readonly #means: ExchangeMeans;
  readonly #waiting = new Set<Exchange>();
  readonly #underWay = new Set<Exchange>();

  constructor(chosen: Interface, dns: Dns) {
    this.#means = { dns, chosen, kept: new Kept(() => this.#waiting.size > 0) };
  }

  request(request: HttpRequest, done: Done<HttpAnswer>): Cancel {
    const exchange: Exchange = new Exchange(request, this.#means, (outcome) => {
      this.#waiting.delete(exchange);
      this.#underWay.delete(exchange);
      this.#startNext();
      if (this.#underWay.size === 0) this.#means.kept.drop();
      done(outcome);
    });
    this.#waiting.add(exchange);
    // What was asked for in the same turn gets away first, the first dial as a rule: the first request of all takes milliseconds, in which a peer answers.
    setImmediate(() => this.#startNext());
    return () => process.nextTick(() => exchange.end(new HostError("ABORTED", "the request was given up")));
  }

  /** Gives up on everything under way. */
  close(): void {
    for (const exchange of [...this.#waiting, ...this.#underWay]) exchange.end(new HostError("ABORTED", "the host was closed"));
  }

  #startNext(): void {
    for (const exchange of this.#waiting) {
      if (this.#underWay.size >= AT_ONCE) return;
      this.#waiting.delete(exchange);
      this.#underWay.add(exchange);
      exchange.start();
    }
  }
}
