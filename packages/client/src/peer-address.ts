/**
 * Peers as people name them: an address or a name, and a port.
 * @module
 */
import type { Host } from "@bittern/host";
import { type Endpoint, parseEndpoint } from "@bittern/protocol/address";
import { UsageError } from "@bittern/protocol/base";
import { asked } from "./waits.ts";

/** An endpoint, or a name that has to be looked up. */
export type PeerAddress = Endpoint | { readonly name: string; readonly port: number };

/** `10.0.0.1:6881`, `[::1]:6881`, `name:6881`; throws a `UsageError` (PEER_INVALID) for anything else. */
export function parsePeerAddress(text: string): PeerAddress {
  const endpoint = parseEndpoint(text);
  if (endpoint !== undefined) return endpoint;
  const match = /^([^\s:[\]/]+):(\d{1,5})$/.exec(text);
  const port = Number(match?.[2]);
  if (match === null || port < 1 || port > 65_535) {
    throw new UsageError("PEER_INVALID", `"${text}" is no peer; write HOST:PORT, with brackets around an IPv6 address: [::1]:6881`);
  }
  return { name: match[1] as string, port };
}

/** Where the peer is; rejects when its name is not found. */
export async function resolvePeerAddress(peer: PeerAddress, { dns }: Pick<Host, "dns">): Promise<readonly Endpoint[]> {
  if ("address" in peer) return [peer];
  const addresses = await asked<readonly string[]>((done) => dns.resolve(peer.name, done));
  return addresses.map((address) => ({ address, port: peer.port }));
}
