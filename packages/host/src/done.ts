/**
 * How the world answers.
 * @module
 */
import type { HostError } from "@bittern/protocol/base";

/**
 * Called exactly once, with the result or with what the world refused; it may be called before the asking call has
 * returned. A callback and not a promise: virtual time then owns every step, and no microtask order has to be reasoned about.
 */
export type Done<Result> = (outcome: Result | HostError) => void;

/** Gives up on something asked for; its `done` then answers `ABORTED`, unless it already answered. */
export type Cancel = () => void;
