/**
 * Addresses of peers (BEP 7, 23, 32, 40).
 * @module
 */
export type { Endpoint } from "./endpoint.ts";
