/**
 * The ring of jobs between those who send datagrams and the thread that does it for them: words of 32 bits that both see.
 *
 *     <submitted> <finished> <is waiting> <is ready> <-> <-> <-> <->      counts of jobs, from 0 and around
 *     <descriptor> <count> <address, low> <address, high>                 a job, by its number in the ring
 * @module
 */
const HEAD_WORDS = 8;
const JOB_WORDS = 4;
/** Jobs that may wait. */
export const JOB_COUNT = 8;
export const RING_BYTES: number = 4 * (HEAD_WORDS + JOB_COUNT * JOB_WORDS);

export const SUBMITTED = 0;
export const FINISHED = 1;
export const WAITING = 2;
export const IS_READY = 3;

/** Where words stand in a job. */
export const JOB = { descriptor: 0, count: 1, low: 2, high: 3 } as const;

/** Where a job stands. */
export function wordOf(job: number): number {
  return HEAD_WORDS + (job & (JOB_COUNT - 1)) * JOB_WORDS;
}
