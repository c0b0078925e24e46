/**
 * Spreads the hashing of pieces over the hash workers, some MiB a message.
 * @module
 */
import type { Done, MerkleExpectation, PieceExpectation } from "@bittern/host";
import { assert, type HostError, type PieceIndex } from "@bittern/protocol/base";
import type { LeavesJob, PieceToVerify, VerifyJob } from "./jobs.ts";
import { type Layout, Names, pieceLengthOf } from "./layout.ts";
import { faultOf, type WorkerPool } from "./pool.ts";

/** Bytes of pieces in one message: enough that it costs nothing, little enough that the workers end together. */
const JOB_LENGTH = 8 * 1024 * 1024;
/** Messages under way for each worker. */
const JOBS_EACH = 2;

/** A verdict a piece, in order; the first fault ends it. */
export function verifyRange(
  hashers: WorkerPool,
  layout: Layout,
  partsRoot: string,
  pieces: readonly PieceIndex[],
  expected: readonly PieceExpectation[],
  done: Done<Uint8Array>,
): void {
  assert(pieces.length === expected.length, "every piece to verify has its expectation");
  const verdicts = new Uint8Array(pieces.length);
  let next = 0;
  let underWay = 0;
  let fault: HostError | undefined;
  const step = (): void => {
    while (fault === undefined && next < pieces.length && underWay < JOBS_EACH * hashers.count) {
      const first = next;
      next = endOfJob(layout, pieces, first);
      underWay++;
      const job = jobOf(layout, partsRoot, pieces.slice(first, next), expected.slice(first, next));
      hashers.ask(job, (answer) => {
        underWay--;
        if (answer instanceof Uint8Array) verdicts.set(answer, first);
        else fault ??= faultOf(answer);
        step();
      });
    }
    if (underWay === 0 && (next === pieces.length || fault !== undefined)) finish();
  };
  let isFinished = false;
  const finish = (): void => {
    if (isFinished) return;
    isFinished = true;
    done(fault ?? verdicts);
  };
  step();
}

/** The leaves of one piece; `undefined` when it is not what it should be. */
export function hashLeaves(
  hashers: WorkerPool,
  layout: Layout,
  partsRoot: string,
  piece: PieceIndex,
  merkle: MerkleExpectation,
  done: Done<Uint8Array | undefined>,
): void {
  hashers.ask<LeavesJob>({ ...jobOf(layout, partsRoot, [piece], [{ merkle }]), op: "leaves" }, (answer) =>
    done(answer === undefined || answer instanceof Uint8Array ? answer : faultOf(answer)),
  );
}

function endOfJob(layout: Layout, pieces: readonly PieceIndex[], first: number): number {
  let end = first;
  for (let length = 0; end < pieces.length && length < JOB_LENGTH; end++) length += pieceLengthOf(layout.plan, pieces[end] as number);
  return end;
}

function jobOf(layout: Layout, partsRoot: string, pieces: readonly PieceIndex[], expected: readonly PieceExpectation[]): VerifyJob {
  const names = new Names(layout);
  const { root, readOnly } = layout.plan;
  const asked = pieces.map((piece, at): PieceToVerify => {
    const expectation = expected[at] as PieceExpectation;
    const triples: number[] = [];
    const byteLength = lengthToHash(layout, piece, expectation);
    layout.visit(piece * layout.plan.pieceLength, byteLength, (file, position, part) => triples.push(names.indexOf(file), position, part));
    return { triples, byteLength, expected: expectation };
  });
  return { op: "verify", root, partsRoot, readOnly, files: names.list, pieces: asked };
}

/** A v2 piece ends where its file's data end; with SHA-1 the padding counts. */
function lengthToHash(layout: Layout, piece: PieceIndex, { sha1, merkle }: PieceExpectation): number {
  const whole = pieceLengthOf(layout.plan, piece);
  return sha1 !== undefined || merkle === undefined ? whole : Math.min(whole, merkle.dataLength);
}
