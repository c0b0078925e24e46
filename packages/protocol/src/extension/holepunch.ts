/**
 * Meeting a peer that cannot be dialled, with the help of one both are connected to (BEP 55).
 *
 *     <type: u8> <family: u8> <address: 4 or 16 bytes> <port: u16> <error: u32>
 * @module
 */
import { type Endpoint, formatAddress, parseAddress } from "../address/index.ts";
import { assert, ProtocolError, unreachable } from "../base/index.ts";

const TYPES = ["rendezvous", "connect", "error"] as const;
/** Error 1 is the first. */
const ERRORS = ["no-such-peer", "not-connected", "no-support", "no-self"] as const;
/** Type, family, port and error. */
const FIXED_LENGTH = 8;

export type HolepunchError = (typeof ERRORS)[number];
export type HolepunchMessage =
  /** To the relay: bring me together with `endpoint`. */
  | { readonly type: "rendezvous"; readonly endpoint: Endpoint }
  /** From the relay: dial `endpoint` by uTP now, it dials you. */
  | { readonly type: "connect"; readonly endpoint: Endpoint }
  /** From the relay: why the rendezvous with `endpoint` cannot be. `unknown` for a code of the future. */
  | { readonly type: "error"; readonly endpoint: Endpoint; readonly error: HolepunchError | "unknown" };

/** The payload of a `ut_holepunch` message. */
export function encodeHolepunch(message: HolepunchMessage): Uint8Array<ArrayBuffer> {
  const address = parseAddress(message.endpoint.address);
  assert(address !== undefined, "an endpoint holds an address");
  const bytes = new Uint8Array(FIXED_LENGTH + address.length);
  const view = new DataView(bytes.buffer);
  bytes[0] = TYPES.indexOf(message.type);
  bytes[1] = address.length === 4 ? 0 : 1;
  bytes.set(address, 2);
  view.setUint16(2 + address.length, message.endpoint.port);
  view.setUint32(4 + address.length, message.type === "error" ? errorCode(message.error) : 0);
  return bytes;
}

/** `undefined` for a type of message that is yet to be invented. */
export function decodeHolepunch(payload: Uint8Array): HolepunchMessage | undefined {
  const addressLength = payload[1] === 0 ? 4 : 16;
  if ((payload[1] ?? 2) > 1 || payload.length !== FIXED_LENGTH + addressLength) throw wrong(`holepunch of ${payload.length} bytes`);
  const view = new DataView(payload.buffer, payload.byteOffset, payload.length);
  const port = view.getUint16(2 + addressLength);
  if (port === 0) throw wrong("holepunch to port 0");
  const endpoint = { address: formatAddress(payload.subarray(2, 2 + addressLength)), port };
  const type = TYPES[payload[0] as number];
  switch (type) {
    case undefined:
      return undefined;
    case "rendezvous":
    case "connect":
      return { type, endpoint };
    case "error":
      return { type, endpoint, error: ERRORS[view.getUint32(4 + addressLength) - 1] ?? "unknown" };
    default:
      return unreachable(type);
  }
}

function errorCode(error: HolepunchError | "unknown"): number {
  return error === "unknown" ? ERRORS.length + 1 : ERRORS.indexOf(error) + 1;
}

function wrong(message: string): ProtocolError {
  return new ProtocolError("HOLEPUNCH_MESSAGE_WRONG", message);
}
