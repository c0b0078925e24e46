/**
 * A link that has become a WebSocket.
 * @module
 */
import type { HttpLink } from "../http/links.ts";
import type { Conversation } from "./conversation.ts";

export type WebSocketLink = HttpLink & { readonly conversation: Conversation };
