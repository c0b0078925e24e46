/**
 * The datagram sockets of one run loop: those of the port where the session listens, and one a family for whatever else is asked,
 * bound with the first question.
 *
 * Where the port's socket reaches everywhere, everything goes by it: a tracker then sees the port that peers see.
 * @module
 */
import type { Host, UdpSocket } from "@bittern/host";
import { type AddressFamily, type Endpoint, familyOf } from "@bittern/protocol/address";
import { HostError } from "@bittern/protocol/base";
import type { SessionInput } from "../session/input.ts";
import type { SessionOutput } from "../session/output.ts";

export type DatagramOutput = Extract<SessionOutput, { type: "send-datagram" | "bind-datagrams" | "unbind-datagrams" }>;

/** Takes a datagram that is one of uTP; false for all others. */
export type TakeUtp = (bytes: Uint8Array, from: Endpoint) => boolean;

const ANY: Readonly<Record<AddressFamily, string>> = { 4: "0.0.0.0", 6: "::" };

export class Datagrams {
  readonly #host: Host;
  readonly #give: (input: SessionInput) => void;
  readonly #takeUtp: TakeUtp;
  /** Bound at the first datagram of their family, never before: most sessions need none. */
  readonly #sockets = new Map<AddressFamily, UdpSocket | "binding" | HostError>();
  readonly #ofPort = new Map<AddressFamily, UdpSocket>();
  /** Bindings that somebody still waits for, by family. */
  readonly #binding = new Map<AddressFamily, object>();
  readonly #unsent: { readonly bytes: Uint8Array; readonly to: Endpoint }[] = [];

  constructor(host: Host, give: (input: SessionInput) => void, takeUtp: TakeUtp) {
    this.#host = host;
    this.#give = give;
    this.#takeUtp = takeUtp;
  }

  perform(output: DatagramOutput): void {
    switch (output.type) {
      case "send-datagram":
        if (output.fromPort === true) this.sendFromPort(output.bytes, output.to);
        else this.#send(output.bytes, output.to);
        return;
      case "bind-datagrams":
        return this.#bindPort(output);
      case "unbind-datagrams":
        this.#binding.delete(output.family);
        this.#ofPort.get(output.family)?.close();
        this.#ofPort.delete(output.family);
        return;
    }
  }

  /** Sends by the socket of the port, or loses the datagram. */
  sendFromPort(bytes: Uint8Array, to: Endpoint): void {
    this.#ofPort.get(familyOf(to))?.send(bytes, to);
  }

  closeAll(): void {
    for (const socket of this.#sockets.values()) if (typeof socket === "object" && !(socket instanceof HostError)) socket.close();
    for (const socket of this.#ofPort.values()) socket.close();
    this.#sockets.clear();
    this.#ofPort.clear();
    this.#binding.clear();
  }

  #send(bytes: Uint8Array, to: Endpoint): void {
    const family = familyOf(to);
    const ofPort = this.#ofPort.get(family);
    if (ofPort !== undefined && ofPort.local.address === ANY[family]) return ofPort.send(bytes, to);
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

  #bind(family: AddressFamily): void {
    this.#sockets.set(family, "binding");
    this.#host.udp.bind(
      { address: ANY[family], port: 0 },
      (bytes, from) => this.#give({ type: "datagram", bytes, from }),
      (outcome) => {
        this.#sockets.set(family, outcome);
        for (const { bytes, to } of this.#unsent.splice(0)) this.#send(bytes, to);
      },
    );
  }

  #bindPort({ family, at, carriesUtp }: Extract<DatagramOutput, { type: "bind-datagrams" }>): void {
    const binding = {};
    this.#binding.set(family, binding);
    this.#host.udp.bind(
      { address: at.address, port: at.port },
      (bytes, from) => {
        if (!carriesUtp || !this.#takeUtp(bytes, from)) this.#give({ type: "datagram", bytes, from });
      },
      (outcome) => {
        const isWanted = this.#binding.get(family) === binding;
        this.#binding.delete(family);
        if (outcome instanceof HostError) {
          if (isWanted) this.#give({ type: "datagrams-bound", family, outcome });
        } else if (!isWanted) outcome.close();
        else {
          this.#ofPort.set(family, outcome);
          this.#give({ type: "datagrams-bound", family, outcome: outcome.local });
        }
      },
    );
  }
}
