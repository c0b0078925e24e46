import { describe, expect, it } from "vitest";
import { libtorrent } from "../interop/peers/libtorrent.ts";
import { HOME_LINK, MBIT } from "./home.ts";
import { alike, leastSeconds } from "./swarm.ts";

const BYTE_LENGTH = 32 * 1024 ** 2;
const members = (count: number, up: number, down = 100) => alike(count, { client: libtorrent, link: { up: up * MBIT, down: down * MBIT } });

describe("The least time a swarm needs", () => {
  it("is that of the seed's uplink where all links are alike, however many there are", () => {
    for (const count of [2, 4, 8])
      expect(leastSeconds(BYTE_LENGTH, { seederLink: HOME_LINK, members: members(count, 20) })).toBeCloseTo(13.42, 2);
  });

  it("is that of all uplinks together where the seed is fast", () => {
    const seconds = leastSeconds(BYTE_LENGTH, { seederLink: { up: 60 * MBIT }, members: members(8, 20) });
    expect(seconds).toBeCloseTo((8 * BYTE_LENGTH * 8) / (220 * MBIT), 6);
  });

  it("is that of the slowest downlink where that is the limit", () => {
    expect(leastSeconds(BYTE_LENGTH, { seederLink: { up: 1000 * MBIT }, members: members(2, 500, 10) })).toBeCloseTo(26.84, 2);
  });
});
