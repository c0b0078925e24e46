/**
 * The units everything is counted in.
 *
 * A unit is a flavoured number: a plain number may become one, but two different units never mix. A full brand was
 * tried on paper and left: every sum of two times would need a cast, and a cast hides more mistakes than it finds.
 * @module
 */

declare const flavour: unique symbol;
/** `Base`, marked with a unit that no other unit accepts. */
export type Flavour<Base, Unit extends string> = Base & { readonly [flavour]?: Unit };

/** Milliseconds on the host's monotonic clock; only differences mean anything. May have a fraction. */
export type Millis = Flavour<number, "Millis">;
/** Position of a piece in its torrent, from 0. */
export type PieceIndex = Flavour<number, "PieceIndex">;
/** Position of a file in its torrent, from 0, pad files counted. */
export type FileIndex = Flavour<number, "FileIndex">;
/** Bytes per second; 0 means nothing flows, limits use 0 for "unlimited". */
export type Rate = Flavour<number, "Rate">;

/** Bytes. What one request asks for; every client in the field uses 16 KiB (BEP 3), and it is the leaf of BEP 52. */
export const BLOCK_LENGTH: number = 16 * 1024;
/** Bytes. */
export const KIB: number = 1024;
/** Bytes. */
export const MIB: number = 1024 * 1024;
