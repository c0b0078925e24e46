/**
 * The end of a download (BEP 3, "endgame mode"): when every wanted block was asked for, one slow peer holds up everything.
 *
 * The rule of old, to ask everybody for everything, wastes what it saves: the blocks are on their way when the cancel
 * arrives. So a block is asked for a second time only of a peer that will bring it in less than half the time the first
 * one still needs, and what is risked stays under one per cent of the download. A block whose peer fell silent is outside
 * of that allowance: it is most likely lost, and without a second request the download might never end. So is one of a peer that is far slower and would need
 * half a second more for it: what has left for an uplink of 1 Mbit/s cannot be taken back, and a swarm waited five seconds for a few blocks of
 * it. Such a peer delivers little that could come for nothing. (With two seconds instead of a half, five fast downloaders of 2 MiB were done after 2.7 s beside such an
 * uplink, simulated with twelve dice, and are after 1.6.)
 * @module
 */
import type { Millis, Rate } from "@bittern/protocol/base";
import { BLOCK_LENGTH } from "@bittern/protocol/base";

/** Share of the download that duplicates may cost. */
const WASTE_SHARE_MAX = 0.01;
/** Share of that which is kept for blocks that would be late by more than a second: the first to be a little late would use it up. */
const KEPT_SHARE = 0.5;
const LONG_MILLIS: Millis = 1000;
/**
 * A peer so many times slower, at which a second request gains so much, brings little that could be wasted. No more than this: who has been idle
 * has a rate of the last five seconds that says less than it can do.
 */
const SLOW_FACTOR = 4;
const SLOW_MILLIS: Millis = 500;
/** The second peer has to be so many times faster. */
const GAIN_MIN = 2;
/** Milliseconds. Less is not worth a duplicate: a round trip of the request is in it. */
const GAIN_MILLIS_MIN = 250;
/** Milliseconds. Patience with a peer that has no rate yet: a first answer may take a round trip and a disk. */
const SILENCE_MILLIS = 2000;
/** Bytes per second a peer is taken to deliver that never delivered anything. */
const RATE_UNKNOWN: Rate = 16 * 1024;

/** True when no new block of a wanted piece is left to ask for. */
export function isEndgame({ openBlocks, wantedMissing, started }: { openBlocks: number; wantedMissing: number; started: number }): boolean {
  return openBlocks === 0 && wantedMissing > 0 && started >= wantedMissing;
}

/** A peer's queue as we see it. */
export interface Queue {
  /** What the peer delivers to us. */
  readonly rate: Rate;
  /** Blocks asked of it and not yet here. */
  readonly outstanding: number;
}

export interface LateQueue extends Queue {
  /** When the block was asked for. */
  readonly askedAt: Millis;
}

/** True when the block asked of `late` would be here in less than half the time if `other` were asked too. */
export function choosesDuplicate(late: LateQueue, other: Queue, now: Millis): boolean {
  return gainMillis(late, other, now) > GAIN_MILLIS_MIN;
}

/** What the second request gains; 0 when the other one is not so much faster. */
function gainMillis(late: LateQueue, other: Queue, now: Millis): Millis {
  const wait = waitMillis(late, now);
  const otherWait = ((other.outstanding + 1) * BLOCK_LENGTH * 1000) / (other.rate > 0 ? other.rate : RATE_UNKNOWN);
  return wait > GAIN_MIN * otherWait ? wait - otherWait : 0;
}

/** True when the peer was asked a while ago and has not delivered anything for seconds. */
export function isSilent(late: LateQueue, now: Millis): boolean {
  return late.rate === 0 && now - late.askedAt >= SILENCE_MILLIS;
}

/** True when the block would take half a second longer at a peer that is far slower, and not just busy with others. */
function isFarSlower(late: LateQueue, other: Queue, now: Millis): boolean {
  return late.rate * SLOW_FACTOR < other.rate && gainMillis(late, other, now) > SLOW_MILLIS;
}

/** How long the block may still take: at most the peer's whole queue, less what the block waited already. */
function waitMillis(late: LateQueue, now: Millis): Millis {
  if (late.rate === 0) return isSilent(late, now) ? Number.POSITIVE_INFINITY : 0;
  const queueMillis = (Math.max(1, late.outstanding) * BLOCK_LENGTH * 1000) / late.rate;
  // A block that waited longer than the queue explains was overtaken or dropped: the longer, the less it is to be expected.
  const overdue = now - late.askedAt - 2 * queueMillis;
  return overdue > 0 ? queueMillis + overdue : queueMillis;
}

/** What was asked for twice so far, and of how much, in bytes. */
export interface DuplicateBudget {
  readonly askedTwiceLength: number;
  /** Of the whole download. */
  readonly wantedLength: number;
}

/** Whether one block more may be asked for twice. At least one may, whatever the size. */
export function mayDuplicate(late: LateQueue, other: Queue, { askedTwiceLength, wantedLength }: DuplicateBudget, now: Millis): boolean {
  if (!choosesDuplicate(late, other, now)) return false;
  const share = gainMillis(late, other, now) > LONG_MILLIS ? WASTE_SHARE_MAX : WASTE_SHARE_MAX * (1 - KEPT_SHARE);
  const lengthMax = Math.max(BLOCK_LENGTH, wantedLength * share);
  return askedTwiceLength + BLOCK_LENGTH <= lengthMax || isSilent(late, now) || isFarSlower(late, other, now);
}
