/**
 * Everything `bittern` says while it works, as one type: a language is a value of it, and a text that a language lacks does
 * not compile. Texts with a gap are functions of what fills it.
 * @module
 */

import type { LeftOut, TorrentStatus } from "@bittern/client";
import type { CauseItem, Explanation, FaceWords, ProgressView, TransferSummary } from "@bittern/faces";
import type { Activity } from "../activity.ts";
import type { ClassicMessages } from "./classic/words.ts";
import type { HelpWords } from "./help/words.ts";
import type { DemoMessages, DoctorMessages, ServerConfigMessages, SimulateMessages } from "./tool-messages.ts";

export interface Catalogue {
  /** Stands before what is no error: `bittern: warning: …`. */
  readonly warning: string;
  /** A page was named, and the torrent it links to is taken. */
  readonly pageLeadsTo: (page: string, link: string) => string;
  /** Follows what was wrong on the command line. */
  readonly seeHelp: (commandLine: string) => string;
  readonly stoppedBy: (reason: string) => string;
  /** Said to who stopped a command and waits for it. */
  readonly stopping: string;
  /** The line of an error: `message` is English, `code` says which one it is. */
  readonly failure: (code: string, message: string) => string;

  /** The one line that is drawn over itself, in so many columns; and the same for a pipe. */
  readonly progressLine: (view: ProgressView, width: number) => string;
  readonly progressWords: (view: ProgressView) => string;
  readonly hashing: string;
  readonly checking: string;

  readonly transfer: TransferMessages;
  readonly facts: FactLabels;
  readonly create: CreateMessages;
  readonly edit: { readonly hashChanged: string };
  readonly verify: VerifyMessages;
  readonly share: ShareMessages;
  readonly track: { readonly tracking: (urls: readonly string[]) => string };
  readonly watch: WatchMessages;
  readonly explain: ExplainMessages;
  readonly doctor: DoctorMessages;
  readonly demo: DemoMessages;
  readonly webConfig: ServerConfigMessages;
  readonly simulate: SimulateMessages;
  readonly feed: { readonly linksLeft: (count: number) => string };
  readonly ask: AskMessages;
  readonly dht: DhtMessages;
  readonly page: PageMessages;
  /** What the full screen says. */
  readonly face: FaceWords;
  /** What the programs of the classic suite say. */
  readonly classic: ClassicMessages;
  /** What `--help` says. */
  readonly help: HelpWords;
  readonly window: WindowMessages;
}

/** What `get`, `seed` and `share` say of a torrent at work. */
export interface TransferMessages {
  readonly listening: (port: number) => string;
  /** Told before anything is done. `dir` is undefined for the current folder. */
  readonly opening: (dir: string | undefined, source: "torrent" | "magnet") => readonly string[];
  /** Told once a second until the metadata is known; undefined where the progress line does. */
  readonly metadataWait: string | undefined;
  readonly content: (name: string, size: string, fileCount: number) => string;
  readonly complete: (name: string, size: string) => string;
  /** Follows it; `size` is what was downloaded, undefined where that is the size which stands there already. */
  readonly downloadedIn: (size: string | undefined, seconds: string, rate: string) => string;
  /** The disk is full. */
  readonly pausedUntilRoom: (message: string) => string;
  /** It is full no more. */
  readonly roomAgain: string;
  /** A seed goes on with what is left of its data. */
  readonly damaged: (message: string) => string;
  readonly paused: string;
  readonly resumed: string;
  readonly seeding: (name: string) => string;
  /** What came of it, at the end. */
  readonly summary: (summary: TransferSummary) => string;
  /** Why nothing moves, in a few words. */
  readonly cause: (cause: CauseItem) => string;
  readonly states: Readonly<Record<Activity, string>>;
  readonly statusLines: (status: TorrentStatus) => readonly string[];
}

/** What `dht` says: labels of the facts of a node, and two lines. */
export interface DhtMessages extends Readonly<Record<"address" | "id" | "client" | "ourAddress" | "time", string>> {
  readonly found: (peers: number, nodes: number, seconds: number) => string;
  readonly running: (places: readonly string[]) => string;
  /** Said while answers are waited for; `nodes` have answered. */
  readonly looking: (nodes: number) => string;
}

/** The heads of the tables that `scrape` and `announce` print. */
export type AskMessages = Readonly<
  Record<"tracker" | "infoHash" | "seeds" | "downloaders" | "completed" | "peers" | "againIn" | "unknown", string>
>;

/** What stands before the facts of `show`, `create` and `edit`. */
export type FactLabels = Readonly<
  Record<
    | "name"
    | "version"
    | "infoHash"
    | "infoHashV2"
    | "size"
    | "pieces"
    | "torrent"
    | "trackers"
    | "peers"
    | "select"
    | "webSeeds"
    | "private"
    | "privateYes"
    | "comment"
    | "source"
    | "createdBy"
    | "created"
    | "magnet"
    | "sizeColumn"
    | "fileColumn",
    string
  >
> & {
  readonly sizeOf: (size: string, fileCount: number) => string;
  readonly piecesOf: (count: number, length: string) => string;
};

export interface CreateMessages {
  /** Peers of a private torrent are found by its trackers alone (BEP 27). */
  readonly privateWithoutTracker: string;
  readonly leftOutQuietly: (count: number) => string;
  readonly leftOut: (path: string, why: Exclude<LeftOut["why"], "hidden" | "litter">) => string;
}

export interface VerifyMessages {
  readonly whole: (name: string, pieceCount: number, size: string) => string;
  readonly damaged: (name: string, goodCount: number, pieceCount: number, badCount: number) => string;
  readonly missing: string;
  readonly more: (count: number) => string;
  readonly badPieces: (ranges: string) => string;
}

export interface ExplainMessages {
  /** How a torrent is, and why; `command` and `pid` are null for one that was tried out. */
  readonly lines: (explanation: Explanation, command: string | null, pid: number | null) => readonly string[];
  readonly nothingRuns: (stateDir: string) => string;
  readonly looking: string;
}

export interface WatchMessages {
  readonly watching: (folder: string, port: number) => string;
  readonly added: (name: string) => string;
  readonly removed: (name: string) => string;
  readonly complete: (name: string) => string;
  readonly satisfied: (name: string) => string;
  /** Said of an options file that is broken: it was right before, or it never was. */
  readonly optionsKept: string;
  readonly optionsAwaited: string;
  /** `fetching`: those of them whose metadata is still fetched. */
  readonly torrents: (count: number, fetching: number) => string;
}

/** What `share` says on the terminal and on its page. */
export interface ShareMessages {
  readonly sharing: (name: string, size: string) => string;
  /** As `lang` of the page. */
  readonly language: "en" | "es";
  readonly content: (size: string, fileCount: number) => string;
  readonly take: string;
  readonly seeds: string;
  readonly downloading: string;
  readonly openMagnet: string;
  readonly getTorrent: string;
  readonly code: string;
  readonly files: (count: number) => string;
  readonly more: (count: number) => string;
  readonly name: string;
  readonly size: string;
  readonly commandLine: string;
  readonly infoHash: string;
  readonly and: string;
}

/** The page of links that `web-config` makes. */
export interface PageMessages {
  /** As `lang` of the page. */
  readonly language: "en" | "es";
  readonly torrent: string;
  readonly link: string;
  readonly size: string;
  readonly files: (count: number) => string;
  /** Told while it is made. */
  readonly leftOut: (failure: string) => string;
}

/** What the window of one download says. */
export interface WindowMessages {
  /** As `lang` of the page. */
  readonly language: "en" | "es";
  readonly about: string;
  readonly aboutText: string;
  readonly gauge: string;
  readonly timeLeftLabel: string;
  readonly downloadToLabel: string;
  readonly downRateLabel: string;
  readonly downTotalLabel: string;
  readonly upRateLabel: string;
  readonly upTotalLabel: string;
  readonly errors: string;
  readonly cancel: string;
  readonly close: string;
  readonly ok: string;
  readonly saveTitle: string;
  readonly saveHint: string;
  readonly saveAs: string;
  readonly save: string;
  readonly above: string;
  readonly entries: string;
  readonly succeeded: string;
  readonly failed: string;
  readonly over: string;
  readonly gone: string;
  readonly fetching: string;
  readonly fetchingFromPeers: string;
  readonly checking: string;
  readonly connecting: string;
  /** On the terminal, where no browser could be opened. */
  readonly openYourself: (url: string) => string;
  /** In the title, once there is nothing left to download. */
  readonly upload: string;
  /** `undefined` where nobody knows. */
  readonly timeLeft: (seconds: number | undefined) => string;
}
