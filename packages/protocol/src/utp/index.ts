/**
 * uTP, the transport over UDP that yields to everything else (BEP 29).
 * @module
 */
export type { UtpFault } from "./connection.ts";
export { isUtp } from "./packet.ts";
export { UTP_CONNECTIONS_MAX, UTP_HALF_OPEN_MAX, Utp, type UtpOutput } from "./utp.ts";
