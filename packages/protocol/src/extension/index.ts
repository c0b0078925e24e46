/**
 * The extension protocol and what travels by it (BEP 9, 10, 11, 21, 54, 55). Payloads only: the peer wire carries them.
 * @module
 */
export { decodeDontHave, encodeDontHave } from "./dont-have.ts";
export {
  decodePex,
  type ExchangedPeer,
  encodePex,
  PEX_INTERVAL_MILLIS,
  PEX_PEERS_MAX,
  type PexMessage,
  type ReceivedPexMessage,
} from "./exchange.ts";
export {
  decodeExtensionHandshake,
  EXTENDED_HANDSHAKE_ID,
  type ExtensionHandshake,
  encodeExtensionHandshake,
} from "./handshake.ts";
export { decodeHolepunch, encodeHolepunch, type HolepunchError, type HolepunchMessage } from "./holepunch.ts";
export {
  decodeMetadataMessage,
  encodeMetadataMessage,
  METADATA_LENGTH_MAX,
  METADATA_PIECE_LENGTH,
  MetadataAssembly,
  type MetadataMessage,
} from "./metadata.ts";
export { decodeTurn, encodeTurn, type TurnWord } from "./turn.ts";
export { decodeUploadOnly, encodeUploadOnly } from "./upload-only.ts";
export { decodeWish, encodeWish } from "./wish.ts";
