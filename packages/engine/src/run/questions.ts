/**
 * What one run loop asks of the network beside its links: HTTP, names, datagrams.
 * @module
 */

import type { Cancel, Host } from "@bittern/host";
import type { Endpoint } from "@bittern/protocol/address";
import type { SessionInput } from "../session/input.ts";
import type { SessionOutput } from "../session/output.ts";
import { type DatagramOutput, Datagrams, type TakeUtp } from "./datagrams.ts";

export type QuestionOutput = Extract<SessionOutput, { type: "http" | "cancel-http" | "resolve" | "resolve-texts" }> | DatagramOutput;

export class Questions {
  readonly #host: Host;
  readonly #give: (input: SessionInput) => void;
  readonly #requests = new Map<number, Cancel>();
  readonly #datagrams: Datagrams;

  constructor(host: Host, give: (input: SessionInput) => void, takeUtp: TakeUtp = (): boolean => false) {
    this.#host = host;
    this.#give = give;
    this.#datagrams = new Datagrams(host, give, takeUtp);
  }

  perform(output: QuestionOutput): void {
    switch (output.type) {
      case "http":
        return this.#ask(output.request, output.what);
      case "cancel-http":
        this.#requests.get(output.request)?.();
        return;
      case "resolve":
        this.#host.dns.resolve(output.name, (outcome) => this.#give({ type: "resolved", query: output.query, outcome }));
        return;
      case "resolve-texts":
        this.#host.dns.resolveTexts(output.name, (outcome) => this.#give({ type: "texts-resolved", query: output.query, outcome }));
        return;
      default:
        return this.#datagrams.perform(output);
    }
  }

  /** Sends by the socket of the port where the session listens, or loses the datagram. */
  sendFromPort(bytes: Uint8Array, to: Endpoint): void {
    this.#datagrams.sendFromPort(bytes, to);
  }

  cancelAll(): void {
    for (const cancel of this.#requests.values()) cancel();
    this.#requests.clear();
    this.#datagrams.closeAll();
  }

  #ask(request: number, what: Extract<QuestionOutput, { type: "http" }>["what"]): void {
    let isAnswered = false;
    const cancel = this.#host.http.request(what, (outcome) => {
      isAnswered = true;
      this.#requests.delete(request);
      this.#give({ type: "http-answered", request, outcome });
    });
    if (!isAnswered) this.#requests.set(request, cancel);
  }
}
