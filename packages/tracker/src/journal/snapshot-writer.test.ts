import { concatBytes } from "@bittern/protocol/base";
import { seededRandom } from "@bittern/protocol/fuzz";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Access } from "../access/access.ts";
import { History } from "../history.ts";
import { TRACKER_DEFAULTS } from "../settings.ts";
import { SwarmHistory } from "../swarm-history.ts";
import { paired } from "../swarms/keyed-hash.ts";
import { type PeerRecord, Swarms } from "../swarms/swarms.ts";
import { NO_TORRENT } from "../swarms/torrent-table.ts";
import type { Zone } from "../swarms/zone.ts";
import { encodeFrame } from "./frame.ts";
import { FRAME_SWARMS } from "./kinds.ts";
import { RecordWriter } from "./record.ts";
import { Recovery } from "./recovery.ts";
import { SnapshotWriter } from "./snapshot-writer.ts";

function makeSwarms(): Swarms {
  const limits = { torrentsMax: 100, peersMax: 10_000, peersPerTorrentMax: 10_000, emptySeconds: 100 };
  return new Swarms({ random: seededRandom(1), keepsIds: true, ...limits });
}

function keyOf(torrent: number) {
  const key = paired(20);
  key.bytes.fill(torrent + 1);
  return key;
}

function peerOf(number: number, zone: Zone): PeerRecord {
  const endpoint = paired(18);
  endpoint.bytes[0] = number;
  endpoint.bytes[5] = number >> 8;
  return { family: number % 3 === 0 ? 6 : 4, endpoint, zone, peerId: new Uint8Array(20).fill(number), key: number };
}

/** Every peer of every torrent, in words. */
function contents(swarms: Swarms): string[] {
  const lines: string[] = [];
  for (let torrent = 0; torrent < swarms.torrents.end; torrent++) {
    if (!swarms.torrents.isUsed(torrent)) continue;
    const infoHash = new Uint8Array(20);
    swarms.torrents.copyHash(torrent, infoHash, 0);
    swarms.open(torrent);
    if (swarms.completed > 0) lines.push(`${infoHash[0]} completed ${swarms.completed}`);
    for (const family of [4, 6] as const) {
      const table = swarms.table(family);
      for (let position = 0; position < table.peers; position++) {
        const endpoint = new Uint8Array(18);
        table.copyEndpoint(position, endpoint, 0);
        lines.push(`${infoHash[0]} ${family} ${endpoint.join()} ${table.zoneAt(position)} ${table.keyAt(position)}`);
      }
    }
  }
  return lines.toSorted();
}

type Step = { torrent: number; peer: number; zone: Zone | 3 | 4 | 5 };
const step = fc.record({ torrent: fc.nat(2), peer: fc.nat(150), zone: fc.constantFrom<Step["zone"]>(0, 0, 1, 1, 2, 2, 3, 3, 4, 5) });

function perform(swarms: Swarms, { torrent, peer, zone }: Step): void {
  if (zone <= 2) {
    swarms.open(swarms.admit(keyOf(torrent), 0));
    swarms.put(peerOf(peer, zone as Zone), 0);
    return;
  }
  const known = swarms.torrents.find(keyOf(torrent));
  if (known === NO_TORRENT) return;
  swarms.open(known);
  if (zone === 3) swarms.remove(peerOf(peer, 0), 0);
  else if (zone === 4) swarms.complete();
  else if (peer < 15) swarms.forget(known);
}

describe("SnapshotWriter", () => {
  it("tells everything, whatever comes, goes and moves while it writes, a few records at a time", () => {
    const steps = fc.array(step, { maxLength: 400, size: "max" });
    fc.assert(
      fc.property(steps, steps, fc.integer({ min: 1, max: 40 }), (before, during, budget) => {
        const swarms = makeSwarms();
        for (const next of before) perform(swarms, next);

        const changes = new RecordWriter();
        const changed: Uint8Array[] = [];
        const seal = (): void => {
          changed.push(encodeFrame({ kind: FRAME_SWARMS, wallSeconds: 1, payload: changes.take() }));
        };
        const writer = (): RecordWriter => {
          if (!changes.hasRoom) seal();
          return changes;
        };
        const snapshot = new SnapshotWriter({
          swarms,
          access: new Access(TRACKER_DEFAULTS, seededRandom(2)),
          history: new History(),
          swarmHistory: new SwarmHistory(),
        });
        const { torrents } = swarms;
        swarms.watcher = {
          put: (torrent, table, position) => {
            writer().peer(torrents, torrent, table, position, false);
            snapshot.moved(torrent, table, (other) => writer().peer(torrents, torrent, table, other, false));
          },
          gone: (torrent, table, position) => writer().peer(torrents, torrent, table, position, true),
          completed: (torrent) => writer().completed(torrents, torrent),
          forgotten: (torrent) => writer().forgotten(torrents, torrent),
        };
        const frames: Uint8Array[] = [];
        for (let at = 0; !snapshot.isDone; at += 5) {
          frames.push(...snapshot.step(budget, 1));
          for (const next of during.slice(at, at + 5)) perform(swarms, next);
        }
        seal();
        frames.push(...changed);

        const recovered = makeSwarms();
        const recovery = new Recovery(
          {
            swarms: recovered,
            access: new Access(TRACKER_DEFAULTS, seededRandom(2)),
            history: new History(),
            swarmHistory: new SwarmHistory(),
          },
          10,
          0,
        );
        recovery.read(concatBytes(frames));
        recovery.end(1, 100);
        recovered.check();
        expect(contents(recovered)).toEqual(contents(swarms));
      }),
      { numRuns: 200 },
    );
  });
});
