/**
 * What the tests ask of every foreign client.
 * @module
 */
import type { Program } from "../../bench/measure.ts";
import type { Lab } from "../lab.ts";

export interface Transfer {
  readonly lab: Lab;
  /** Path of the .torrent. */
  readonly torrent: string;
  /** Where the data lies, or is to come: the folder that holds the torrent's file or top folder. */
  readonly folder: string;
  readonly address: string;
  readonly port: number;
}

export interface ForeignClient {
  readonly name: string;
  /** Versions of the format it speaks. */
  readonly versions: readonly ("v1" | "v2" | "hybrid")[];
  /** Starts it on a torrent whose data is complete. Answers once it accepts peers, as far as that can be told. */
  seed(transfer: Transfer): Promise<Program>;
  /** Starts it on a torrent whose data is to be fetched. */
  fetch(transfer: Transfer): Promise<Program>;
}
