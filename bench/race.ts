/**
 * A race: one seeder, one or more downloaders that start together, the clock from their start until each is complete.
 *
 * All find each other through a tracker; where `tellsSeeder` is set, clients that can be told of a peer also know the seeder from
 * the start. A downloader's CPU seconds are those of its whole life, start and end included; a
 * seeder's are those since the race began, since it may take its time to get ready. What arrived is compared byte for byte
 * afterwards.
 * @module
 */
import { join } from "node:path";
import type { ForeignClient, Transfer } from "../interop/peers/peer.ts";
import type { Content } from "./content.ts";
import type { Field } from "./field.ts";
import { type Cost, type Program, run } from "./measure.ts";

const GIB = 1024 ** 3;
const MIB = 1024 ** 2;
const DEFAULT_TIMEOUT_SECONDS = 240;
/** Bytes: more than any handshake, and one block. */
const FIRST_LENGTH = 16 * 1024;
const FIRST_POLL_MILLIS = 10;

export interface Fetcher {
  readonly client: ForeignClient;
  /** Ends the moment it is complete. */
  readonly leaves?: boolean;
}

export interface Race {
  readonly field: Field;
  readonly content: Content;
  readonly seeder: ForeignClient;
  /** Each gets a place of its own, after the seeder's. */
  readonly fetchers: readonly Fetcher[];
  readonly tellsSeeder?: boolean;
  readonly timeoutSeconds?: number;
}

export interface Side {
  readonly name: string;
  /** From the start of the downloaders until it was complete; 0 for the seeder. */
  readonly seconds: number;
  readonly cpuSeconds: number;
  /** Bytes. */
  readonly residentPeak: number;
  readonly anonymousPeak: number;
  /** Bytes on the wire until the last was complete; 0 where the network does not count them. */
  readonly sentLength: number;
}

export interface Finish {
  readonly seeder: Side;
  readonly fetchers: readonly Side[];
  /** Until the last was complete. */
  readonly seconds: number;
  /** Until the seeder had sent a block; not a number where the network does not count. */
  readonly firstBlockSeconds: number;
}

export async function race(plan: Race): Promise<Finish> {
  const { field, content, seeder, fetchers } = plan;
  try {
    await field.startTracker();
    const home = placement(field, 0);
    const source = await seeder.seed({ ...home, torrent: content.torrent, folder: content.folder });
    await field.awaitSeeds(content.infoHash, 1);
    const cpuBefore = source.cpuSecondsSoFar();
    const sentBefore = countSent(field, fetchers.length + 1);
    const firstBlock = awaitFirstBlock(field);
    const running = await runToCompletion(plan, plan.tellsSeeder === true ? { peer: home } : {}).finally(() => firstBlock.stop());
    const sent = countSent(field, fetchers.length + 1).map((length, index) => length - (sentBefore[index] as number));
    await field.stop();
    await Promise.all(running.map(({ folder }) => run(["diff", "-rq", join(content.folder, content.name), join(folder, content.name)])));
    const cost = await source.ended();
    const sides = await Promise.all(
      running.map(async ({ name, program, seconds }, index) => sideOf(name, seconds, await program.ended(), sent[index + 1] as number)),
    );
    return {
      seeder: sideOf(seeder.name, 0, { ...cost, cpuSeconds: cost.cpuSeconds - cpuBefore }, sent[0] as number),
      fetchers: sides,
      seconds: Math.max(...sides.map(({ seconds }) => seconds)),
      firstBlockSeconds: firstBlock.seconds(),
    };
  } finally {
    await field.stop();
    await Promise.all(fetchers.map((_, index) => field.remove(targetOf(field, index))));
  }
}

/** Watches the seeder's way out from now on. */
function awaitFirstBlock(field: Field): { readonly seconds: () => number; readonly stop: () => void } {
  const startedAt = performance.now();
  const before = field.place(0).sentLengthAbout();
  let seconds = Number.NaN;
  const timer = setInterval(() => {
    if (field.place(0).sentLengthAbout() - before < FIRST_LENGTH) return;
    seconds = (performance.now() - startedAt) / 1000;
    clearInterval(timer);
  }, FIRST_POLL_MILLIS);
  return { seconds: () => seconds, stop: () => clearInterval(timer) };
}

interface Running {
  readonly name: string;
  readonly folder: string;
  readonly program: Program;
  readonly seconds: number;
}

async function runToCompletion(
  { field, content, fetchers, timeoutSeconds = DEFAULT_TIMEOUT_SECONDS }: Race,
  known: Pick<Transfer, "peer">,
): Promise<readonly Running[]> {
  const startedAt = performance.now();
  return Promise.all(
    fetchers.map(async ({ client, leaves = false }, index) => {
      const folder = targetOf(field, index);
      if (client.completes === undefined) throw new Error(`${client.name} does not say when it is complete`);
      const program = await client.fetch({ ...placement(field, index + 1), ...known, torrent: content.torrent, folder });
      await program.says(client.completes, timeoutSeconds);
      const seconds = (performance.now() - startedAt) / 1000;
      if (leaves) await field.stop(program);
      return { name: client.name, folder, program, seconds };
    }),
  );
}

function placement(field: Field, index: number): Pick<Transfer, "lab" | "address" | "port"> {
  const place = field.place(index);
  return { lab: field.ground(place), address: place.address, port: field.nextPort() };
}

function targetOf(field: Field, index: number): string {
  return join(field.folder, `target ${index}`);
}

function countSent(field: Field, count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => field.place(index).sentLength());
}

function sideOf(name: string, seconds: number, { cpuSeconds, residentPeak, anonymousPeak }: Cost, sentLength: number): Side {
  return { name, seconds, cpuSeconds, residentPeak, anonymousPeak, sentLength };
}

/** The figures of a transfer from one to one. */
export type TransferFigure =
  | "seconds"
  | "megabytesPerSecond"
  | "seederCpu"
  | "downloaderCpu"
  | "seederResident"
  | "downloaderResident"
  | "seederAnonymous"
  | "downloaderAnonymous";

/** CPU seconds stand per GiB, memory in MiB. */
export function transferFigures({ seeder, fetchers, seconds }: Finish, byteLength: number): Record<TransferFigure, number> {
  const [fetcher] = fetchers as readonly [Side, ...Side[]];
  const gibibytes = byteLength / GIB;
  return {
    seconds,
    megabytesPerSecond: byteLength / 1e6 / seconds,
    seederCpu: seeder.cpuSeconds / gibibytes,
    downloaderCpu: fetcher.cpuSeconds / gibibytes,
    seederResident: seeder.residentPeak / MIB,
    downloaderResident: fetcher.residentPeak / MIB,
    seederAnonymous: seeder.anonymousPeak / MIB,
    downloaderAnonymous: fetcher.anonymousPeak / MIB,
  };
}

export const TRANSFER_COLUMNS: readonly { readonly figure: TransferFigure; readonly title: string; readonly digits: number }[] = [
  { figure: "seconds", title: "s", digits: 2 },
  { figure: "megabytesPerSecond", title: "MB/s", digits: 0 },
  { figure: "seederCpu", title: "seeder CPU s/GiB", digits: 2 },
  { figure: "downloaderCpu", title: "downloader CPU s/GiB", digits: 2 },
  { figure: "seederResident", title: "seeder RSS MiB", digits: 0 },
  { figure: "downloaderResident", title: "downloader RSS MiB", digits: 0 },
  { figure: "seederAnonymous", title: "seeder anon. MiB", digits: 0 },
  { figure: "downloaderAnonymous", title: "downloader anon. MiB", digits: 0 },
];
