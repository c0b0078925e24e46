/**
 * The two families of addresses, by their numbers.
 * @module
 */
import type { Endpoint } from "./endpoint.ts";

/** IPv4 or IPv6. */
export type AddressFamily = 4 | 6;

/** Of an endpoint whose address is canonical text. */
export function familyOf({ address }: Endpoint): AddressFamily {
  return address.includes(":") ? 6 : 4;
}
