/**
 * A resume record for tests.
 * @module
 */
import { Bitfield } from "@bittern/protocol/base";
import type { ResumeRecord } from "./resume.ts";

/** An orderly record of nothing but what is given. */
export function resumeRecord(facts: Pick<ResumeRecord, "stamps"> & Partial<ResumeRecord>): ResumeRecord {
  return {
    infoHashV1: undefined,
    infoHashV2: undefined,
    verified: new Bitfield(0),
    suspect: new Bitfield(facts.verified?.length ?? 0),
    isClean: true,
    priorities: [],
    uploaded: 0,
    downloaded: 0,
    addedSeconds: 0,
    completedSeconds: undefined,
    trackers: [],
    info: undefined,
    pieceLayers: [],
    ...facts,
  };
}
