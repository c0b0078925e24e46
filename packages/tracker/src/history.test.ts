import { seededRandom } from "@bittern/protocol/fuzz";
import { describe, expect, it } from "vitest";
import { decodeSamples, encodeSamples, History } from "./history.ts";
import { TrackerSpeaker } from "./testing.ts";

const NOW = { torrents: 1, peers: 2, seeds: 1 };

describe("History", () => {
  it("takes a sample every five minutes with what happened since the one before", () => {
    const history = new History();
    for (let second = 0; second <= 1000; second += 10) history.note(7200 + second, NOW, second, second / 10);
    expect(history.fine.map(({ wallSeconds, announces, completed }) => [wallSeconds, announces, completed])).toEqual([
      [7200, 0, 0],
      [7500, 300, 30],
      [7800, 300, 30],
      [8100, 300, 30],
    ]);
    expect(history.coarse).toEqual([{ ...NOW, wallSeconds: 8100, announces: 900, completed: 90 }]);
  });

  it("keeps two days of them, and ninety days by the hour", () => {
    const history = new History();
    for (let sample = 0; sample < 100 * 24 * 12; sample++) history.note(1e9 + sample * 300, NOW, sample, 0);
    expect([history.fine.length, history.coarse.length]).toEqual([576, 2160]);
    expect(history.coarse.at(-2)?.announces).toBe(12);
  });

  it("goes on when the clock is set back", () => {
    const history = new History();
    for (const second of [10_000, 20_000, 5000, 5100, 5300]) history.note(second, NOW, 0, 0);
    expect(history.fine.map(({ wallSeconds }) => wallSeconds)).toEqual([10_000, 20_000, 5000, 5300]);
  });

  it("comes back from its bytes, up to what makes no sense", () => {
    const samples = [1, 2].map((wallSeconds) => ({ ...NOW, wallSeconds, announces: 5, completed: 2 ** 40 }));
    const bytes = encodeSamples(samples);
    expect([...decodeSamples(bytes)]).toEqual(samples);
    expect([...decodeSamples(bytes.subarray(0, 90))]).toEqual(samples.slice(0, 1));
    bytes.fill(255, 48);
    expect([...decodeSamples(bytes)]).toEqual(samples.slice(0, 1));
  });

  it("survives a restart with the journal", () => {
    const speaker = new TrackerSpeaker({ keepsJournal: true }, seededRandom(1));
    speaker.openJournal(new Uint8Array(0));
    speaker.wait(1_000_000);
    const before = speaker.machine.history();
    expect(before.fine.length).toBe(4);
    const next = new TrackerSpeaker({ keepsJournal: true }, seededRandom(1));
    next.openJournal(speaker.store.current);
    expect(next.machine.history().fine).toEqual(before.fine);
  });
});
