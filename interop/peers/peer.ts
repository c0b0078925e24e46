/**
 * What tests and benches ask of every foreign client.
 * @module
 */
import type { Program } from "../../bench/measure.ts";

/** Where a client runs: the lab of the tests, or a place in a bench's network. */
export interface Ground {
  start(command: readonly string[], options?: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>> }): Program;
  /** Runs a program to its end; fails when it fails. */
  run(command: readonly string[], cwd?: string): Promise<void>;
  /** A fresh empty folder. */
  makeFolder(name: string): Promise<string>;
}

export interface Transfer {
  readonly lab: Ground;
  /** Path of the .torrent, or a magnet link where the client takes one. */
  readonly torrent: string;
  /** Where the data lies, or is to come: the folder that holds the torrent's file or top folder. */
  readonly folder: string;
  readonly address: string;
  readonly port: number;
  /** A peer to connect to at once, in the clients that can be told. */
  readonly peer?: { readonly address: string; readonly port: number };
  /** A node of the DHT to begin with; without one the client keeps out of it. */
  readonly node?: { readonly address: string; readonly port: number };
}

export interface ForeignClient {
  readonly name: string;
  /** Versions of the format it speaks. */
  /** True for a client that never makes files without content, so that nobody can wait for them. */
  readonly leavesOutEmptyFiles?: boolean;
  readonly versions: readonly ("v1" | "v2" | "hybrid")[];
  /** What it prints once everything is there; left out when it prints nothing. */
  readonly completes?: RegExp;
  /** Starts it on a torrent whose data is complete. Answers once it accepts peers, as far as that can be told. */
  seed(transfer: Transfer): Promise<Program>;
  /** Starts it on a torrent whose data is to be fetched. */
  fetch(transfer: Transfer): Promise<Program>;
}
