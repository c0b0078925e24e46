/**
 * Everything that `--help`, the manual and the completion say of the command tree, as one type: a language is a value of it,
 * and a text that a language lacks does not compile.
 * @module
 */

/** A term and what it means. */
export type Terms = readonly (readonly [term: string, meaning: string])[];

/** What `--help` says beside the options. */
export interface Page {
  /** One line, for the list of commands. */
  readonly summary: string;
  /** Some paragraphs: what it does and what to know. */
  readonly description: string;
  readonly examples: readonly (readonly [what: string, line: string])[];
  /** Beyond the ones every command has. */
  readonly exit?: Terms;
  readonly environment?: Terms;
  readonly keys?: Terms;
}

/** The page of a command, and a line for each of its arguments and options, by their names in camel case. */
export interface CommandWords<Argument extends string, Option extends string> extends Page {
  readonly arguments: Readonly<Record<Argument, string>>;
  readonly options: Readonly<Record<Option, string>>;
}

/** What all commands and the program itself have in common. */
export interface SharedHelp {
  readonly description: string;
  readonly usage: string;
  /** Stands below the list of commands. */
  readonly footer: string;
  readonly options: Readonly<
    Record<
      | "version"
      | "help"
      | "json"
      | "quiet"
      | "lang"
      | "logLevel"
      | "logFile"
      | "state"
      | "noDht"
      | "dhtBootstrap"
      | "noPex"
      | "noUtp"
      | "interface",
      string
    >
  >;
  readonly helpCommand: string;
  readonly titles: Readonly<
    Record<
      "placeholder" | "usage" | "arguments" | "options" | "commands" | "examples" | "keys" | "exit" | "environment" | "default" | "choices",
      string
    >
  >;
  /** The exit statuses that every command has. */
  readonly exit: Terms;
  readonly environment: Terms;
  readonly manual: ManualWords;
}

/** What only a manual page says. */
export interface ManualWords {
  readonly titles: Readonly<
    Record<
      "name" | "synopsis" | "description" | "commands" | "options" | "keys" | "environment" | "files" | "exit" | "examples" | "seeAlso",
      string
    >
  >;
  readonly summary: string;
  /** Paragraphs behind the description of the program. */
  readonly about: string;
  readonly argumentsTold: string;
  readonly noColour: string;
  readonly stateFiles: string;
  readonly defaultIs: (value: string) => string;
  readonly classic: {
    readonly about: (name: string, commands: readonly string[], hasOptions: boolean) => string;
    readonly mustBeGiven: string;
    readonly retired: (why: string) => string;
  };
}

export interface HelpWords {
  readonly shared: SharedHelp;
  readonly commands: CommandHelp;
}

export interface CommandHelp {
  readonly get: CommandWords<
    "source",
    "dir" | "port" | "peer" | "exit" | "select" | "sequential" | "recheck" | "maxDown" | "maxUp" | "seedRatio" | "seedTime"
  >;
  readonly seed: CommandWords<"torrent", "dir" | "port" | "peer" | "noCheck" | "superSeed" | "maxUp">;
  readonly share: CommandWords<"path", "port" | "http" | "publicHost" | "once" | "comment" | "all" | "superSeed" | "maxUp">;
  readonly watch: CommandWords<"dir", "saveTo" | "poll" | "port" | "maxDown" | "maxUp">;
  readonly tui: CommandWords<"source", "dir" | "port" | "maxDown" | "maxUp" | "mouse">;
  readonly explain: CommandWords<"torrent", "for" | "dir" | "port" | "peer">;
  readonly create: CommandWords<
    "path",
    | "hybrid"
    | "v2"
    | "v1"
    | "tracker"
    | "output"
    | "pieceLength"
    | "private"
    | "comment"
    | "source"
    | "webSeed"
    | "noDate"
    | "name"
    | "threads"
    | "all"
    | "force"
  >;
  readonly show: CommandWords<"source", never>;
  readonly magnet: CommandWords<"source", never>;
  readonly edit: CommandWords<"torrent", "tracker" | "comment" | "source" | "webSeed" | "private" | "output" | "force">;
  readonly verify: CommandWords<"torrent" | "path", "threads">;
  readonly track: CommandWords<
    never,
    | "port"
    | "http"
    | "udp"
    | "https"
    | "noUdp"
    | "tlsCert"
    | "tlsKey"
    | "trustProxy"
    | "connections"
    | "threads"
    | "noNative"
    | "interval"
    | "minInterval"
    | "peers"
    | "peersMax"
    | "compactOnly"
    | "scrape"
    | "message"
    | "trackerId"
    | "natCheck"
    | "onlyReachable"
    | "torrentDir"
    | "torrentDirInterval"
    | "serveTorrents"
    | "allowList"
    | "denyList"
    | "secret"
    | "private"
    | "users"
    | "allowAddress"
    | "denyAddress"
    | "addressList"
    | "rate"
    | "burst"
    | "apiTokenFile"
    | "maxTorrents"
    | "maxPeers"
    | "page"
    | "title"
    | "announceUrl"
    | "favicon"
    | "state"
    | "journal"
    | "store"
    | "dfile"
    | "dfileInterval"
  >;
  readonly scrape: CommandWords<"source", "tracker" | "timeout">;
  readonly announce: CommandWords<"source", "event" | "tracker" | "port" | "left" | "numwant" | "timeout">;
  readonly dht: CommandWords<"question" | "target", "port">;
  readonly doctor: CommandWords<never, "dir" | "port" | "tracker">;
  readonly simulate: CommandWords<"scenario", "seed" | "peers" | "svg">;
  readonly demo: CommandWords<never, "size" | "keep">;
  readonly "fetch-feed": CommandWords<"url" | "dir", "byType" | "noMagnet" | "max">;
  readonly "web-config": CommandWords<
    "kind" | "dir",
    "serverName" | "listen" | "root" | "tracker" | "noTracker" | "title" | "output" | "force"
  >;
  readonly completion: CommandWords<"shell", never>;
}
