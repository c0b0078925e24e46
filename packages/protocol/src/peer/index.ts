/**
 * The conversation of two peers (BEP 3, 6, 10, 20, 52).
 * @module
 */
export { clientName } from "./client-name.ts";
export { encodeMessage, encodeRequests, writePieceHeader } from "./encode.ts";
export { allowedFastSet } from "./fast.ts";
export { encodeHandshake, HANDSHAKE_LENGTH, type Handshake, type HandshakeFeatures, type HandshakeHead } from "./handshake.ts";
export { KEEPALIVE_IDLE_MILLIS, KEEPALIVE_QUIET_MILLIS } from "./keepalive.ts";
export { EXTENDED_LENGTH_MAX, FRAME_LENGTH_MAX, HASHES_MAX } from "./limits.ts";
export {
  type BitfieldMessage,
  type BlockRange,
  type BlockRangeMessage,
  type ExtendedMessage,
  type HashesMessage,
  type HashRange,
  type HashRangeMessage,
  type PeerMessage,
  PIECE_HEADER_LENGTH,
  type PieceIndexMessage,
  type PieceMessage,
  type PortMessage,
  type SignalMessage,
  type UnknownMessage,
} from "./message.ts";
export { makePeerId, PEER_ID_PREFIX, VERSION } from "./peer-id.ts";
export { type BlockRun, blockOfRun, type HaveRun, type MessageRun, messagesOf, type RequestRun } from "./run.ts";
export { type HandshakeEvent, PeerWire, type WireEvent } from "./wire.ts";
