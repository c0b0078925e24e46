import { describe, expect, it } from "vitest";
import { type Member, Members } from "./members.ts";
import type { Torrent } from "./torrent.ts";

const V1 = "1".repeat(40);
const V2 = "2".repeat(64);

/** A hybrid, or a link to one by its oldest name, as far as names go. */
function torrentOf(v2: string | undefined): Torrent {
  const wire = v2 === undefined ? [V1] : [V1, v2.slice(0, 40)];
  return { infoHash: V1, infoHashes: { v1: V1, v2, wire } } as unknown as Torrent;
}

const memberOf = (id: number, torrent: Torrent): Member => ({ id, torrent, whenRemoved: [] }) as unknown as Member;

describe("The members of a session", () => {
  it("are found by each of their hashes, whole or cut, in any case", () => {
    const members = new Members();
    const torrent = torrentOf(V2);
    members.add(memberOf(1, torrent));
    for (const name of [V1, V2, V2.slice(0, 40), V2.toUpperCase()]) expect(members.byHash(name)).toBe(torrent);
    expect([members.of(torrent)?.id, members.byId(1)?.torrent, [...members.torrents.keys()]]).toEqual([1, torrent, [V1]]);
  });

  it("get the hash that a link did not name with their metadata", () => {
    const members = new Members();
    const names: { v1: string; v2: string | undefined; wire: string[] } = { v1: V1, v2: undefined, wire: [V1] };
    const torrent = { infoHash: V1, infoHashes: names } as unknown as Torrent;
    members.add(memberOf(1, torrent));
    expect(members.byHash(V2)).toBeUndefined();
    Object.assign(names, { v2: V2, wire: [V1, V2.slice(0, 40)] });
    members.named(torrent);
    expect(members.byHash(V2)).toBe(torrent);
  });

  it("are one of a hash, also while one is being added", async () => {
    const members = new Members();
    const torrent = torrentOf(undefined);
    let added = (): void => undefined;
    const coming = members.admit(V1, async () => {
      await new Promise<void>((resolve) => {
        added = resolve;
      });
      members.add(memberOf(1, torrent));
      return torrent;
    });
    await expect(members.admit(V1, async () => torrent)).rejects.toMatchObject({ code: "TORRENT_EXISTS" });
    added();
    await coming;
    await expect(members.admit(V1, async () => torrent)).rejects.toMatchObject({ code: "TORRENT_EXISTS" });
    await expect(members.admit("3".repeat(40), () => Promise.reject(new Error("no place")))).rejects.toThrow("no place");
    expect(await members.admit("3".repeat(40), async () => torrent)).toBe(torrent);
  });

  it("keep their names while they end, and none once they are forgotten", () => {
    const members = new Members();
    const member = memberOf(1, torrentOf(V2));
    members.add(member);
    expect([members.end(member), members.end(member), members.byHash(V2)]).toEqual([true, false, member.torrent]);
    members.forget(member);
    expect([members.byHash(V1), members.byHash(V2), members.torrents.size, members.all]).toEqual([undefined, undefined, 0, []]);
  });
});
