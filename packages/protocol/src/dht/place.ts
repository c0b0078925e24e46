/**
 * What counts as one place, and as one neighbourhood, when nobody may have too much of something.
 *
 * On the internet an address is one node, however many ports it shows, and a /24 (IPv4) or /48 (IPv6) is one neighbourhood. In
 * private networks, where a whole laboratory may share an address, each port is a node of its own.
 * @module
 */
import { addressScope, type Endpoint, formatEndpoint, parseAddress } from "../address/index.ts";
import { latin1 } from "../base/index.ts";

export function placeOf(endpoint: Endpoint): string {
  return addressScope(endpoint.address) === "global" ? endpoint.address : formatEndpoint(endpoint);
}

/** `undefined` where neighbours are welcome. */
export function neighbourhoodOf({ address }: Endpoint): string | undefined {
  if (addressScope(address) !== "global") return undefined;
  const bytes = parseAddress(address);
  return bytes === undefined ? undefined : latin1(bytes.subarray(0, bytes.length === 4 ? 3 : 6));
}

/** Whether somebody at `from` may send us to `to`: nobody on the internet may send us into our own network. */
export function mayName(from: Endpoint, to: Endpoint): boolean {
  const scope = addressScope(to.address);
  if (scope === "denied" || scope === "link-local") return false;
  return scope === "global" || addressScope(from.address) !== "global";
}
