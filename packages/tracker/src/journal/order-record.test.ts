/** @module */
import { seededRandom } from "@bittern/protocol/fuzz";
import { describe, expect, it } from "vitest";
import { Access } from "../access/access.ts";
import type { Order } from "../access/orders.ts";
import { TRACKER_DEFAULTS } from "../settings.ts";
import { paired } from "../swarms/keyed-hash.ts";
import { decodeOrders, encodeOrders } from "./order-record.ts";

const HASH = new Uint8Array(20).fill(7);
const ORDERS: readonly Order[] = [
  { type: "torrent", infoHash: HASH, isListed: true, secret: "swordfish" },
  { type: "torrent", infoHash: new Uint8Array(20), isListed: false, secret: undefined },
  { type: "addresses", allowed: ["192.0.2.0/24"], denied: ["2001:db8::/32", "198.51.100.7"] },
  { type: "user", passKey: "alice-key", isIn: true },
  { type: "user", passKey: "bob", isIn: false },
];

describe("Orders", () => {
  it("come back as they were written", () => {
    expect([...decodeOrders(encodeOrders(ORDERS))]).toEqual(ORDERS);
  });

  it("that make no sense are not followed, nor are those behind them", () => {
    const payload = encodeOrders([ORDERS[0] as Order, { type: "addresses", allowed: ["nowhere"], denied: [] }, ORDERS[1] as Order]);
    expect([...decodeOrders(payload)]).toEqual([ORDERS[0]]);
  });

  it("hold on top of a list that is read anew", () => {
    const access = new Access({ ...TRACKER_DEFAULTS, torrentPolicy: "allow-list" }, seededRandom(1));
    const [kept, dropped] = [HASH, new Uint8Array(20).fill(8)];
    const isWelcome = (infoHash: Uint8Array): boolean => {
      const key = paired(20);
      key.bytes.set(infoHash);
      return access.judgeTorrent(key, "") === undefined;
    };
    access.command({ type: "list-torrents", infoHashes: [kept], lasts: true });
    access.command({ type: "unlist-torrents", infoHashes: [dropped], lasts: true });
    access.command({ type: "replace-torrents", infoHashes: [dropped] });
    expect([isWelcome(kept), isWelcome(dropped)]).toEqual([true, false]);
    expect(access.orders.fresh.size).toBe(2);
  });

  // Who was removed by the API was let in again by the next restart, and who was taken off the file while the tracker stood still stayed.
  it("about users hold on top of a file of them, and whoever is in neither goes", () => {
    const access = new Access({ ...TRACKER_DEFAULTS, isPrivate: true }, seededRandom(1));
    access.command({ type: "set-user", passKey: "left-over" });
    access.command({ type: "set-user", passKey: "added", uploaded: 5, lasts: true });
    access.command({ type: "remove-user", passKey: "removed", lasts: true });
    access.command({ type: "set-user", passKey: "stays", uploaded: 7 });
    access.command({ type: "replace-users", passKeys: ["removed", "stays", "new"] });
    expect([...access.accounts.summaries()].map(({ passKey, uploaded }) => [passKey, uploaded])).toEqual([
      ["added", 5],
      ["stays", 7],
      ["new", 0],
    ]);
    const again = new Access({ ...TRACKER_DEFAULTS, isPrivate: true }, seededRandom(1));
    for (const order of access.orders.all()) again.restore(order);
    again.command({ type: "replace-users", passKeys: ["removed", "stays"] });
    expect([...again.accounts.passKeys()]).toEqual(["added", "stays"]);
  });
});
