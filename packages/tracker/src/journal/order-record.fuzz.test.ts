import { fuzz, fuzzCount } from "@bittern/protocol/fuzz";
import { describe, it } from "vitest";
import type { Order } from "../access/orders.ts";
import { decodeOrders, encodeOrders } from "./order-record.ts";

const ORDERS: readonly Order[] = [
  { type: "torrent", infoHash: new Uint8Array(20).fill(7), isListed: true, secret: "swordfish" },
  { type: "torrent", infoHash: new Uint8Array(20), isListed: false, secret: undefined },
  { type: "user", passKey: "alice", isIn: true },
  { type: "addresses", allowed: ["192.0.2.0/24"], denied: ["2001:db8::/32", "198.51.100.7"] },
];

describe("Orders", () => {
  it("that are damaged are none, or can be written again", () => {
    const target = (bytes: Uint8Array): void => {
      for (const order of decodeOrders(bytes)) encodeOrders([order]);
    };
    fuzz({ seeds: [encodeOrders(ORDERS)], count: fuzzCount(process.env), seed: 3, target });
  });
});
