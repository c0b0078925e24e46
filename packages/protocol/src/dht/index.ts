/**
 * The distributed hash table: who is a peer of a torrent, asked of everybody instead of a tracker (BEP 5, 32, 42, 43).
 * @module
 */
export type { NodeContact } from "./contact.ts";
export { DhtMachine, type DhtMachineOptions } from "./dht.ts";
export type { DhtInput, DhtMemory, DhtOutput, DhtSnapshot, NetworkSnapshot, PingAnswer, SearchReport } from "./input.ts";
export { decodeMemory, encodeMemory } from "./memory.ts";
export { versionText } from "./message.ts";
export { NODE_ID_LENGTH } from "./node-id.ts";
