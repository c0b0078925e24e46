/**
 * What this client decides, as one pure machine.
 * @module
 */
export type { Cause, Diagnosis, Pace, Weight } from "./diagnosis/cause.ts";
export { askTracker, type TrackerQuestion, type TrackerReply } from "./run/ask-tracker.ts";
export { runSession, type SessionRun } from "./run/run.ts";
export { DhtRun, type DhtRunOptions } from "./run/run-dht.ts";
export type { AddTorrent, Command, FilePriority, Placement } from "./session/command.ts";
export type { DhtNews, DhtSettings } from "./session/dht-node.ts";
export type { SessionEvent, TrackerOutcome } from "./session/event.ts";
export type { LinkId, TorrentId } from "./session/ids.ts";
export type { SessionInput } from "./session/input.ts";
export type { SessionOutput } from "./session/output.ts";
export { SessionMachine } from "./session/session.ts";
export { DEFAULT_SETTINGS, type Settings } from "./session/settings.ts";
export type { PeerSnapshot, SessionSnapshot, TorrentSnapshot, TorrentState, TrackerSnapshot } from "./session/snapshot.ts";
export { TrackerPreferences } from "./session/tracker-preferences.ts";
export { familiesOf, faultOf } from "./torrent/discovery/announce-round.ts";
export { PIECE_STATE, type PieceMap } from "./torrent/piece-map.ts";
