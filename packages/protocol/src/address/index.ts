/**
 * Addresses of peers (BEP 7, 23, 32, 40).
 * @module
 */
export {
  COMPACT4_LENGTH,
  COMPACT6_LENGTH,
  compactEndpointAt,
  decodeCompact4,
  decodeCompact6,
  encodeCompact4,
  encodeCompact6,
} from "./compact.ts";
export { crc32c } from "./crc32c.ts";
export type { Endpoint } from "./endpoint.ts";
export { type AddressFamily, familyOf } from "./family.ts";
export { peerPriority } from "./priority.ts";
export { type AddressScope, addressScope } from "./scope.ts";
export { isServicePort } from "./service-port.ts";
export { canonicalAddress, formatAddress, formatEndpoint, parseAddress, parseEndpoint } from "./text.ts";
