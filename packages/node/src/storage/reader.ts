/**
 * Reads stretches of the stream into one buffer, with as few calls as can be: what follows each other in a file is one
 * `readv`, straight to the places where the bytes belong (gaps between them are free, measured). Never one call per block.
 * @module
 */
import { readv } from "node:fs";
import { HostError } from "@bittern/protocol/base";
import { diskFault } from "../faults.ts";
import { MISSING, PAD, type ReadJob } from "./jobs.ts";
import { type Layout, Names } from "./layout.ts";
import type { FileSource, OpenFiles } from "./open-files.ts";
import { faultOf, type WorkerThread } from "./pool.ts";

/** Files one read may take from on this thread; a read from more goes to the worker as a whole. */
const FILES_MAX = 16;

/** A part of the stream and where it goes in the buffer. */
export interface Wanted {
  readonly offset: number;
  readonly length: number;
  readonly place: number;
}

/** A stretch of one file and where it goes. */
interface Part {
  readonly file: number;
  readonly position: number;
  readonly length: number;
  readonly place: number;
}

/** What follows each other in one file. */
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
}

/** Fills the places in `buffer`, all of them, or says what was in the way. Nobody writes to `buffer` after `done`. */
export function readWanted(
  means: ReadMeans,
  wanted: readonly Wanted[],
  buffer: ArrayBuffer,
  done: (fault: HostError | undefined) => void,
): void {
  const parts = partsOf(means.layout, wanted);
  const files = new Set<number>();
  for (const { file } of parts) if (file !== PAD) files.add(file);
  const isPlain = files.size <= FILES_MAX && [...files].every((file) => file >= 0);
  if (isPlain) readHere(means, runsOf(parts, buffer), done);
  else readInWorker(means, parts, buffer, done);
}

function partsOf(layout: Layout, wanted: readonly Wanted[]): Part[] {
  const parts: Part[] = [];
  for (const { offset, length, place } of wanted) {
    let at = place;
    layout.visit(offset, length, (file, position, part) => {
      parts.push({ file, position, length: part, place: at });
      at += part;
    });
  }
  return parts;
}

/** Fills pads, puts the rest into the order of the files and joins what follows each other. */
function runsOf(parts: readonly Part[], buffer: ArrayBuffer): Run[] {
  const runs: Run[] = [];
  for (const { file, position, length, place } of parts.toSorted((a, b) => a.file - b.file || a.position - b.position)) {
    const view = new Uint8Array(buffer, place, length);
    const last = runs.at(-1);
    if (file === PAD) view.fill(0);
    else if (last !== undefined && last.file === file && last.position + last.length === position) {
      last.views.push(view);
      last.length += length;
    } else runs.push({ file, position, views: [view], length });
  }
  return runs;
}

function readHere({ layout, files, source }: ReadMeans, runs: readonly Run[], done: (fault: HostError | undefined) => void): void {
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
      else readRun(fd, run.views, run.position, path, finish);
    });
  }
}

/** Reads until all views are full: the system may bring less than asked, and brings nothing at the end of the file. */
function readRun(
  fd: number,
  views: readonly Uint8Array[],
  position: number,
  path: string,
  done: (fault: HostError | undefined) => void,
): void {
  readv(fd, views, position, (error, count) => {
    if (error) return done(diskFault(error, `reading ${path}`));
    const rest = viewsAfter(views, count);
    if (rest.length === 0) return done(undefined);
    if (count === 0) return done(new HostError("FILE_MISSING", `${path} ends too early`));
    readRun(fd, rest, position + count, path, done);
  });
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
function readInWorker(means: ReadMeans, parts: readonly Part[], buffer: ArrayBuffer, done: (fault: HostError | undefined) => void): void {
  const names = new Names(means.layout);
  const triples: number[] = [];
  const places: number[] = [];
  let end = 0;
  for (const { file, position, length, place } of parts) {
    if (file === MISSING) return done(new HostError("FILE_MISSING", "the bytes were never stored"));
    triples.push(names.indexOf(file), position, length);
    places.push(place);
    end = Math.max(end, place + length);
  }
  const job: ReadJob = { op: "read", store: means.source.store, stretch: { files: names.list, triples }, places, byteLength: end };
  means.worker.ask(job, (answer) => {
    if (answer instanceof ArrayBuffer) new Uint8Array(buffer).set(new Uint8Array(answer));
    done(faultOf(answer));
  });
}
