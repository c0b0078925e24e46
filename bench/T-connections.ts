/**
 * T. Ten thousand connections held by one session: what each holds beyond a bare socket, how long the loop keeps anybody
 * waiting, and what is left for a download of 1 GiB beside them.
 *
 * They belong to a torrent that is complete, are interested, and ask for nothing. Memory is the anonymous memory of the process,
 * with the connections less without them. The kernel's buffers are not in it. Each side needs a descriptor a
 * connection: `ulimit -Hn` from 12,000.
 * @module
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { libtorrent } from "../interop/peers/libtorrent.ts";
import { type Bench, type BenchOptions, compare } from "./bench.ts";
import { profileArguments } from "./bittern.ts";
import { type Content, makeContent } from "./content.ts";
import { Field } from "./field.ts";
import type { Contender } from "./figures.ts";
import type { Program } from "./measure.ts";
import { openLoopback } from "./network.ts";

const pathOf = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const SESSION = pathOf("session-process.mjs");
const CROWD = pathOf("crowd.mjs");
const BARE_SOCKETS = pathOf("bare-sockets.mjs");
const COUNT = 10_000;
const KIB = 1024;
const MIB = 1024 ** 2;
/** Seconds that nothing but the connections is there. */
const QUIET_SECONDS = 10;
const TIMEOUT_SECONDS = 180;
/** A figure that a contender does not have. */
const NONE = Number.NaN;

type Figure = "kibEach" | "connected" | "quietLag" | "busyLag" | "rate";

interface Stage {
  readonly options: BenchOptions;
  readonly field: Field;
  /** What the crowd is interested in. */
  readonly small: Content;
  /** What is downloaded beside it. */
  readonly large: Content;
}

export const bench: Bench = {
  question: "10,000 connections: at most 24 KiB each beyond bare sockets, lag p99 under 50 ms, 1 GiB beside them at 80 % of its rate?",
  run: async (options) => {
    const field = new Field({ folder: options.folder, network: await openLoopback(3) });
    try {
      const small = await makeContent(
        await field.makeFolder("small"),
        { name: "small", fileLength: MIB, pieceLength: 32 * KIB },
        field.announceUrl,
      );
      const large = await makeContent(
        await field.makeFolder("large"),
        { name: "gibibyte", fileLength: 1024 * MIB, pieceLength: MIB },
        field.announceUrl,
      );
      const stage = { options, field, small, large };
      return await compare(
        options,
        [bareSockets(stage), session(stage, 0), session(stage, COUNT)],
        [
          { figure: "kibEach", title: "KiB each", digits: 1 },
          { figure: "connected", title: "all connected s", digits: 2 },
          { figure: "quietLag", title: "lag p99 ms, quiet", digits: 1 },
          { figure: "busyLag", title: "lag p99 ms, download", digits: 1 },
          { figure: "rate", title: "1 GiB beside, MB/s", digits: 0 },
        ],
      );
    } finally {
      await field.close();
    }
  },
};

function bareSockets({ field, small }: Stage): Contender<Figure> {
  const run = async (): Promise<Record<Figure, number>> => {
    try {
      const [host, port] = [field.place(0).address, field.nextPort()];
      const server = field.start(field.place(0), [process.execPath, BARE_SOCKETS, host, String(port)]);
      await server.says(/listening/);
      const crowd = await gather(field, server, small, { host, port, count: COUNT });
      return { ...crowd, quietLag: NONE, busyLag: NONE, rate: NONE };
    } finally {
      await field.stop();
    }
  };
  return { name: "bare sockets", run };
}

function session(stage: Stage, count: number): Contender<Figure> {
  const { field, small, options } = stage;
  const run = async (): Promise<Record<Figure, number>> => {
    try {
      const [host, port] = [field.place(0).address, field.nextPort()];
      const torrents = join(small.folder, "..", "torrents");
      const settings = { listen: `${host}:${port}`, state: await field.makeFolder("state"), torrents, data: small.folder };
      const command = [process.execPath, ...profileArguments(options.profileFolder), SESSION, JSON.stringify(settings)];
      const program = field.start(field.place(0), [...command]);
      await program.says(/started/);
      const crowd = count === 0 ? { kibEach: NONE, connected: NONE } : await gather(field, program, small, { host, port, count });
      await askLag(program);
      await pause(QUIET_SECONDS);
      const quietLag = await askLag(program);
      const rate = await downloadBeside(stage, program);
      return { ...crowd, quietLag, busyLag: await askLag(program), rate };
    } finally {
      await field.stop();
    }
  };
  return { name: count === 0 ? "bittern, no connections" : `bittern, ${count.toLocaleString("en")} connections`, run };
}

/** Connects the crowd and measures what it costs the program. */
async function gather(
  field: Field,
  program: Program,
  { infoHash }: Content,
  { host, port, count }: { host: string; port: number; count: number },
): Promise<{ kibEach: number; connected: number }> {
  await pause(1);
  const before = program.memory().anonymous;
  const crowd = field.start(field.place(1), [process.execPath, CROWD, host, String(port), infoHash, String(count)]);
  await crowd.says(/connected|lost/, TIMEOUT_SECONDS);
  if (crowd.output.includes("lost")) throw new Error(`the crowd lost connections: ${crowd.output.slice(0, 500)}`);
  const connected = crowd.age;
  await pause(1);
  return { kibEach: (program.memory().anonymous - before) / count / KIB, connected };
}

/** Bytes of the large content in 10^6 per second. */
async function downloadBeside({ field, large }: Stage, program: Program): Promise<number> {
  const place = field.place(2);
  const port = field.nextPort();
  const seeder = await libtorrent.seed({
    lab: field.ground(place),
    address: place.address,
    port,
    torrent: large.torrent,
    folder: large.folder,
  });
  const path = await field.makeFolder("target");
  program.write(`${JSON.stringify({ fetch: large.torrent, path, peer: `${place.address}:${port}` })}\n`);
  const seconds = Number((await program.says(/fetched ([\d.]+)$/m, TIMEOUT_SECONDS))[1]);
  await field.stop(seeder);
  await field.remove(path);
  return large.byteLength / 1e6 / seconds;
}

let lagCount = 0;

async function askLag(program: Program): Promise<number> {
  const order = ++lagCount;
  program.write(`${JSON.stringify({ lag: order })}\n`);
  return Number((await program.says(new RegExp(`lag ${order}: ([\\d.]+)`)))[1]);
}

function pause(seconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, seconds * 1000));
}
