/**
 * Requests that are neither announces nor scrapes: those that somebody beside the tracker answers, and those for a WebSocket.
 * @module
 */
import { latin1 } from "@bittern/protocol/base";
import { isWebSocketKey } from "@bittern/protocol/websocket";
import type { OtherRequest } from "../output.ts";
import type { RequestScanner } from "./request-scanner.ts";

/** The whole request that the scanner stands on, by copies; `address`: whom it came from. */
export function otherRequestOf(
  scanner: RequestScanner,
  bytes: Uint8Array,
  headers: ReadonlyMap<string, string>,
  address: string,
): OtherRequest {
  return {
    method: latin1(bytes.subarray(scanner.methodAt, scanner.methodEnd)),
    path: latin1(bytes.subarray(scanner.pathAt, scanner.pathEnd)),
    query: latin1(bytes.subarray(scanner.queryAt, scanner.queryEnd)),
    headers,
    body: bytes.slice(scanner.end, scanner.end + scanner.bodyLength),
    address,
  };
}

/** The status to refuse a request for a WebSocket with (RFC 6455, 4.2.2); `undefined` when it can become one. */
export function upgradeFault(headers: ReadonlyMap<string, string>, bodyLength: number): 400 | 426 | undefined {
  if (headers.get("sec-websocket-version") !== "13") return 426;
  const isWhole = isWebSocketKey(headers.get("sec-websocket-key") ?? "") && bodyLength === 0;
  return isWhole && /\bupgrade\b/i.test(headers.get("connection") ?? "") ? undefined : 400;
}
