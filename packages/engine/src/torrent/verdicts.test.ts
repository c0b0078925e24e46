import { Bitfield, MIB } from "@bittern/protocol/base";
import { describe, expect, it } from "vitest";
import { PiecePool } from "../disk/pool.ts";
import type { SessionOutput } from "../session/output.ts";
import type { Body } from "./body.ts";
import type { TorrentCore } from "./core.ts";
import type { Traffic } from "./traffic.ts";
import { Verdicts } from "./verdicts.ts";

/** A torrent without peers of which so many wanted pieces are missing. */
function torrentWith(wantedMissing: number): { verdicts: Verdicts; body: Body; pool: PiecePool; announced: string[] } {
  const pool = new PiecePool(MIB);
  const announced: string[] = [];
  const core = {
    id: 1,
    isDoneTold: false,
    peers: new Map(),
    context: { pool },
    discovery: { announces: { completed: () => announced.push("completed") } },
    tell: (event: { type: string }) => announced.push(event.type),
  };
  const body = { picker: { wantedMissing }, content: { have: Bitfield.full(4), completed: () => undefined } };
  return { verdicts: new Verdicts(core as unknown as TorrentCore, {} as Traffic), body: body as unknown as Body, pool, announced };
}

describe("A torrent that is done", () => {
  const out: SessionOutput[] = [];

  it("lets go of the memory its pieces were gathered in, and tells once", () => {
    const { verdicts, body, pool, announced } = torrentWith(0);
    const [kept, lent] = [pool.take(65_536), pool.take(65_536)];
    pool.give(kept ?? new ArrayBuffer());
    for (let time = 0; time < 2; time++) verdicts.finishIfDone(body, 0, out, true);
    // What is on its way to the disk still comes back.
    expect([pool.idleLength, pool.lentLength]).toEqual([0, lent?.byteLength]);
    expect(announced).toEqual(["done", "completed"]);
  });

  it("keeps it while anything is missing", () => {
    const { verdicts, body, pool, announced } = torrentWith(1);
    pool.give(pool.take(65_536) ?? new ArrayBuffer());
    verdicts.finishIfDone(body, 0, out, true);
    expect([pool.idleLength, announced]).toEqual([65_536, []]);
  });
});
