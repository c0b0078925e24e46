import { describe, expect, it } from "vitest";
import { TrackerPreferences } from "./tracker-preferences.ts";

const url = (host: number): string => `http://tracker${host}.example:80/announce`;

describe("What hosts say of their trackers", () => {
  it("holds for an hour, also where they say nothing", () => {
    const preferences = new TrackerPreferences();
    const name = preferences.nameToAsk(url(1), 0) as string;
    preferences.learn(name, [], 0);
    expect([preferences.nameToAsk(url(1), 3_599_999), preferences.nameToAsk(url(1), 3_600_000)]).toEqual([undefined, name]);
  });

  it("is remembered of a thousand names: the oldest is forgotten first", () => {
    const preferences = new TrackerPreferences();
    const learn = (host: number): void => preferences.learn(preferences.nameToAsk(url(host), 0) as string, [], 0);
    for (let host = 1; host <= 1000; host++) learn(host);
    expect(preferences.nameToAsk(url(1), 0)).toBeUndefined();
    learn(1001);
    expect(preferences.nameToAsk(url(1), 0)).toBe("tracker1.example");
    expect([preferences.nameToAsk(url(2), 0), preferences.nameToAsk(url(1001), 0)]).toEqual([undefined, undefined]);
  });
});
