/**
 * What frames of orders are filled with.
 *
 *     torrent     <1: u8> <length of the rest: u16> <info hash: 20> <is listed: u8> <secret>
 *     user        <3: u8> <length of the rest: u16> <is let in: u8> <pass key>
 *     addresses   <2: u8> <length of the rest: u16> <networks in ASCII, each behind "+" (allowed) or "-" (denied), spaces between>
 * @module
 */
import { concatBytes, latin1, utf8 } from "@bittern/protocol/base";
import { AddressRanges } from "../access/address-ranges.ts";
import { isCredential } from "../access/credential.ts";
import type { Order } from "../access/orders.ts";
import { INFO_HASH_LENGTH } from "../swarms/torrent-table.ts";

const TORRENT = 1;
const ADDRESSES = 2;
const USER = 3;
const KINDS = { torrent: TORRENT, addresses: ADDRESSES, user: USER } as const;
const HEAD_LENGTH = 3;
/** Orders of one frame, whatever is in them. */
export const ORDERS_PER_FRAME: number = 3;
/** Bytes of an order; longer lists of networks belong into a file. */
const BODY_LENGTH_MAX = 65_535;

/** The payload of one frame: those of the orders that can be written. */
export function encodeOrders(orders: readonly Order[]): Uint8Array<ArrayBuffer> {
  return concatBytes(orders.flatMap(encodeOrder));
}

function encodeOrder(order: Order): Uint8Array[] {
  const body = bodyOf(order);
  if (body.length > BODY_LENGTH_MAX) return [];
  return [Uint8Array.of(KINDS[order.type], body.length >>> 8, body.length & 255), body];
}

function bodyOf(order: Order): Uint8Array {
  switch (order.type) {
    case "torrent":
      return concatBytes([order.infoHash, Uint8Array.of(order.isListed ? 1 : 0), utf8(order.secret ?? "")]);
    case "user":
      return concatBytes([Uint8Array.of(order.isIn ? 1 : 0), utf8(order.passKey)]);
    case "addresses":
      return utf8([...order.allowed.map((network) => `+${network}`), ...order.denied.map((network) => `-${network}`)].join(" "));
  }
}

/** Reads a payload up to the first record that makes no sense. */
export function* decodeOrders(payload: Uint8Array): Generator<Order> {
  for (let at = 0; at + HEAD_LENGTH <= payload.length; ) {
    const end = at + HEAD_LENGTH + (((payload[at + 1] as number) << 8) | (payload[at + 2] as number));
    if (end > payload.length) return;
    const order = decodeOrder(payload[at] as number, payload.subarray(at + HEAD_LENGTH, end));
    if (order === undefined) return;
    yield order;
    at = end;
  }
}

function decodeOrder(kind: number, body: Uint8Array): Order | undefined {
  if (kind === TORRENT && body.length > INFO_HASH_LENGTH) {
    const secret = latin1(body.subarray(INFO_HASH_LENGTH + 1));
    if (secret !== "" && !isCredential(secret)) return undefined;
    const isListed = body[INFO_HASH_LENGTH] === 1;
    return { type: "torrent", infoHash: body.slice(0, INFO_HASH_LENGTH), isListed, secret: secret === "" ? undefined : secret };
  }
  if (kind === USER) {
    const passKey = latin1(body.subarray(1));
    return isCredential(passKey) ? { type: "user", passKey, isIn: body[0] === 1 } : undefined;
  }
  if (kind !== ADDRESSES) return undefined;
  const words = latin1(body)
    .split(" ")
    .filter((word) => word !== "");
  const allowed = words.filter((word) => word.startsWith("+")).map((word) => word.slice(1));
  const denied = words.filter((word) => word.startsWith("-")).map((word) => word.slice(1));
  try {
    // Reading a network is checking it.
    new AddressRanges([...allowed, ...denied]);
  } catch {
    return undefined;
  }
  return { type: "addresses", allowed, denied };
}
