/**
 * Reads stretches of the stream into one buffer, with as few calls as can be: what follows each other in a file is one
 * `readv`, straight to the places where the bytes belong (gaps between them are free, measured). Never one call per block. What is in the system's memory is read at once, the rest by other threads.
 * @module
 */
import { readv, readvSync } from "node:fs";
import { HostError } from "@bittern/protocol/base";
import { diskFault } from "../faults.ts";
import { MISSING, PAD, type ReadJob } from "./jobs.ts";
import { type Layout, Names } from "./layout.ts";
import type { FileSource, OpenFiles } from "./open-files.ts";
import { faultOf, type WorkerThread } from "./pool.ts";
import type { ReadPace } from "./read-pace.ts";

/** Files one read may take from on this thread; a read from more goes to the worker as a whole: to have each opened there costs a message. */
const FILES_MAX = 4;

/** A part of the stream and where it goes in the buffer. */
export interface Wanted {
  readonly offset: number;
  readonly length: number;
  readonly place: number;
}

/** What follows each other in one file, and the views it goes to. */
interface Run {
  readonly file: number;
  readonly position: number;
  readonly views: Uint8Array[];
  length: number;
}

/** How reading one store is done. */
export interface ReadMeans {
  readonly layout: Layout;
  readonly files: OpenFiles;
  readonly source: FileSource;
  readonly worker: WorkerThread;
  readonly pace: ReadPace;
}

/** Hears how it went, and gets the buffer back: the one that was given, or another of its length where that one was lost. */
type Read = (fault: HostError | undefined, buffer: ArrayBuffer) => void;

/**
 * Fills the places in `buffer`, all of them, or says what was in the way. The buffer belongs to the reader until `done`. Places lie
 * in the order of `wanted`. Hot: once for every run of blocks that is uploaded; a view for each of them, and no call. A seed makes a
 * thousand reads a GiB, too few for any of this to be optimised, so that a call a block costs as much as reading it.
 */
export function readWanted(means: ReadMeans, wanted: readonly Wanted[], buffer: ArrayBuffer, done: Read): void {
  const stretches = stretchesOf(means.layout, wanted);
  const files = new Set<number>();
  for (const { file } of stretches) if (file !== PAD) files.add(file);
  if (files.size > FILES_MAX || stretches.some(({ file }) => file < 0 && file !== PAD)) return readInWorker(means, wanted, buffer, done);
  const runs: Run[] = [];
  for (const { file, position, length, places } of stretches) {
    const views: Uint8Array[] = [];
    for (let at = 0; at < places.length; at += 2) views.push(new Uint8Array(buffer, places[at] as number, places[at + 1] as number));
    const last = runs.at(-1);
    if (file === PAD) {
      for (const view of views) view.fill(0);
    } else if (last !== undefined && last.file === file && last.position + last.length === position) {
      last.views.push(...views);
      last.length += length;
    } else {
      runs.push({ file, position, views, length });
    }
  }
  readHere(means, runs, (fault) => done(fault, buffer));
}

/** What lies together in one file. */
interface Stretch {
  readonly file: number;
  readonly position: number;
  readonly length: number;
  /** Where its bytes go, one part after the other: pairs of place and length. */
  readonly places: readonly number[];
}

/** What is wanted, in the order of the stream. The way to a file is looked up once for all that lies together. */
function stretchesOf(layout: Layout, wanted: readonly Wanted[]): Stretch[] {
  const sorted = isAscending(wanted) ? wanted : wanted.toSorted((a, b) => a.offset - b.offset);
  const stretches: Stretch[] = [];
  for (let first = 0; first < sorted.length; ) {
    const { offset } = sorted[first] as Wanted;
    let end = offset;
    let next = first;
    while (next < sorted.length && (sorted[next] as Wanted).offset === end) end += (sorted[next++] as Wanted).length;
    let within = 0;
    layout.visit(offset, end - offset, (file, position, length) => {
      const places: number[] = [];
      for (let left = length; left > 0; ) {
        const one = sorted[first] as Wanted;
        const rest = one.length - within;
        const taken = rest < left ? rest : left;
        places.push(one.place + within, taken);
        left -= taken;
        within += taken;
        if (within < one.length) continue;
        first++;
        within = 0;
      }
      stretches.push({ file, position, length, places });
    });
  }
  return stretches;
}

function isAscending(wanted: readonly Wanted[]): boolean {
  for (let at = 1; at < wanted.length; at++) if ((wanted[at] as Wanted).offset < (wanted[at - 1] as Wanted).offset) return false;
  return true;
}

function readHere({ layout, files, source, pace }: ReadMeans, runs: readonly Run[], done: (fault: HostError | undefined) => void): void {
  let left = runs.length;
  let fault: HostError | undefined;
  if (left === 0) return done(undefined);
  for (const run of runs) {
    const path = layout.pathOf(run.file);
    files.use(source, path, (fd, unpin) => {
      const finish = (found: HostError | undefined): void => {
        unpin();
        fault ??= found;
        if (--left === 0) done(fault);
      };
      if (fd instanceof HostError) finish(fd);
      else readRun({ fd, path, pace }, run.views, run.position, finish);
    });
  }
}

interface ReadFile {
  readonly fd: number;
  readonly path: string;
  readonly pace: ReadPace;
}

/** Reads until all views are full: the system may bring less than asked, and brings nothing at the end of the file. */
function readRun(file: ReadFile, views: readonly Uint8Array[], position: number, done: (fault: HostError | undefined) => void): void {
  const read = (error: NodeJS.ErrnoException | null, count: number): void => {
    if (error) return done(diskFault(error, `reading ${file.path}`));
    const rest = viewsAfter(views, count);
    if (rest.length === 0) return done(undefined);
    if (count === 0) return done(new HostError("FILE_MISSING", `${file.path} ends too early`));
    readRun(file, rest, position + count, done);
  };
  const startedAt = performance.now();
  if (!file.pace.isNear(startedAt)) return readv(file.fd, views, position, read);
  let count = 0;
  try {
    count = readvSync(file.fd, views, position);
  } catch (error) {
    return read(error as NodeJS.ErrnoException, 0);
  }
  file.pace.took(performance.now() - startedAt);
  read(null, count);
}

function viewsAfter(views: readonly Uint8Array[], count: number): Uint8Array[] {
  const rest: Uint8Array[] = [];
  let skip = count;
  for (const view of views) {
    if (skip < view.length) rest.push(view.subarray(skip));
    skip = Math.max(0, skip - view.length);
  }
  return rest;
}

/** For what lies in the parts file, or in very many files. */
function readInWorker(means: ReadMeans, wanted: readonly Wanted[], buffer: ArrayBuffer, done: Read): void {
  const names = new Names(means.layout);
  const triples: number[] = [];
  const places: number[] = [];
  let isMissing = false;
  for (const { file, position, places: parts } of stretchesOf(means.layout, wanted)) {
    isMissing ||= file === MISSING;
    const name = names.indexOf(file);
    let from = position;
    for (let at = 0; at < parts.length; at += 2) {
      const length = parts[at + 1] as number;
      triples.push(name, from, length);
      places.push(parts[at] as number);
      from += length;
    }
  }
  if (isMissing) return done(new HostError("FILE_MISSING", "the bytes were never stored"), buffer);
  const { byteLength } = buffer;
  const job: ReadJob = { op: "read", store: means.source.store, stretch: { files: names.list, triples }, places, buffer };
  means.worker.ask(job, (answer) => {
    // The buffer died with its worker; its owner counts bytes, so it gets as many back.
    if (answer instanceof HostError) done(answer, new ArrayBuffer(byteLength));
    else done(faultOf(answer.fault), answer.buffer);
  });
}
