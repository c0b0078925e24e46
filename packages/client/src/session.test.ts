/** @module */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { join } from "node:path";
import { PIECE_STATE } from "@bittern/engine";
import { toHex } from "@bittern/protocol/base";
import { encode, Raw } from "@bittern/protocol/bencode";
import { sha256 } from "@bittern/protocol/crypto";
import { HashTree } from "@bittern/protocol/merkle";
import { type Metainfo, parseTorrent } from "@bittern/protocol/metainfo";
import { encodeHandshake, encodeMessage, type HashesMessage, type PeerMessage, PeerWire } from "@bittern/protocol/peer";
import { beforeAll, describe, expect, it } from "vitest";
import { createTorrent } from "./create.ts";
import { Session } from "./session.ts";
import { noise, sessions, temporaryFolder, writeFiles } from "./testing.ts";
import { TrackerServer } from "./tracker/tracker-server.ts";
import { verifyTorrent } from "./verify.ts";

const folder = temporaryFolder();
const open = sessions();
const source = join(folder, "published/album");
const FILES = { "big.bin": noise(2_000_000, "big"), "sub/small.txt": "hello\n", "sub/other.bin": noise(90_000, "other") };
let metainfo: Metainfo;
beforeAll(async () => {
  writeFiles(source, FILES);
  metainfo = await createTorrent(source, { pieceLength: 65_536 });
});

let count = 0;
const place = () => join(folder, `place-${++count}`);
const addressOf = (session: Session) => `127.0.0.1:${session.listening[0]?.port}`;

async function seeder(): Promise<string> {
  const session = await open();
  await (await session.seed(source, { pieceLength: 65_536, creationDate: null })).done();
  return addressOf(session);
}

function expectSame(path: string, names: readonly string[] = Object.keys(FILES)): void {
  for (const name of names) expect(readFileSync(join(path, "album", name)).equals(readFileSync(join(source, name))), name).toBe(true);
}

/** The first message of a peer to a newcomer that speaks the fast extension. */
async function firstWord(peer: string): Promise<string> {
  const [host = "", port = ""] = peer.split(":");
  const socket = connect(Number(port), host);
  const wire = new PeerWire();
  const features = { extended: false, fast: true, dht: false, v2: false };
  socket.write(encodeHandshake({ infoHash: Buffer.from(metainfo.infoHashes.v1 ?? "", "hex"), peerId: noise(20, "newcomer"), features }));
  for await (const bytes of socket as AsyncIterable<Uint8Array>)
    for (const event of wire.receive(bytes)) if (event.type !== "handshake") return event.type;
  return "the end";
}

/** What a peer answers a newcomer that speaks version 2. */
async function ask(peer: string, question: PeerMessage, answerType: string): Promise<PeerMessage> {
  const [host = "", port = ""] = peer.split(":");
  const socket = connect(Number(port), host);
  const wire = new PeerWire();
  const features = { extended: false, fast: true, dht: false, v2: true };
  const infoHash = Buffer.from(metainfo.infoHashes.v2 ?? "", "hex").subarray(0, 20);
  socket.write(Buffer.concat([encodeHandshake({ infoHash, peerId: noise(20, "asker"), features }), encodeMessage(question)]));
  for await (const bytes of socket as AsyncIterable<Uint8Array>)
    for (const event of wire.receive(bytes)) if (event.type === answerType) return event as PeerMessage;
  throw new Error("the peer hung up");
}

describe("A session", () => {
  it("proves the blocks of a piece it seeds, hashed where they lie", async () => {
    const session = await open();
    const torrent = await session.add(metainfo, { path: join(folder, "published"), readOnly: true });
    await torrent.checked();
    const root = metainfo.files[0]?.piecesRoot as Uint8Array;
    const tree = new HashTree({ root, fileLength: FILES["big.bin"].length, pieceLength: 65_536 });
    tree.setLayer(metainfo.pieceLayers.get(toHex(root)) as Uint8Array);
    const request = { root, baseLayer: 0, index: 4, length: 4, proofLayers: 6 };
    const answer = await ask(addressOf(session), { type: "hash-request", ...request }, "hashes");
    expect(tree.accept(request, (answer as HashesMessage).hashes)).toBe(true);
    expect(tree.leaves(1)?.subarray(0, 32)).toEqual(sha256(FILES["big.bin"].subarray(65_536, 65_536 + 16_384)));
  });

  it("tells a newcomer of nothing while it super-seeds by wish, where a seed that nobody was sent to tells of everything", async () => {
    const first: string[] = [];
    for (const superSeed of [false, true]) {
      const session = await open();
      const torrent = await session.add(metainfo, { path: join(folder, "published"), readOnly: true, superSeed });
      await torrent.checked();
      first.push(await firstWord(addressOf(session)));
    }
    expect(first).toEqual(["have-all", "have-none"]);
  });

  it("downloads what another one seeds, and tells it as promises, events and iteration", async () => {
    const peer = await seeder();
    const session = await open();
    const path = place();
    const torrent = await session.add(metainfo, { path, peers: [peer] });
    const heard: string[] = [];
    const pieces = new Set<number>();
    torrent.on("piece", (piece) => pieces.add(piece));
    torrent.on("done", () => heard.push("done")).on("durable", () => heard.push("durable"));
    torrent.on("file", (file) => heard.push(file.path));
    const states: string[] = [];
    for await (const status of torrent) states.push(status.state);
    expect(states.at(-1)).toBe("seeding");
    expect(await (await torrent.done()).durable()).toBe(torrent);
    expectSame(path);
    expect(pieces.size).toBe(metainfo.pieceCount);
    expect(heard.toSorted()).toEqual(["big.bin", "done", "durable", "sub/other.bin", "sub/small.txt"]);
    expect(torrent.status()).toMatchObject({
      state: "seeding",
      progress: 1,
      totalDone: 2_090_006,
      totalWanted: 2_090_006,
      eta: expect.anything(),
      error: null,
    });
    expect(session.stats()).toMatchObject({ torrents: 1, uploaded: 0 });
  });

  it("says of every piece how it stands, and why nothing comes", async () => {
    const session = await open();
    const torrent = await session.add(metainfo, { path: place() });
    await torrent.checked();
    const map = torrent.pieceMap();
    expect([...(map?.states ?? [])]).toEqual(Array.from({ length: metainfo.pieceCount }, () => PIECE_STATE.missing));
    expect(map?.copies.every((copies) => copies === 0)).toBe(true);
    expect(torrent.diagnosis()).toEqual({ pace: "stands", causes: [{ weight: "stops", code: "no-trackers", dht: "off", nodes: 0 }] });
    const peer = await seeder();
    torrent.addPeer(peer);
    await torrent.done();
    expect(torrent.pieceMap()?.states.every((state) => state === PIECE_STATE.verified)).toBe(true);
    expect(torrent.diagnosis()).toMatchObject({ pace: "rests" });
    expect(torrent.status()).toMatchObject({ wasted: 0, downloadedEver: expect.any(Number), age: expect.any(Number) });
    await session.remove(torrent);
    expect(torrent.diagnosis()).toEqual({ pace: "rests", causes: [] });
  });

  it("finds a torrent by each of its hashes, also those that a link did not name, and not after its end", async () => {
    const peer = await seeder();
    const session = await open();
    const { v1, v2, wire } = metainfo.infoHashes;
    const torrent = await session.add(`magnet:?xt=urn:btih:${v1}`, { path: place(), peers: [peer] });
    expect(session.get(String(v2))).toBeUndefined();
    await torrent.done();
    for (const hash of [v1, v2, String(v1).toUpperCase(), ...wire]) expect(session.get(String(hash))).toBe(torrent);
    await session.remove(torrent);
    for (const hash of [v1, v2, ...wire]) expect(session.get(String(hash))).toBeUndefined();
  });

  it("keeps to the interface that is named, and opens not at all where there is none", async () => {
    const session = await open({ listen: ["0"], interface: "127.0.0.1", dht: false });
    expect(session.listening.map(({ address }) => address)).toEqual(["127.0.0.1"]);
    const torrent = await session.add(metainfo, { path: place(), peers: ["[::1]:9"] });
    // Nothing of the other family is dialled from there: the seed is met all the same.
    torrent.addPeer(await seeder());
    await torrent.done();
    await expect(Session.open({ interface: "no-such-interface" })).rejects.toMatchObject({ code: "ADDRESS_UNAVAILABLE" });
  });

  it("finds peers through a tracker, by the magnet link alone", async () => {
    await using tracker = new TrackerServer({ http: { port: 0, host: "127.0.0.1" } });
    const announce = String((await tracker.listen()).http);
    const seeds = await open();
    const seeded = await seeds.seed(source, { pieceLength: 65_536, announce: [[announce]] });
    const session = await open();
    const path = place();
    const torrent = await session.add(seeded.magnet, { path });
    expect([torrent.metainfo, torrent.files, torrent.name]).toEqual([null, [], "album"]);
    await torrent.ready();
    expect(torrent.metainfo?.infoHashes).toEqual(seeded.infoHashes);
    await torrent.done();
    expectSame(path);
    expect([...torrent.trackers].map(({ url }) => url)).toEqual([announce]);
  });

  it("knows a hybrid by both of its names, though the link had only one", async () => {
    const seed = await seeder();
    const { v1, v2 } = metainfo.infoHashes;
    const stateDir = join(folder, "state-names");
    const path = place();
    const first = await open({ stateDir });
    const torrent = await first.add(v1 as string, { path, peers: [seed] });
    await (await torrent.done()).durable();
    // Somebody comes by the other name.
    const other = await open();
    await (await other.add(v2 as string, { path: place(), peers: [addressOf(first)] })).done();
    await first.close();
    // The record brings the metadata: a peer that speaks version 2 answers by the new name from the start.
    rmSync(path, { recursive: true });
    const second = await open({ stateDir });
    await (await second.add(v1 as string, { path, peers: [seed] })).done();
    expectSame(path);
  });

  // libtorrent writes such files of magnet links, and takes them: they were refused.
  it("fetches the piece layers that a .torrent of version 2 lacks, once", async () => {
    const modern = await createTorrent(source, { version: "v2", pieceLength: 65_536 });
    const bare = parseTorrent(encode({ info: new Raw(modern.infoBytes), "piece layers": {} }));
    await expect(verifyTorrent(bare, source)).rejects.toMatchObject({ code: "METAINFO_PIECE_LAYERS" });
    const seed = await open();
    await (await seed.add(modern, { path: join(folder, "published"), readOnly: true })).checked();
    const stateDir = join(folder, "state-layers");
    const path = place();
    const first = await open({ stateDir });
    const torrent = await first.add(bare, { path });
    await new Promise<void>((resolve) => torrent.on("state", (state) => (state === "layers" ? resolve() : undefined)));
    torrent.addPeer(addressOf(seed));
    await (await torrent.done()).durable();
    expectSame(path);
    await first.close();
    await seed.close();
    const second = await open({ stateDir });
    const again = await second.add(bare, { path });
    await again.checked();
    expect(again.status().state).toBe("seeding");
  });

  it("takes paths, URLs, bytes, hashes and links", async () => {
    const file = join(folder, "album.torrent");
    writeFiles(folder, { "album.torrent": metainfo.toBytes() });
    const server = createServer((_, response) => response.end(metainfo.toBytes()));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/x.torrent`);
    const hash = metainfo.infoHashes.v1 as string;
    for (const what of [
      file,
      url,
      url.href,
      metainfo.toBytes(),
      metainfo,
      hash,
      hash.toUpperCase(),
      metainfo.infoHashes.v2 as string,
      metainfo.toMagnet(),
    ]) {
      const session = await open();
      const torrent = await session.add(what, { path: place(), paused: true });
      const { v1, v2 } = torrent.infoHashes;
      expect([v1 ?? hash, v2 ?? metainfo.infoHashes.v2]).toEqual([hash, metainfo.infoHashes.v2]);
      expect(session.get(torrent.infoHash)).toBe(torrent);
      expect([...session.torrents.keys()]).toEqual([torrent.infoHash]);
      await session.close();
    }
    await new Promise((resolve) => server.close(resolve));
    const session = await open();
    await expect(session.add("no-such-file")).rejects.toMatchObject({ code: "FILE_MISSING" });
    await expect(session.add(Uint8Array.of(1))).rejects.toMatchObject({ code: "METAINFO_NOT_DICTIONARY" });
    await expect(session.add(new URL("ftp://x/y"))).rejects.toMatchObject({ code: "SOURCE_SCHEME" });
    await expect(session.add("")).rejects.toMatchObject({ code: "SOURCE_EMPTY" });
  });

  it("downloads selected files only, and the others when they are wanted later", async () => {
    const peer = await seeder();
    const session = await open({ stateDir: join(folder, "state-select") });
    const path = place();
    const torrent = await session.add(metainfo, { path, peers: [peer], wanted: { only: ["sub/*"], skip: ["*.bin"] } });
    await torrent.done();
    expectSame(path, ["sub/small.txt"]);
    expect(existsSync(join(path, "album/big.bin"))).toBe(false);
    expect(torrent.files.map(({ priority }) => priority)).toEqual([0, 0, 1]);
    expect(torrent.status().state).toBe("finished");
    torrent.select({});
    await torrent.done();
    expectSame(path);
  });

  it("pauses, resumes, rechecks and moves", async () => {
    const session = await open();
    const torrent = await session.seed(source, { pieceLength: 65_536 });
    await torrent.done();
    await torrent.pause();
    expect(torrent.status().state).toBe("paused");
    await torrent.resume();
    expect(torrent.status().state).toBe("seeding");
    await torrent.recheck();
    expect(torrent.status()).toMatchObject({ state: "seeding", piecesDone: metainfo.pieceCount });

    const path = place();
    const peer = await seeder();
    const other = await open();
    const moving = await other.add(metainfo, { path, peers: [peer] });
    await moving.done();
    const target = place();
    mkdirSync(target);
    await moving.move(target);
    expectSame(target);
    expect(existsSync(join(path, "album/big.bin"))).toBe(false);
  });

  it("moves and rechecks a torrent that is paused, there and back, and stays where it is when told to go there", async () => {
    const [from, to] = [place(), place()];
    const session = await open();
    await (await session.add(metainfo, { path: from, peers: [await seeder()] })).done();
    await session.remove(metainfo.infoHashes.v1 ?? "");
    const torrent = await session.add(metainfo, { path: from, paused: true });
    for (const path of [to, from, from, join(from, "."), to]) {
      await torrent.move(path);
      expectSame(path);
    }
    expect(existsSync(join(from, "album"))).toBe(false);
    writeFiles(join(from, "album"), { "big.bin": "in the way" });
    await expect(torrent.move(from)).rejects.toMatchObject({ code: "FILE_UNSAFE" });
    const taken = place();
    writeFiles(join(taken, "album"), { "big.bin": "in the way" });
    await expect(torrent.move(taken)).rejects.toMatchObject({ code: "FILE_UNSAFE" });
    // It did not go there: others may.
    await (await session.seed(join(taken, "album"), { readOnly: false })).checked();
    await torrent.recheck();
    expect(torrent.status()).toMatchObject({ state: "paused", piecesDone: metainfo.pieceCount });
    await torrent.resume();
    await torrent.done();
    expectSame(to);
    await torrent.pause();
    await torrent.recheck();
    expect(torrent.status()).toMatchObject({ state: "paused", piecesDone: metainfo.pieceCount });
  });

  it("remembers a torrent where it was moved to: its metadata, its pieces and its parts, and nothing where it was", async () => {
    const [from, to, stateDir] = [place(), place(), place()];
    const wanted = { skip: ["sub/small.txt"] };
    // In version 1 the end of one file and the next one share a piece.
    const seedingSession = await open();
    const seeding = await seedingSession.seed(source, { pieceLength: 65_536, version: "v1" });
    const { magnet } = seeding;
    const { pieceCount } = seeding.metainfo as Metainfo;
    const first = await open({ stateDir });
    const torrent = await first.add(magnet, { path: from, wanted, peers: [addressOf(seedingSession)] });
    await torrent.done();
    await torrent.move(to);
    expect(torrent.status().piecesDone).toBe(pieceCount);
    await first.close();
    const [record, ...others] = readdirSync(join(stateDir, "records")).filter((name) => name.includes(torrent.infoHash));
    expect(others).toEqual([]);
    expect(readdirSync(join(stateDir, "parts"))).toEqual([`${record?.replace(/\.[^.]*$/, "")}.parts`]);

    const second = await open({ stateDir });
    const again = await second.add(magnet, { path: to, wanted, paused: true });
    // What is shown of a paused torrent is what is remembered: nobody has looked at the files yet.
    await again.ready();
    expect(again.status().piecesDone).toBe(pieceCount);
    await again.recheck();
    expect(again.status().piecesDone).toBe(pieceCount);
  });

  it("removes a torrent, with its files or without", async () => {
    const peer = await seeder();
    const session = await open();
    for (const deleteFiles of [false, true]) {
      const path = place();
      const torrent = await session.add(metainfo, { path, peers: [peer] });
      await torrent.done();
      const heard: string[] = [];
      torrent.on("removed", () => heard.push("removed"));
      await session.remove(deleteFiles ? torrent : torrent.infoHash, { deleteFiles });
      expect(existsSync(join(path, "album/big.bin"))).toBe(!deleteFiles);
      expect([heard, session.torrents.size]).toEqual([["removed"], 0]);
      expect(torrent.status().progress).toBe(1);
      await expect(torrent.ready({}).then(() => torrent.pause())).rejects.toMatchObject({ code: "ABORTED" });
    }
    await expect(session.remove("f".repeat(40))).rejects.toMatchObject({ code: "TORRENT_UNKNOWN" });
  });

  it("removes a torrent once, as the first call says, for all who ask", async () => {
    const path = place();
    const session = await open();
    const torrent = await session.add(metainfo, { path, peers: [await seeder()] });
    await torrent.done();
    let ends = 0;
    torrent.on("removed", () => ends++);
    await Promise.all([session.remove(torrent, { deleteFiles: true }), session.remove(torrent)]);
    expect([ends, session.torrents.size, existsSync(join(path, "album/big.bin"))]).toEqual([1, 0, false]);
    await expect(session.remove(torrent)).rejects.toMatchObject({ code: "TORRENT_UNKNOWN" });
  });

  it("forgets a torrent when it is told to, and keeps what it knows of it otherwise", async () => {
    const peer = await seeder();
    const stateDir = place();
    const path = place();
    const records = (): readonly string[] => readdirSync(join(stateDir, "records")).filter((name) => name !== "reserve");
    for (const forget of [false, true]) {
      const session = await open({ stateDir });
      const torrent = await session.add(metainfo, { path, peers: [peer] });
      await torrent.done();
      await session.remove(torrent, { forget });
      await session.close();
      expect(records().length > 0).toBe(!forget);
      expect(existsSync(join(path, "album/big.bin"))).toBe(true);
    }
  });

  it("keeps limits", async () => {
    const peer = await seeder();
    const session = await open({ limits: { down: 100_000 } });
    const torrent = await session.add(metainfo, { path: place(), peers: [peer], limits: { down: 50_000 } });
    await expect(torrent.done({ signal: AbortSignal.timeout(400) })).rejects.toThrow();
    expect(torrent.status().totalDone).toBeLessThan(1_000_000);
    torrent.limits = { down: 0 };
    await session.configure({ limits: { down: 0 } });
    await torrent.done();
    expect(torrent.limits).toEqual({ down: 0 });
  });

  it("refuses the same torrent twice, and the same place to two sessions", async () => {
    const stateDir = join(folder, "state-shared");
    const [one, two] = [await open({ stateDir }), await open({ stateDir })];
    const path = place();
    await one.add(metainfo, { path });
    await expect(one.add(metainfo, { path })).rejects.toMatchObject({ code: "TORRENT_EXISTS" });
    await expect(two.add(metainfo, { path })).rejects.toMatchObject({ code: "TARGET_IN_USE" });
    await expect(two.add(metainfo.toMagnet(), { path })).rejects.toMatchObject({ code: "TARGET_IN_USE" });
    await one.close();
    await two.add(metainfo, { path });
  });

  it("refuses a place that a session with another state folder writes to, or one with none", async () => {
    const [one, two, three] = [
      await open({ stateDir: join(folder, "state-one") }),
      await open({ stateDir: join(folder, "state-two") }),
      await open(),
    ];
    const path = place();
    await one.add(metainfo, { path });
    await expect(two.add(metainfo, { path })).rejects.toMatchObject({ code: "TARGET_IN_USE" });
    await expect(two.add(metainfo.toMagnet(), { path })).rejects.toMatchObject({ code: "TARGET_IN_USE" });
    await expect(three.add(metainfo, { path })).rejects.toMatchObject({ code: "TARGET_IN_USE" });
    // Reading beside the one who writes is harmless.
    await two.add(metainfo, { path, readOnly: true });
  });

  it("lets a magnet link go whose name turns out to be another torrent's place", async () => {
    const [one, two] = [await open(), await open()];
    const path = place();
    const other = await createTorrent(join(source, "big.bin"), { name: "album" });
    await (await one.add(other, { path })).checked();
    const torrent = await two.add(metainfo.toMagnet(), { path, peers: [await seeder()] });
    const removed = new Promise((resolve) => two.on("removed", resolve));
    await expect(torrent.done()).rejects.toMatchObject({ code: "TARGET_IN_USE" });
    await removed;
    expect(two.torrents.size).toBe(0);
    expect(statSync(join(path, "album")).isFile()).toBe(true);
  });

  it("remembers what is verified from one session to the next", async () => {
    const stateDir = join(folder, "state-kept");
    const path = place();
    const peer = await seeder();
    const first = await open({ stateDir });
    await (await (await first.add(metainfo, { path, peers: [peer] })).done()).durable();
    await first.close();
    const second = await open({ stateDir });
    const torrent = await second.add(metainfo, { path });
    const found: number[] = [];
    torrent.on("piece", (piece) => found.push(piece));
    await torrent.done();
    expect([found, torrent.status().downloaded]).toEqual([[], 0]);
  });

  it("goes on from resume data, without a state folder and without a check", async () => {
    const peer = await seeder();
    const path = place();
    const first = await open();
    const torrent = await first.add(metainfo, { path, peers: [peer] });
    await (await torrent.done()).durable();
    const resumeData = await torrent.resumeData();
    await first.close();
    await expect(torrent.resumeData()).rejects.toMatchObject({ code: "ABORTED" });
    const second = await open();
    const again = await second.add(metainfo, { path, resumeData });
    const found: number[] = [];
    again.on("piece", (piece) => found.push(piece));
    await again.done();
    expect([found, again.status().progress, again.status().downloaded]).toEqual([[], 1, 0]);
    // What is no record at all is no harm: everything is checked.
    const third = await open();
    await (await third.add(metainfo, { path, name: "album", readOnly: true, resumeData: Uint8Array.of(1, 2, 3) })).done();
  });

  it("closes once, ends what waits, and cannot be used after", async () => {
    const session = await open();
    const torrent = await session.add(metainfo, { path: place() });
    const waiting = torrent.done();
    const [first, second] = [session.close(), session.close()];
    await expect(waiting).rejects.toMatchObject({ code: "ABORTED" });
    await Promise.all([first, second]);
    await expect(session.add(metainfo)).rejects.toMatchObject({ code: "SESSION_CLOSED" });
    for await (const status of torrent) expect(status.state).toBeDefined();
    expect(torrent.peers()).toEqual([]);
  });

  it("opens only where it may listen, and only until its signal", async () => {
    const session = await open();
    const [taken] = session.listening;
    await expect(Session.open({ listen: [`127.0.0.1:${taken?.port}`] })).rejects.toMatchObject({
      code: "ADDRESS_IN_USE",
      message: expect.stringContaining(`listening on port ${taken?.port}: the port is taken`),
    });
    await expect(Session.open({ listen: ["here"] })).rejects.toMatchObject({ code: "LISTEN_INVALID" });
    await expect(Session.open({ signal: AbortSignal.abort() })).rejects.toThrow();
    const controller = new AbortController();
    const bounded = await open({ signal: controller.signal });
    const torrent = await bounded.add(metainfo, { path: place() });
    controller.abort();
    await expect(torrent.done()).rejects.toMatchObject({ code: "ABORTED" });
  });

  it("tells of itself at the pace of who asks, until it closes", async () => {
    const session = await open();
    let looks = 0;
    for await (const stats of session.watch(1)) {
      expect(stats).toEqual({ torrents: 0, peers: 0, downRate: 0, upRate: 0, downloaded: 0, uploaded: 0 });
      if (++looks === 3) void session.close();
    }
    expect(looks).toBe(3);
  });
});
