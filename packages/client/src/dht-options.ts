/**
 * What a session is told of the DHT, and where its node begins when it is told nothing.
 * @module
 */
import type { DhtSettings } from "@bittern/engine";
import { addressScope } from "@bittern/protocol/address";
import { parseListen } from "./listen.ts";
import { parsePeerAddress } from "./peer-address.ts";
import type { WaitOptions } from "./waits.ts";

/** Well-known nodes that most clients ask when they know nobody. */
const ROUTERS: DhtSettings["routers"] = [
  { host: "router.bittorrent.com", port: 6881 },
  { host: "dht.transmissionbt.com", port: 6881 },
  { host: "dht.libtorrent.org", port: 25_401 },
  { host: "router.utorrent.com", port: 6881 },
];

/** How a node of the DHT (BEP 5) begins and behaves. */
export interface DhtOptions {
  /** `HOST:PORT` of the nodes to begin with, instead of the well-known ones. */
  readonly bootstrap?: readonly string[];
  /** Asks and answers nobody (BEP 43): for a machine that nobody reaches, or that pays for its traffic. */
  readonly readOnly?: boolean;
}

/** `undefined` for no node. Throws a `UsageError` (PEER_INVALID) for a node that is none. */
export function dhtSettings(dht: boolean | DhtOptions | undefined, listen: readonly string[]): DhtSettings | undefined {
  const isAtHome = listen.length > 0 && listen.every(isLoopback);
  // Who listens on this machine alone speaks to nobody else unless told to.
  if (dht === false || (dht === undefined && isAtHome)) return undefined;
  const { bootstrap, readOnly = false } = typeof dht === "object" ? dht : {};
  return { routers: bootstrap === undefined && !isAtHome ? ROUTERS : [], nodes: (bootstrap ?? []).map(nodeOf), isReadOnly: readOnly };
}

function isLoopback(place: string): boolean {
  const { address } = parseListen(place);
  return address !== undefined && addressScope(address) === "loopback";
}

function nodeOf(text: string): DhtSettings["nodes"][number] {
  const node = parsePeerAddress(text);
  return { host: "address" in node ? node.address : node.name, port: node.port };
}

/** How a node of its own begins, and where it is reached. */
export interface DhtOpenOptions extends DhtOptions, WaitOptions {
  /** Where to be reached, `PORT` or `ADDRESS:PORT`; any free port of all addresses unless given. */
  readonly listen?: string;
  /** Network interface ("tun0") or local address to keep to. */
  readonly interface?: string;
}
