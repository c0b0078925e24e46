/**
 * The port numbers of one node and transport.
 * @module
 */
import { HostError } from "@bittern/protocol/base";

/** The range systems choose from (RFC 6335). */
const EPHEMERAL_FIRST = 49_152;
const EPHEMERAL_LAST = 65_535;

/** Hands out ports, one user each. */
export class Ports {
  readonly #taken: Set<number> = new Set();
  #next = EPHEMERAL_FIRST;

  /** The first free port of a range, or any free one for 0 to 0. */
  take([first, last]: readonly [first: number, last: number]): number | HostError {
    if (first === 0) return this.#takeAny();
    for (let port = first; port <= last; port++) {
      if (this.#taken.has(port)) continue;
      this.#taken.add(port);
      return port;
    }
    return new HostError("ADDRESS_IN_USE", `ports ${first} to ${last} are taken`);
  }

  free(port: number): void {
    this.#taken.delete(port);
  }

  #takeAny(): number | HostError {
    for (let tries = EPHEMERAL_FIRST; tries <= EPHEMERAL_LAST; tries++) {
      const port = this.#next;
      this.#next = port === EPHEMERAL_LAST ? EPHEMERAL_FIRST : port + 1;
      if (this.#taken.has(port)) continue;
      this.#taken.add(port);
      return port;
    }
    return new HostError("ADDRESS_UNAVAILABLE", "every ephemeral port is taken");
  }
}
