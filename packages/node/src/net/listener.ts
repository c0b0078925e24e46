/**
 * Listening for TCP on IPv4 and IPv6 at once: two servers on one port, so that an IPv4 peer never appears in the
 * IPv6 disguise of a dual-stack socket.
 * @module
 */
import { createServer, type Server, type Socket } from "node:net";
import type { TcpListener } from "@bittern/host";
import type { Endpoint } from "@bittern/protocol/address";
import { HostError } from "@bittern/protocol/base";
import { codeOf, networkFault } from "../faults.ts";
import { boundIpv6Handle } from "./handles.ts";
import { endpointOf } from "./link.ts";

/**
 * Connections that may wait to be accepted; the system may allow fewer. Whoever finds no room sends again after a second, or after
 * a fifth of one what it wrote into a connection that stands on its side alone: a crowd is served sooner in a long queue.
 */
const BACKLOG = 4096;
/** How often a free port is sought that is free in both families. */
const FREE_PORT_TRIES = 16;

/** Codes that say a family does not exist on this machine. */
const FAMILY_ABSENT = new Set(["EAFNOSUPPORT", "EADDRNOTAVAIL", "EINVAL", "EPROTONOSUPPORT"]);

export class Listener implements TcpListener {
  readonly endpoints: readonly Endpoint[];
  readonly #servers: readonly Server[];
  readonly #onClose: (listener: Listener) => void;

  constructor(servers: readonly Server[], onClose: (listener: Listener) => void) {
    this.#servers = servers;
    this.#onClose = onClose;
    this.endpoints = servers.map((server) => {
      const { address, port } = addressOf(server);
      return endpointOf(address, port) ?? { address, port };
    });
  }

  close(): void {
    closeAll(this.#servers);
    this.#onClose(this);
  }
}

/** Binds every address that exists to one port of the range: the first that is free for all of them, else the first for any. */
export async function bindServers(
  addresses: readonly string[],
  [first, last]: readonly [number, number],
  accept: (socket: Socket) => void,
): Promise<readonly Server[]> {
  if (!(first >= 0 && last >= first && last <= 65_535)) throw new HostError("ADDRESS_UNAVAILABLE", `no ports ${first} to ${last}`);
  if (first === 0) return await bindFreePort(addresses, accept);
  let refusal: unknown;
  for (const wants of ["all", "any"] as const) {
    for (let port = first; port <= last; port++) {
      const bound = await bindPort(addresses, port, wants, accept);
      if (Array.isArray(bound)) return bound;
      refusal = bound;
      // Only a port that is taken (or kept for root) makes the next one worth a try.
      if (!["EADDRINUSE", "EACCES"].includes(codeOf(bound))) throw networkFault(bound, `listening on port ${port}`);
    }
    if (addresses.length === 1) break;
  }
  throw networkFault(refusal, first === last ? `listening on port ${first}` : `listening on ports ${first} to ${last}`);
}

/** The system chooses a port for the first address; the others must get the same one, or another is chosen. */
async function bindFreePort(addresses: readonly string[], accept: (socket: Socket) => void): Promise<readonly Server[]> {
  let refusal: unknown;
  for (let tries = 0; tries < FREE_PORT_TRIES; tries++) {
    const bound = await bindPort(addresses, 0, tries < FREE_PORT_TRIES - 1 ? "all" : "any", accept);
    if (Array.isArray(bound)) return bound;
    refusal = bound;
    if (codeOf(bound) !== "EADDRINUSE") break;
  }
  throw networkFault(refusal, "listening on any free port");
}

/** The servers, or the error that kept them from being. With "any" one family is enough. */
async function bindPort(
  addresses: readonly string[],
  port: number,
  wants: "all" | "any",
  accept: (socket: Socket) => void,
): Promise<Server[] | Error> {
  const servers: Server[] = [];
  let refusal: Error = new HostError("ADDRESS_UNAVAILABLE", "no address to listen on");
  let isTaken = false;
  for (const address of addresses) {
    const chosen = servers[0] === undefined ? port : addressOf(servers[0]).port;
    const bound = await bind(address, chosen, accept);
    if (bound instanceof Error) {
      refusal = bound;
      // A machine without IPv6 is no reason not to listen; a port in use by somebody is.
      isTaken ||= addresses.length === 1 || !FAMILY_ABSENT.has(codeOf(bound));
    } else servers.push(bound);
  }
  if (servers.length > 0 && (!isTaken || wants === "any")) return servers;
  closeAll(servers);
  return refusal;
}

async function bind(address: string, port: number, accept: (socket: Socket) => void): Promise<Server | Error> {
  const handle = address === "::" ? boundIpv6Handle(port) : undefined;
  const bound = handle === undefined ? undefined : await begin(accept, (server) => server.listen(handle, BACKLOG));
  if (bound !== undefined && !(bound instanceof Error)) return bound;
  // The public way says what is wrong; what is no address is refused there.
  return await begin(accept, (server) =>
    server.listen({ host: address, port, backlog: BACKLOG, exclusive: true, ipv6Only: address.includes(":") }),
  );
}

function begin(accept: (socket: Socket) => void, listen: (server: Server) => void): Promise<Server | Error> {
  return new Promise((resolve) => {
    const server = createServer({ pauseOnConnect: true, noDelay: true }, accept);
    server.once("error", resolve);
    server.once("listening", () => {
      server.off("error", resolve);
      // Too many open files: this connection is lost, the next may come through.
      server.on("error", () => undefined);
      resolve(server);
    });
    listen(server);
  });
}

function closeAll(servers: readonly Server[]): void {
  for (const server of servers) server.close();
}

function addressOf(server: Server): { address: string; port: number } {
  const bound = server.address();
  if (bound === null || typeof bound === "string") throw new HostError("ADDRESS_UNAVAILABLE", "the server is not bound");
  return bound;
}
