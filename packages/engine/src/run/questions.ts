/**
 * What one run loop asks of the network beside its links: HTTP, names, datagrams.
 * @module
 */

import type { Cancel, Host, UdpSocket } from "@bittern/host";
import type { Endpoint } from "@bittern/protocol/address";
import { HostError } from "@bittern/protocol/base";
import type { SessionInput } from "../session/input.ts";
import type { SessionOutput } from "../session/output.ts";

export type QuestionOutput = Extract<SessionOutput, { type: "http" | "cancel-http" | "resolve" | "resolve-texts" | "send-datagram" }>;

type Family = "0.0.0.0" | "::";

export class Questions {
  readonly #host: Host;
  readonly #give: (input: SessionInput) => void;
  readonly #requests = new Map<number, Cancel>();
  /** Bound at the first datagram of their family, never before: most sessions need none. */
  readonly #sockets = new Map<Family, UdpSocket | "binding" | HostError>();
  readonly #unsent: { readonly bytes: Uint8Array; readonly to: Endpoint }[] = [];

  constructor(host: Host, give: (input: SessionInput) => void) {
    this.#host = host;
    this.#give = give;
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
      case "send-datagram":
        return this.#send(output.bytes, output.to);
    }
  }

  cancelAll(): void {
    for (const cancel of this.#requests.values()) cancel();
    this.#requests.clear();
    for (const socket of this.#sockets.values()) if (typeof socket === "object" && !(socket instanceof HostError)) socket.close();
    this.#sockets.clear();
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

  #send(bytes: Uint8Array, to: Endpoint): void {
    const family: Family = to.address.includes(":") ? "::" : "0.0.0.0";
    if (!this.#sockets.has(family)) this.#bind(family);
    // A host may have bound it before the call returned.
    const socket = this.#sockets.get(family);
    if (socket === undefined || socket === "binding") {
      this.#unsent.push({ bytes, to });
      return;
    }
    // Without a socket the datagram is lost, as datagrams may be: its sender's timer will tell.
    if (!(socket instanceof HostError)) socket.send(bytes, to);
  }

  #bind(family: Family): void {
    this.#sockets.set(family, "binding");
    this.#host.udp.bind(
      { address: family, port: 0 },
      (bytes, from) => this.#give({ type: "datagram", bytes, from }),
      (outcome) => {
        this.#sockets.set(family, outcome);
        for (const { bytes, to } of this.#unsent.splice(0)) this.#send(bytes, to);
      },
    );
  }
}
