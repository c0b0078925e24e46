/**
 * What this client decides, as one pure machine.
 * @module
 */
export { runSession, type SessionRun } from "./run/run.ts";
export type { AddTorrent, Command, FilePriority, Placement } from "./session/command.ts";
export type { SessionEvent } from "./session/event.ts";
export type { LinkId, TorrentId } from "./session/ids.ts";
export type { SessionInput } from "./session/input.ts";
export type { SessionOutput } from "./session/output.ts";
export { SessionMachine } from "./session/session.ts";
export { DEFAULT_SETTINGS, type Settings } from "./session/settings.ts";
export type { PeerSnapshot, SessionSnapshot, TorrentSnapshot, TorrentState, TrackerSnapshot } from "./session/snapshot.ts";
