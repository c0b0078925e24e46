/**
 * Web servers that are functions: what they are asked, what they answer, and where they stand.
 * @module
 */
import type { HostError } from "@bittern/protocol/base";
import { endpointKey } from "./network.ts";
import type { Station } from "./station.ts";

/** A request as a virtual server sees it. */
export interface WebRequest {
  readonly method: "GET" | "HEAD";
  readonly url: string;
  /** Path and query, as in the request line. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Who asks. */
  readonly remoteAddress: string;
}

export interface WebAnswer {
  readonly status: number;
  /** Lower-case names. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
}

/** Answers a request; `undefined` says nothing at all, and the client's time runs out. */
export type WebServer = (request: WebRequest) => WebAnswer | HostError | undefined;

interface Stand {
  readonly station: Station;
  readonly server: WebServer;
}

/** Which server stands where. */
export class Web {
  readonly #stands: Map<string, Stand> = new Map();

  /** Puts a server at a port of a node; the return value takes it away again. */
  serve(station: Station, port: number, server: WebServer): () => void {
    const keys = station.addresses.map((address) => endpointKey({ address, port }));
    for (const key of keys) this.#stands.set(key, { station, server });
    return () => keys.forEach((key) => this.#stands.delete(key));
  }

  at(address: string, port: number): Stand | undefined {
    return this.#stands.get(endpointKey({ address, port }));
  }
}
