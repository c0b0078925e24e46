/**
 * E. Making a torrent of data that is in the page cache: hashing and reading, nothing else. How fast two cores hash at all is
 * measured beside it.
 * @module
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Bench, type BenchOptions, compare } from "./bench.ts";
import { bitternCommand } from "./bittern.ts";
import { writeRandom } from "./content.ts";
import type { Contender } from "./figures.ts";
import { Program, run } from "./measure.ts";

const MIB = 1024 ** 2;
const GIB = 1024 ** 3;
const BYTE_LENGTH = 2 * GIB;
const PIECE_LENGTH = MIB;
const LIBTORRENT_CREATE = fileURLToPath(new URL("libtorrent_create.py", import.meta.url));

type Figure = "seconds" | "megabytesPerSecond" | "cpuPerGib" | "resident" | "anonymous";

export const bench: Bench = {
  question: "Creation of 2 GiB, warm: v1 at least 0.95 x mktorrent -t 2 with at most 120 MiB, hybrid at least 1.5 x libtorrent?",
  run: (options) => {
    const path = join(options.folder, "data");
    writeRandom(path, BYTE_LENGTH);
    return compare(options, contenders(options, path), [
      { figure: "seconds", title: "s", digits: 2 },
      { figure: "megabytesPerSecond", title: "MB/s", digits: 0 },
      { figure: "cpuPerGib", title: "CPU s/GiB", digits: 2 },
      { figure: "resident", title: "RSS MiB", digits: 0 },
      { figure: "anonymous", title: "anon. MiB", digits: 0 },
    ]);
  },
};

function contenders({ folder, profileFolder }: BenchOptions, path: string): readonly Contender<Figure>[] {
  let outputCount = 0;
  const creator = (name: string, command: (output: string) => readonly string[]): Contender<Figure> => ({
    name,
    run: () => measure(command(join(folder, `${++outputCount}.torrent`))),
  });
  const bittern = (version: string, output: string): readonly string[] =>
    bitternCommand(["create", path, `--${version}`, "-o", output, "--piece-length", String(PIECE_LENGTH), "--quiet"], profileFolder);
  const libtorrent = (version: string, output: string): readonly string[] => {
    return ["/usr/bin/python3", LIBTORRENT_CREATE, path, output, String(PIECE_LENGTH), version];
  };
  return [
    creator("bittern, v1", (output) => bittern("v1", output)),
    creator("mktorrent -t 2, v1", (output) => ["mktorrent", "-t", "2", "-l", String(Math.log2(PIECE_LENGTH)), "-o", output, path]),
    creator("libtorrent, v1", (output) => libtorrent("v1", output)),
    creator("bittern, hybrid", (output) => bittern("hybrid", output)),
    creator("libtorrent, hybrid", (output) => libtorrent("hybrid", output)),
    { name: "openssl speed sha1 x 2, nothing read", run: measureHashing },
  ];
}

async function measure(command: readonly string[]): Promise<Record<Figure, number>> {
  const { wallSeconds, cpuSeconds, residentPeak, anonymousPeak } = await run(command);
  return {
    seconds: wallSeconds,
    megabytesPerSecond: BYTE_LENGTH / 1e6 / wallSeconds,
    cpuPerGib: cpuSeconds / (BYTE_LENGTH / GIB),
    resident: residentPeak / MIB,
    anonymous: anonymousPeak / MIB,
  };
}

/** Its last line is `sha1  3820000.00k`: thousands of bytes a second; told as the time 2 GiB would take. */
async function measureHashing(): Promise<Record<Figure, number>> {
  const program = new Program(["openssl", "speed", "-seconds", "1", "-bytes", String(PIECE_LENGTH), "-multi", "2", "sha1"]);
  const { residentPeak, anonymousPeak } = await program.ended();
  const rate = Number(/^sha1\s+([\d.]+)k\s*$/m.exec(program.output)?.[1]) * 1000;
  const seconds = BYTE_LENGTH / rate;
  return {
    seconds,
    megabytesPerSecond: rate / 1e6,
    cpuPerGib: (2 * seconds) / (BYTE_LENGTH / GIB),
    resident: residentPeak / MIB,
    anonymous: anonymousPeak / MIB,
  };
}
