/**
 * Everything that a face says, as one type: a language is a value of it, and a text that a language lacks does not compile.
 * @module
 */
import type { Priority, TorrentState, TrackerItem } from "../snapshot.ts";
import type { Filter, SortKey } from "../store/order.ts";
import type { Tab } from "../store/state.ts";
import type { ExplanationWords } from "../views/explanation.ts";

/** Keys and what they do; texts that change with the language. */
export type KeyWords = readonly (readonly [keys: string, meaning: string])[];

export interface HelpSection {
  readonly title: string;
  readonly keys: KeyWords;
}

export type PeerFlag = "D" | "d" | "U" | "u" | "S" | "I" | "*";

export interface FaceWords {
  /** At most eleven columns wide, as the column that holds them. */
  readonly states: Readonly<Record<TorrentState, string>>;
  /** It downloads, and nothing comes. */
  readonly waiting: string;
  readonly tabs: Readonly<Record<Tab, string>>;
  readonly filters: Readonly<Record<Filter, string>>;
  readonly sorts: Readonly<Record<SortKey, string>>;
  readonly columns: Readonly<
    Record<
      | "name"
      | "size"
      | "done"
      | "down"
      | "up"
      | "left"
      | "ratio"
      | "peers"
      | "file"
      | "priority"
      | "peer"
      | "client"
      | "flags"
      | "has"
      | "taken"
      | "given"
      | "tracker"
      | "tier"
      | "state"
      | "seeds"
      | "next"
      | "message",
      string
    >
  >;
  readonly priorities: Readonly<Record<Priority, string>>;
  readonly peerFlags: Readonly<Record<PeerFlag, string>>;
  readonly trackerStates: Readonly<Record<TrackerItem["state"], string>>;
  /** The keys, by what they are for; the flags of peers follow them. */
  readonly help: readonly HelpSection[];
  readonly helpOfFlags: string;
  /** The keys that matter most, for the last line of the screen: those that fit. */
  readonly hints: Readonly<Record<"list" | "detail" | "files", KeyWords>>;
  readonly list: ListWords;
  readonly overview: OverviewWords;
  readonly detail: DetailWords;
  readonly dialogs: DialogWords;
  readonly notices: NoticeWords;
  readonly log: LogWords;
  readonly explanation: ExplanationWords;
}

export interface ListWords {
  readonly empty: string;
  readonly opening: (count: number) => string;
  readonly noneIs: (filter: string | undefined, search: string | undefined) => string;
  readonly torrents: (count: number) => string;
  readonly torrentsOf: (shown: number, count: number) => string;
  readonly marked: (count: number) => string;
  readonly down: (rate: string) => string;
  readonly up: (rate: string) => string;
  readonly max: (rate: string) => string;
  readonly peers: (count: number) => string;
  readonly port: (port: number) => string;
  readonly notListening: string;
  readonly only: (filter: string) => string;
  readonly by: (key: string, isDescending: boolean) => string;
}

export interface OverviewWords {
  readonly labels: Readonly<Record<"state" | "size" | "down" | "up" | "peers" | "folder" | "infoHash" | "why", string>>;
  readonly stopped: (message: string) => string;
  readonly fetching: string;
  readonly fetchingLayers: string;
  readonly left: (time: string) => string;
  readonly sizeUnknown: string;
  readonly of: (done: string, total: string) => string;
  readonly pieces: (done: number, count: number, length: string) => string;
  readonly files: (count: number) => string;
  readonly flow: (rate: string, total: string) => string;
  readonly ratio: (ratio: string) => string;
  readonly wasted: (size: string) => string;
  readonly atMost: (rate: string) => string;
  readonly peers: (peers: number, seeds: number) => string;
  readonly copies: (copies: string) => string;
  readonly swarm: (seeds: number, others: number) => string;
}

export interface DetailWords {
  readonly noFiles: string;
  readonly noPeers: string;
  readonly noTrackers: string;
  readonly noLog: string;
  /** What stands behind the rate of now. */
  readonly graph: (top: string, seconds: number) => string;
  readonly map: (piecesEach: number) => string;
  readonly absent: (sign: string) => string;
}

export interface DialogWords {
  readonly help: string;
  readonly helpHint: string;
  readonly remove: string;
  readonly removeKeep: string;
  /** What is removed as well stands out. */
  readonly removeFiles: readonly [before: string, files: string];
  readonly removeHint: string;
  readonly add: string;
  readonly addSource: string;
  readonly addFolder: string;
  readonly addPaused: string;
  readonly addHint: string;
  readonly limits: string;
  readonly limitDown: string;
  readonly limitUp: string;
  readonly limitsHint: string;
  readonly search: string;
}

export interface NoticeWords {
  readonly all: string;
  /** Several torrents, in place of a name. */
  readonly several: (count: number) => string;
  readonly mouseOn: string;
  readonly mouseOff: string;
  readonly asking: (name: string) => string;
  readonly checking: (name: string) => string;
  readonly firstFirst: string;
  readonly rarestFirst: string;
  readonly sourceNeeded: string;
  readonly noRate: (text: string) => string;
  readonly added: (name: string) => string;
  readonly removed: (name: string, withFiles: boolean) => string;
  readonly checked: (name: string) => string;
  readonly notAdded: (count: number, first: string) => string;
  readonly listDamaged: (path: string) => string;
  /** The state folder cannot be written. */
  readonly listNotKept: string;
}

/** What happened to a torrent. */
export interface LogWords {
  readonly metadata: string;
  readonly checked: string;
  readonly complete: string;
  readonly durable: string;
  readonly file: (path: string) => string;
  readonly trackerGives: (host: string, peers: number) => string;
  readonly peer: Readonly<Record<"joined" | "left" | "banned", (endpoint: string, reason: string) => string>>;
}
