/**
 * Magnet links and bare info hashes (BEP 9, 53).
 * @module
 */
export type { FileSelection } from "../metainfo/magnet-uri.ts";
export { parseInfoHash } from "./info-hash.ts";
export { formatMagnet, type Linkable, MAGNET_LENGTH_MAX, type MagnetLink, parseMagnet } from "./link.ts";
