/**
 * What the swarm benches have in common: people at home, and something small to share.
 * @module
 */
import type { Shape } from "./content.ts";
import type { Link } from "./network.ts";

/** Bits per second. */
export const MBIT = 1_000_000;

export const HOME_LINK: Link = { up: 20 * MBIT, down: 100 * MBIT };

export const SWARM_SHAPE: Shape = { name: "shared", fileLength: 32 * 1024 ** 2, pieceLength: 256 * 1024 };
