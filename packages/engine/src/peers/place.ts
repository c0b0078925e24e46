/**
 * What counts as one peer, whatever port it comes from: a global address; a private one with its port, because a network
 * behind a router, or a whole laboratory, may share it.
 * @module
 */
import { addressScope, type Endpoint, formatEndpoint } from "@bittern/protocol/address";

export function placeOf(endpoint: Endpoint): string {
  return addressScope(endpoint.address) === "global" ? endpoint.address : formatEndpoint(endpoint);
}
