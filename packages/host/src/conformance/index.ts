/**
 * The conformance suite: what a world must keep to call itself a host. It runs against the real one and the virtual one.
 * @module
 */
export { describeClock } from "./clock.ts";
export { describeDns } from "./dns.ts";
export { describeHttp } from "./http.ts";
export { describeRecords } from "./records.ts";
export { describeStorage } from "./storage.ts";
export { describeTcp } from "./tcp.ts";
export { describeUdp } from "./udp.ts";
export type { MakeWorld, World } from "./world.ts";
