import { describe, expect, it } from "vitest";
import { Roster } from "./roster.ts";

describe("Roster", () => {
  it("holds who came and did not go", () => {
    const roster = new Roster<{ readonly name: string; place: number }>();
    const [one, two, three] = ["one", "two", "three"].map((name) => ({ name, place: -1 })) as [never, never, never];
    for (const member of [one, two, three]) roster.add(member);
    roster.add(two);
    expect(roster.members()).toEqual([one, two, three]);
    roster.delete(one);
    roster.delete(one);
    expect(new Set(roster.members())).toEqual(new Set([two, three]));
    roster.delete(three);
    roster.delete(two);
    expect(roster.members()).toEqual([]);
    roster.add(one);
    expect(roster.members()).toEqual([one]);
  });
});
