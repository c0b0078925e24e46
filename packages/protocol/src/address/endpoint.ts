/**
 * Where a peer is reached: an IP address in its one canonical text form, and a port.
 * @module
 */

/** `address`: dotted IPv4, or IPv6 as RFC 5952 writes it (lower case, longest zero run folded), never bracketed. */
export interface Endpoint {
  readonly address: string;
  /** 1 to 65,535; 0 only where a socket is asked to choose. */
  readonly port: number;
}
