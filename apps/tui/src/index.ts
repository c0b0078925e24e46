/**
 * The terminal face of a session: a full screen of its own, kept between starts.
 * @module
 */
export { type FaceProgramOptions, runFace } from "./program.ts";
export { type ShelvedSummary, shelvedTorrents } from "./session/shelf.ts";
