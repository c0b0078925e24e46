/**
 * Names for what lives longer than one input.
 * @module
 */
import type { Flavour } from "@bittern/protocol/base";

/** A torrent of this session: counted up from 1 by whoever adds it. */
export type TorrentId = Flavour<number, "TorrentId">;

/** A link to a peer. The sign tells who dialled: the session counts its own up from 1, the run loop accepted ones down from -1. */
export type LinkId = Flavour<number, "LinkId">;
