/**
 * L. How cost grows with the work: pieces of a torrent, torrents of a session, connections, files of a torrent.
 *
 * A session of ours is started with less and with more of each, and what it cost from its start on is compared with an empty one.
 * A curve that is linear has the same microseconds and bytes for each at every size; the first rows carry what every torrent and
 * every warm-up costs. Pieces are also downloaded, in the simulator, where nothing but the engine works.
 * @module
 */
import { randomBytes } from "node:crypto";
import { mkdirSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseTorrent } from "@bittern/protocol/metainfo";
import { type Bench, type BenchOptions, compare } from "./bench.ts";
import { profileArguments } from "./bittern.ts";
import { Field } from "./field.ts";
import type { Contender } from "./figures.ts";
import type { Program } from "./measure.ts";
import { openLoopback } from "./network.ts";
import { simulateSwarm } from "./simulation.ts";

const pathOf = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const SESSION = pathOf("session-process.mjs");
const CROWD = pathOf("crowd.mjs");
const KIB = 1024;
const MICROS = 1e6;
const PIECE_LENGTH = 16 * KIB;
const HASH_LENGTH = 20;
/** Powers of ten. */
const PIECE_COUNTS = [1_000, 10_000, 100_000, 1_000_000];
const SIMULATED_PIECE_COUNTS = [100, 1_000, 10_000];
const TORRENT_COUNTS = [1, 10, 100, 1_000, 10_000];
const CONNECTION_COUNTS = [1, 10, 100, 1_000, 10_000];
const FILE_COUNTS = [1, 10, 100, 1_000, 10_000, 100_000];
const TIMEOUT_SECONDS = 180;
/** Seconds a session has to come to rest before it is measured. */
const REST_SECONDS = 1;

type Figure = "cpu" | "micros" | "memory" | "bytes";

interface Cost {
  readonly cpuSeconds: number;
  readonly anonymous: number;
}

/** What a torrent shares: nothing but zeros that nobody reads, since it is taken for whole. */
interface Sparse {
  readonly name: string;
  readonly fileCount: number;
  readonly pieceCount: number;
}

export const bench: Bench = {
  question: "Pieces, torrents, connections, files: is the cost of each the same however many there are?",
  run: async (options) => {
    const field = new Field({ folder: options.folder, network: await openLoopback(2) });
    const stage = new Stage(options, field);
    try {
      const contenders = [
        ...PIECE_COUNTS.map((count) => stage.torrents("pieces", count, [{ name: "pieces", fileCount: 1, pieceCount: count }])),
        ...SIMULATED_PIECE_COUNTS.map((count) => simulated(options, count)),
        ...TORRENT_COUNTS.map((count) => stage.torrents("torrents", count, manyOf(count))),
        ...CONNECTION_COUNTS.map((count) => stage.connections(count)),
        ...FILE_COUNTS.map((count) => stage.torrents("files", count, [{ name: "files", fileCount: count, pieceCount: count }])),
      ];
      return await compare(
        options,
        contenders,
        [
          { figure: "cpu", title: "CPU s", digits: 2 },
          { figure: "micros", title: "CPU µs each", digits: 1 },
          { figure: "memory", title: "anon. MiB", digits: 0 },
          { figure: "bytes", title: "bytes each", digits: 0 },
        ],
        0,
      );
    } finally {
      await field.close();
    }
  },
};

/** Sessions that are started with something, and what they cost beyond an empty one. */
class Stage {
  readonly #options: BenchOptions;
  readonly #field: Field;

  constructor(options: BenchOptions, field: Field) {
    this.#options = options;
    this.#field = field;
  }

  torrents(what: string, count: number, torrents: readonly Sparse[]): Contender<Figure> {
    const run = async (): Promise<Record<Figure, number>> => {
      const folders = await this.#make(torrents);
      const cost = await this.#measure(folders, async () => undefined);
      return figuresOf(cost, await this.#measure(undefined, async () => undefined), count);
    };
    return { name: `${count.toLocaleString("en")} ${what}`, run };
  }

  connections(count: number): Contender<Figure> {
    const run = async (): Promise<Record<Figure, number>> => {
      const sparse = { name: "crowded", fileCount: 1, pieceCount: 64 };
      const folders = await this.#make([sparse]);
      const alone = await this.#measure(folders, async () => undefined);
      const crowded = await this.#measure(folders, async (port) => {
        const command = [process.execPath, CROWD, this.#field.place(0).address, String(port), folders.infoHash, String(count)];
        await this.#field.start(this.#field.place(1), command).says(/^connected/m, TIMEOUT_SECONDS);
      });
      return figuresOf(crowded, alone, count);
    };
    return { name: `${count.toLocaleString("en")} connections`, run };
  }

  /** A session from its start until it has started and what happens has happened. */
  async #measure(folders: Folders | undefined, happen: (port: number) => Promise<void>): Promise<Cost> {
    try {
      const port = this.#field.nextPort();
      const listen = `${this.#field.place(0).address}:${port}`;
      const state = await this.#field.makeFolder("state");
      const settings = JSON.stringify({ listen, state, torrents: folders?.torrents, data: folders?.data });
      const command = [process.execPath, ...profileArguments(this.#options.profileFolder), SESSION, settings];
      const program: Program = this.#field.start(this.#field.place(0), command);
      await program.says(/^started/m, TIMEOUT_SECONDS);
      await happen(port);
      await new Promise((resolve) => setTimeout(resolve, REST_SECONDS * 1000));
      return { cpuSeconds: program.cpuSecondsOfThreads(), anonymous: program.memory().anonymous };
    } finally {
      await this.#field.stop();
    }
  }

  async #make(torrents: readonly Sparse[]): Promise<Folders> {
    const folder = await this.#field.makeFolder("growth");
    const folders = { torrents: join(folder, "torrents"), data: join(folder, "data") };
    for (const path of Object.values(folders)) mkdirSync(path);
    let infoHash = "";
    for (const sparse of torrents) {
      const torrent = makeSparse(folders.data, sparse);
      writeFileSync(join(folders.torrents, `${sparse.name}.torrent`), torrent);
      infoHash = parseTorrent(torrent).infoHashes.v1 ?? "";
    }
    return { ...folders, infoHash };
  }
}

interface Folders {
  readonly torrents: string;
  readonly data: string;
  /** Of the last torrent, as hex. */
  readonly infoHash: string;
}

function manyOf(count: number): readonly Sparse[] {
  return Array.from({ length: count }, (_, index) => ({ name: `torrent ${index}`, fileCount: 1, pieceCount: 1 }));
}

/** One downloader and one seed, of which only the downloader's share grows with the pieces asked of the picker. */
function simulated(options: BenchOptions, pieceCount: number): Contender<Figure> {
  const run = async (): Promise<Record<Figure, number>> => {
    const sizes = { peers: 1, "total-length": pieceCount * PIECE_LENGTH, "piece-length": PIECE_LENGTH };
    const { cost } = await simulateSwarm(1, sizes, options.profileFolder);
    return figuresOf({ cpuSeconds: cost.cpuSeconds, anonymous: cost.anonymousPeak }, { cpuSeconds: 0, anonymous: 0 }, pieceCount);
  };
  return { name: `${pieceCount.toLocaleString("en")} pieces, simulated transfer`, run };
}

function figuresOf(cost: Cost, empty: Cost, count: number): Record<Figure, number> {
  const cpu = cost.cpuSeconds - empty.cpuSeconds;
  const memory = cost.anonymous - empty.anonymous;
  return { cpu, micros: (cpu / count) * MICROS, memory: memory / KIB ** 2, bytes: memory / count };
}

/** Files of equal length, made without writing a byte; returns the torrent. */
function makeSparse(data: string, { name, fileCount, pieceCount }: Sparse): Buffer {
  const text = (value: string): string => `${Buffer.byteLength(value)}:${value}`;
  const fileLength = (pieceCount / fileCount) * PIECE_LENGTH;
  const paths = fileCount === 1 ? [name] : Array.from({ length: fileCount }, (_, index) => join(name, `file ${index}`));
  if (fileCount > 1) mkdirSync(join(data, name));
  for (const path of paths) {
    writeFileSync(join(data, path), "");
    truncateSync(join(data, path), fileLength);
  }
  const list = paths.map((path) => `d6:lengthi${fileLength}e4:pathl${text(path.slice(name.length + 1))}ee`);
  const files = fileCount === 1 ? `6:lengthi${fileLength}e` : `5:filesl${list.join("")}e`;
  const head = `d4:infod${files}4:name${text(name)}12:piece lengthi${PIECE_LENGTH}e6:pieces${pieceCount * HASH_LENGTH}:`;
  return Buffer.concat([Buffer.from(head), randomBytes(pieceCount * HASH_LENGTH), Buffer.from("ee")]);
}
