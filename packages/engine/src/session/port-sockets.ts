/**
 * The datagram sockets at the port where the session listens, one a family: the DHT speaks through them, and uTP.
 *
 * They are bound when the session listens and somebody wants them, and let go when it listens there no more.
 * @module
 */
import { type AddressFamily, type Endpoint, familyOf } from "@bittern/protocol/address";
import { HostError } from "@bittern/protocol/base";
import type { SessionOutput } from "./output.ts";

interface Socket {
  /** Where the session listens, whose port it should have. */
  readonly place: Endpoint;
  /** What it has; `undefined` until it is bound. */
  bound: Endpoint | undefined;
  /** That port was taken, and any other is tried. */
  isElsewhere: boolean;
  /** There is an answer, good or bad. */
  isSettled: boolean;
}

export class PortSockets {
  readonly #carriesUtp: () => boolean;
  #isWanted = false;
  /** Where the session listens. */
  #places: Endpoint[] = [];
  readonly #sockets = new Map<AddressFamily, Socket>();

  constructor(carriesUtp: () => boolean) {
    this.#carriesUtp = carriesUtp;
  }

  /** From now on they are there whenever the session listens. */
  want(out: SessionOutput[]): void {
    this.#isWanted = true;
    this.#bind(out);
  }

  listening(endpoints: readonly Endpoint[], out: SessionOutput[]): void {
    this.#places.push(...endpoints);
    if (this.#isWanted) this.#bind(out);
  }

  /** The session listens there no more; returns the families whose sockets went with it. */
  left(endpoints: readonly Endpoint[], out: SessionOutput[]): readonly AddressFamily[] {
    const isLeft = (place: Endpoint): boolean => endpoints.some(({ address, port }) => address === place.address && port === place.port);
    this.#places = this.#places.filter((place) => !isLeft(place));
    const gone: AddressFamily[] = [];
    for (const [family, { place }] of this.#sockets) {
      if (!isLeft(place)) continue;
      this.#sockets.delete(family);
      out.push({ type: "unbind-datagrams", family });
      gone.push(family);
    }
    if (this.#isWanted) this.#bind(out);
    return gone;
  }

  #bind(out: SessionOutput[]): void {
    for (const family of [4, 6] as const) {
      const place = this.#places.find((endpoint) => familyOf(endpoint) === family);
      if (place === undefined || this.#sockets.has(family)) continue;
      this.#sockets.set(family, { place, bound: undefined, isElsewhere: false, isSettled: false });
      out.push({ type: "bind-datagrams", family, at: place, carriesUtp: this.#carriesUtp() });
    }
  }

  /** True when the family's socket stands now. */
  answered(family: AddressFamily, outcome: Endpoint | HostError, out: SessionOutput[]): boolean {
    const socket = this.#sockets.get(family);
    if (socket === undefined) return false;
    if (outcome instanceof HostError) {
      // The port is somebody else's for datagrams: for the DHT another one does as well, peers are told which.
      if (!socket.isElsewhere && outcome.code === "ADDRESS_IN_USE") {
        socket.isElsewhere = true;
        out.push({ type: "bind-datagrams", family, at: { address: socket.place.address, port: 0 }, carriesUtp: this.#carriesUtp() });
      } else {
        socket.isSettled = true;
      }
      return false;
    }
    socket.bound = outcome;
    socket.isSettled = true;
    return true;
  }

  /** The answer of a socket is still to come. */
  get isBinding(): boolean {
    for (const { isSettled } of this.#sockets.values()) if (!isSettled) return true;
    return false;
  }

  /** Where they are. */
  get bound(): readonly Endpoint[] {
    return [...this.#sockets.values()].flatMap(({ bound }) => (bound === undefined ? [] : [bound]));
  }

  /** 0 while there is none. */
  portOf(family: AddressFamily): number {
    return this.#sockets.get(family)?.bound?.port ?? 0;
  }

  /** Families whose sockets stand. */
  get families(): readonly AddressFamily[] {
    return [...this.#sockets].filter(([, { bound }]) => bound !== undefined).map(([family]) => family);
  }
}
