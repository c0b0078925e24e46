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
import { blocksRead, type ReadPace } from "./read-pace.ts";

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
 * in the order of `wanted`. Hot: once for every run of blocks that is uploaded; a view for each of them, and nothing else.
 */
export function readWanted(means: ReadMeans, wanted: readonly Wanted[], buffer: ArrayBuffer, done: Read): void {
  const runs: Run[] = [];
  const files = new Set<number>();
  let isPlain = true;
  visitParts(means.layout, wanted, (file, position, length, place) => {
    if (files.size > FILES_MAX) return;
    const view = new Uint8Array(buffer, place, length);
    if (file === PAD) {
      view.fill(0);
      return;
    }
    if (file < 0) isPlain = false;
    const last = runs.at(-1);
    if (last !== undefined && last.file === file && last.position + last.length === position) {
      last.views.push(view);
      last.length += length;
      return;
    }
    runs.push({ file, position, views: [view], length });
    files.add(file);
  });
  if (isPlain && files.size <= FILES_MAX) readHere(means, runs, (fault) => done(fault, buffer));
  else readInWorker(means, wanted, buffer, done);
}

/** Visits what lies in one file and goes to one place, in the order of the stream. The way to a file is looked up once for all that lies together. */
function visitParts(
  layout: Layout,
  wanted: readonly Wanted[],
  visit: (file: number, position: number, length: number, place: number) => void,
): void {
  const sorted = isAscending(wanted) ? wanted : wanted.toSorted((a, b) => a.offset - b.offset);
  for (let first = 0; first < sorted.length; ) {
    const { offset } = sorted[first] as Wanted;
    let end = offset;
    let next = first;
    while (next < sorted.length && (sorted[next] as Wanted).offset === end) end += (sorted[next++] as Wanted).length;
    let within = 0;
    layout.visit(offset, end - offset, (file, position, length) => {
      for (let done = 0; done < length; ) {
        const one = sorted[first] as Wanted;
        const taken = Math.min(length - done, one.length - within);
        visit(file, position + done, taken, one.place + within);
        done += taken;
        within += taken;
        if (within < one.length) continue;
        first++;
        within = 0;
      }
    });
  }
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
  const blocksBefore = blocksRead();
  let count = 0;
  try {
    count = readvSync(file.fd, views, position);
  } catch (error) {
    return read(error as NodeJS.ErrnoException, 0);
  }
  file.pace.took(performance.now() - startedAt, blocksRead() > blocksBefore);
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
  visitParts(means.layout, wanted, (file, position, length, place) => {
    isMissing ||= file === MISSING;
    triples.push(names.indexOf(file), position, length);
    places.push(place);
  });
  if (isMissing) return done(new HostError("FILE_MISSING", "the bytes were never stored"), buffer);
  const { byteLength } = buffer;
  const job: ReadJob = { op: "read", store: means.source.store, stretch: { files: names.list, triples }, places, buffer };
  means.worker.ask(job, (answer) => {
    // The buffer died with its worker; its owner counts bytes, so it gets as many back.
    if (answer instanceof HostError) done(answer, new ArrayBuffer(byteLength));
    else done(faultOf(answer.fault), answer.buffer);
  });
}
