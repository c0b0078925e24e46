/** @module */

import { once } from "node:events";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { SessionChanges } from "./session-options.ts";
import type { TorrentSource } from "./source.ts";
import { noise, sessions, temporaryFolder, writeFiles } from "./testing.ts";

const folder = temporaryFolder();
writeFiles(folder, { "a.bin": noise(20_000, "a") });
const open = sessions();

/** "open" or the code of the refusal. */
async function knock(port: number): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  try {
    await once(socket, "connect");
    return "open";
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? "";
  } finally {
    socket.destroy();
  }
}

describe("A session that runs", () => {
  it("listens elsewhere when it is told to, keeps who is there, and gives the old port back", async () => {
    const session = await open();
    const torrent = await session.seed(join(folder, "a.bin"));
    const before = session.listening[0]?.port ?? 0;
    const guest = await open();
    const copy = await guest.add(torrent.metainfo ?? "", {
      path: join(folder, "copy"),
      peers: [`127.0.0.1:${before}`],
      limits: { down: 1 },
    });
    await new Promise<void>((resolve) => torrent.once("peer", () => resolve()));
    await session.configure({ listen: ["127.0.0.1:0", "127.0.0.1:0"] });
    const ports = session.listening.map(({ port }) => port);
    expect(ports).toHaveLength(2);
    expect(ports).not.toContain(before);
    expect(await Promise.all([before, ...ports].map(knock))).toEqual(["ECONNREFUSED", "open", "open"]);
    copy.limits = { down: 0 };
    await copy.done();
  });

  it("stays where it listens when the new place cannot be had", async () => {
    const taken = createServer().listen(0, "127.0.0.1");
    await once(taken, "listening");
    const { port } = taken.address() as { port: number };
    const session = await open();
    const before = session.listening;
    await expect(session.configure({ listen: ["127.0.0.1:0", `127.0.0.1:${port}`] })).rejects.toMatchObject({ code: "ADDRESS_IN_USE" });
    expect(session.listening).toEqual(before);
    expect(await knock(before[0]?.port ?? 0)).toBe("open");
    await expect(session.configure({ listen: ["nowhere"] })).rejects.toMatchObject({ code: "LISTEN_INVALID" });
    taken.close();
  });

  it("changes nothing for a signal that was aborted before, and is not waited for after one that comes late", async () => {
    const session = await open();
    const before = session.listening;
    const reason = new Error("enough");
    await expect(session.configure({ listen: ["127.0.0.1:0"] }, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const late = new AbortController();
    const change = session.configure({ listen: ["127.0.0.1:0"] }, { signal: late.signal });
    late.abort(reason);
    await expect(change).rejects.toBe(reason);
    expect(session.listening).toEqual(before);
    // It was begun, and whoever changes next comes after it.
    await session.configure({ listen: ["127.0.0.1:0", "127.0.0.1:0"] });
    expect(session.listening).toHaveLength(2);
    expect(await knock(before[0]?.port ?? 0)).toBe("ECONNREFUSED");
  });

  it("closes whether or not somebody waits for it", async () => {
    const session = await open();
    const port = session.listening[0]?.port ?? 0;
    const reason = new Error("enough");
    await expect(session.close({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    await expect(session.configure({})).rejects.toMatchObject({ code: "SESSION_CLOSED" });
    await session.close();
    expect(await knock(port)).toBe("ECONNREFUSED");
  });

  it("tells its numbers until a signal says enough", async () => {
    const session = await open();
    const enough = new AbortController();
    const reason = new Error("enough");
    let count = 0;
    const watching = async (): Promise<void> => {
      for await (const { torrents } of session.watch(600_000, { signal: enough.signal })) {
        count += torrents + 1;
        setImmediate(() => enough.abort(reason));
      }
    };
    await expect(watching()).rejects.toBe(reason);
    expect(count).toBe(1);
  });

  it("refuses to change what is decided when it opens", async () => {
    const session = await open();
    const change = { stateDir: folder } as SessionChanges;
    await expect(session.configure(change)).rejects.toMatchObject({ code: "OPTION_FIXED", message: expect.stringContaining("stateDir") });
  });

  it("calls numbers and words that mean nothing a mistake at once", async () => {
    const session = await open();
    for (const limit of [Number.NaN, -1, Number.POSITIVE_INFINITY]) {
      await expect(session.configure({ limits: { up: limit } })).rejects.toMatchObject({ code: "LIMIT_INVALID" });
      await expect(session.add("a".repeat(40), { limits: { down: limit } })).rejects.toMatchObject({ code: "LIMIT_INVALID" });
    }
    for (const source of [undefined, null, {}, 7] as unknown as TorrentSource[]) {
      await expect(session.add(source)).rejects.toMatchObject({ code: "SOURCE_INVALID" });
    }
    await expect(session.seed("")).rejects.toMatchObject({ code: "CREATE_FILES" });
    await expect(session.seed(join(folder, "a.bin"), { version: "v3" as "v2" })).rejects.toMatchObject({ code: "CREATE_VERSION" });
    await expect(session.seed(join(folder, "a.bin"), { creationDate: new Date("x") })).rejects.toMatchObject({ code: "CREATE_DATE" });
    const torrent = await session.seed(join(folder, "a.bin"));
    const [file] = torrent.files;
    const slips: readonly [code: string, slip: () => void][] = [
      ["LIMIT_INVALID", () => (torrent.limits = { up: -1 })],
      ["PIECE_INVALID", () => torrent.setDeadline(99, 5)],
      ["PIECE_INVALID", () => torrent.setDeadline(0, Number.NaN)],
      ["PRIORITY_INVALID", () => Object.assign(file ?? {}, { priority: 3 })],
    ];
    for (const [code, slip] of slips) expect(slip).toThrowError(expect.objectContaining({ code }));
  });

  it("calls a peer that is none a mistake at once, and one whose name is not found a warning", async () => {
    const session = await open();
    await expect(session.add("a".repeat(40), { path: folder, peers: ["nonsense"] })).rejects.toMatchObject({ code: "PEER_INVALID" });
    expect(session.torrents.size).toBe(0);
    const torrent = await session.add("a".repeat(40), { path: folder });
    for (const peer of ["nonsense", "host:0", "host:65536", "::1:80", ""]) {
      expect(() => torrent.addPeer(peer), peer).toThrowError(expect.objectContaining({ code: "PEER_INVALID" }));
    }
    const warned = new Promise<string>((resolve) => torrent.once("warning", ({ code }) => resolve(code)));
    torrent.addPeer("no such name.invalid:1".replaceAll(" ", "-"));
    expect(await warned).toBe("NAME_NOT_FOUND");
  });
});
