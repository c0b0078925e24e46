/**
 * What a store shares with the node it lies on.
 * @module
 */
import type { BlockSpan } from "@bittern/host";
import type { PieceIndex } from "@bittern/protocol/base";
import type { Process } from "../network/process.ts";
import type { Disk } from "./disk.ts";
import type { FramePool } from "./frames.ts";

/** Which blocks a liar sends wrong; asked for every block that is read for a peer. */
export type Lie = (span: BlockSpan) => boolean;

export interface StoreContext {
  readonly disk: Disk;
  readonly process: Process;
  readonly pool: FramePool;
  /** The lie of this node, if it is a liar. */
  readonly lie: () => Lie | undefined;
  /** Told of every piece that was judged. */
  readonly judged: (piece: PieceIndex, isGood: boolean) => void;
  readonly rootIdentity: (root: string) => string;
}
