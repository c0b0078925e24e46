import { NO_BYTES } from "@bittern/protocol/base";
import type { OtherRequest, TrackerRun } from "@bittern/tracker";
import { describe, expect, it } from "vitest";
import { Api } from "./api.ts";

const TOKEN = "a-token-of-twenty-four";

describe("The torrents of one answer of the API", () => {
  it("are as many as are wanted, a hundred where nothing is said, and a thousand at most", async () => {
    const asked: number[][] = [];
    const ask = { torrents: (from: number, count: number) => void asked.push([from, count]) };
    const run = { ask } as unknown as TrackerRun;
    const api = new Api({ run: () => run, torrentPolicy: "open", reload: async () => [] }, TOKEN);
    const headers = new Map([["authorization", `Bearer ${TOKEN}`]]);
    for (const query of ["", "from=7&count=1000", "count=1001", "count=999999"]) {
      const request: OtherRequest = { method: "GET", path: "/api/torrents", query, headers, body: NO_BYTES, address: "127.0.0.1" };
      expect(await api.answer(request)).toMatchObject({ status: 200 });
    }
    expect(asked).toEqual([
      [0, 100],
      [7, 1000],
      [0, 1000],
      [0, 1000],
    ]);
  });
});
