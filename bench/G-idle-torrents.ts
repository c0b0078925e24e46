/**
 * G. Many torrents nobody asks for: how soon they are announced, what they cost while nothing happens.
 *
 * Each is one file of 16 KiB that is taken for whole. CPU is what the threads used while nothing happened, from the kernel's
 * own clock; memory of a torrent is what the process holds more than without any.
 * @module
 */
import { createHash } from "node:crypto";
import { mkdirSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Bench, type BenchOptions, compare } from "./bench.ts";
import { profileArguments } from "./bittern.ts";
import { Field } from "./field.ts";
import type { Contender } from "./figures.ts";
import type { Program } from "./measure.ts";
import { openLoopback } from "./network.ts";

const SESSION = fileURLToPath(new URL("session-process.mjs", import.meta.url));
const LIBTORRENT_MANY = fileURLToPath(new URL("libtorrent_many.py", import.meta.url));
const COUNTING_TRACKER = fileURLToPath(new URL("counting-tracker.mjs", import.meta.url));
const COUNTS = [1000, 10_000];
const FILE_LENGTH = 16_384;
const MIB = 1024 ** 2;
const KIB = 1024;
/** Seconds it may take to announce all. */
const ANNOUNCE_TIMEOUT_SECONDS = 300;
/** After the announces a client tidies up, V8's heaps some 8 to 25 s later and once: seconds until idling counts, and how long it does. */
const SETTLE_SECONDS = 35;
const IDLE_SECONDS = 30;

type Figure = "started" | "announced" | "idlePercent" | "resident" | "residentEach" | "anonymousEach";

interface Many {
  readonly name: string;
  /** Command for a folder of torrents and one of data; no torrents when left out. */
  command(field: Field, folders: Folders | undefined): readonly string[];
}

interface Folders {
  readonly torrents: string;
  readonly data: string;
}

export const bench: Bench = {
  question: "1,000 torrents seeded: announced in 1.5 s, at most 110 MiB and 0.3 % CPU; 10,000: started in 5 s, at most 64 KiB each?",
  run: async (options) => {
    const field = new Field({ folder: options.folder, network: await openLoopback(1) });
    try {
      const contenders = COUNTS.flatMap((count) => {
        const folders = makeTorrents(options.folder, count, field.announceUrl);
        return [bittern(options), libtorrent].map((many) => contender(field, many, count, folders));
      });
      return await compare(
        options,
        contenders,
        [
          { figure: "started", title: "started s", digits: 2 },
          { figure: "announced", title: "announced s", digits: 2 },
          { figure: "idlePercent", title: "idle CPU %", digits: 2 },
          { figure: "resident", title: "RSS MiB", digits: 0 },
          { figure: "residentEach", title: "RSS KiB each", digits: 1 },
          { figure: "anonymousEach", title: "anon. KiB each", digits: 1 },
        ],
        0,
      );
    } finally {
      await field.close();
    }
  },
};

function bittern({ folder, profileFolder }: BenchOptions): Many {
  return {
    name: "bittern",
    command: (field, folders) => {
      const options = { listen: `${field.place(0).address}:${field.nextPort()}`, state: join(folder, "state"), ...folders };
      return [process.execPath, ...profileArguments(profileFolder), SESSION, JSON.stringify(options)];
    },
  };
}

const libtorrent: Many = {
  name: "libtorrent",
  command: (field, folders) => {
    const where = [field.place(0).address, String(field.nextPort())];
    return ["/usr/bin/python3", LIBTORRENT_MANY, ...where, folders?.torrents ?? "-", folders?.data ?? "-"];
  },
};

function contender(field: Field, many: Many, count: number, folders: Folders): Contender<Figure> {
  const run = async (): Promise<Record<Figure, number>> => {
    try {
      const empty = await measureEmpty(field, many);
      const { hub } = field.network;
      const tracker = field.start(hub, [process.execPath, COUNTING_TRACKER, hub.address, String(Field.trackerPort), String(count)]);
      await tracker.says(/listening/);
      const program = field.start(field.place(0), many.command(field, folders));
      const announced = tracker.says(/announced/, ANNOUNCE_TIMEOUT_SECONDS).then(() => program.age);
      const started = program.says(/started/, ANNOUNCE_TIMEOUT_SECONDS).then(() => program.age);
      const times = { started: await started, announced: await announced };
      const idlePercent = await measureIdling(program);
      const { resident, anonymous } = program.memory();
      return {
        ...times,
        idlePercent,
        resident: resident / MIB,
        residentEach: (resident - empty.resident) / count / KIB,
        anonymousEach: (anonymous - empty.anonymous) / count / KIB,
      };
    } finally {
      await field.stop();
    }
  };
  return { name: `${many.name}, ${count.toLocaleString("en")}`, run };
}

async function measureEmpty(field: Field, many: Many): Promise<{ resident: number; anonymous: number }> {
  const program = field.start(field.place(0), many.command(field, undefined));
  await program.says(/started 0/);
  const memory = program.memory();
  await field.stop(program);
  return memory;
}

async function measureIdling(program: Program): Promise<number> {
  await pause(SETTLE_SECONDS);
  const before = program.cpuSecondsOfThreads();
  await pause(IDLE_SECONDS);
  return ((program.cpuSecondsOfThreads() - before) / IDLE_SECONDS) * 100;
}

function pause(seconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, seconds * 1000));
}

/** All of zeros, which cost no room: only the names differ. */
function makeTorrents(folder: string, count: number, announceUrl: string): Folders {
  const folders = { torrents: join(folder, `torrents ${count}`), data: join(folder, `data ${count}`) };
  for (const path of Object.values(folders)) mkdirSync(path);
  const pieces = createHash("sha1").update(Buffer.alloc(FILE_LENGTH)).digest();
  const text = (value: string): string => `${value.length}:${value}`;
  for (let index = 0; index < count; index++) {
    const name = `file ${index}`;
    writeFileSync(join(folders.data, name), "");
    truncateSync(join(folders.data, name), FILE_LENGTH);
    const head = `d8:announce${text(announceUrl)}4:infod6:lengthi${FILE_LENGTH}e4:name${text(name)}12:piece lengthi${FILE_LENGTH}e6:pieces20:`;
    writeFileSync(join(folders.torrents, `${name}.torrent`), Buffer.concat([Buffer.from(head), pieces, Buffer.from("ee")]));
  }
  return folders;
}
