/**
 * WebSocket: the handshake, frames in and out (RFC 6455), for either end of a connection.
 * @module
 */

export {
  encodeWebSocketClose,
  encodeWebSocketFrame,
  encodeWebSocketText,
  OPCODE,
  WEB_SOCKET_HEAD_MAX,
  writeWebSocketHead,
} from "./frame.ts";
export { acceptOf, isWebSocketKey } from "./handshake.ts";
export { CLOSE_CODE, textOfWebSocket, type WebSocketMessage, WebSocketReader, type WebSocketReaderOptions } from "./reader.ts";
