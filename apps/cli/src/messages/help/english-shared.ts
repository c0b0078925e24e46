/**
 * What all pages have in common, in English.
 * @module
 */
import type { SharedHelp, Terms } from "./words.ts";

/** What commands take as a source. */
export const SOURCE: string = `SOURCE is the path of a .torrent, an http(s) URL of one or of a web page that links to one, a magnet link, a bare info hash
(40 hex, 32 base32 or 64 hex digits), or - for a .torrent on standard input.`;

export const STATE_ENVIRONMENT: Terms = [
  ["BITTERN_STATE", "the state folder, unless --state names one"],
  ["XDG_STATE_HOME", "the state folder is `bittern` in there; default ~/.local/state"],
];

/** The same for commands with a session of their own. */
export const SESSION_ENVIRONMENT: Terms = [["BITTERN_DHT", "off: without the DHT, as with --no-dht"], ...STATE_ENVIRONMENT];

export const ENGLISH_SHARED: SharedHelp = {
  description: "BitTorrent for the command line: make, publish, fetch, seed and track torrents (v1, v2 and hybrid).",
  usage: "COMMAND [OPTION]... [ARGUMENT]...",
  footer: "Each command has a page of its own with examples: bittern help COMMAND",
  options: {
    version: "print the version and end",
    help: "show this page",
    json: "print JSON on standard output: one object, or one a line for what goes on",
    quiet: "no progress and no remarks",
    lang: "language of what is said (default: that of LC_ALL, LC_MESSAGES or LANG)",
    logLevel: "how much to log",
    logFile: "append the log to a file (default: standard error)",
    state: "folder for resume records and locks (default: see Environment)",
    noDht: "find peers without the DHT",
    dhtBootstrap: "a node of the DHT to begin with, instead of the well-known ones; may be given several times",
    noPex: "neither ask peers for other peers nor tell them of any",
    noUtp: "no connections by uTP, only by TCP; then peers that nobody can dial are not met either",
    interface: "network interface or local address to keep to; nothing is dialled while it has no address",
  },
  helpCommand: "show the page of a command",
  titles: {
    placeholder: "[options]",
    usage: "Usage:",
    arguments: "Arguments:",
    options: "Options:",
    commands: "Commands:",
    examples: "Examples:",
    keys: "Keys on a terminal:",
    exit: "Exit status:",
    environment: "Environment:",
    default: "default",
    choices: "choices",
  },
  exit: [
    ["0", "done"],
    ["1", "it failed: network, disk, or data that does not match"],
    ["2", "the command line was wrong"],
  ],
  environment: [["BITTERN_DEBUG", "1 adds a stack trace to an error"]],
  manual: {
    titles: {
      name: "NAME",
      synopsis: "SYNOPSIS",
      description: "DESCRIPTION",
      commands: "COMMANDS",
      options: "OPTIONS",
      keys: "KEYS",
      environment: "ENVIRONMENT",
      files: "FILES",
      exit: "EXIT STATUS",
      examples: "EXAMPLES",
      seeAlso: "SEE ALSO",
    },
    summary: "BitTorrent for the command line",
    about: `Results go to standard output, everything else to standard error. With --json standard output is JSON: one object for a command
that ends, one object a line for a command that goes on. Sizes and rates are given as a number, such as 500K or 1.5M: K, M and G
are KiB, MiB and GiB, which can be typed as well, and kB, MB and GB are powers of 1000; 0 is unlimited.

Ctrl-C or SIGTERM once stops cleanly: state is saved and trackers are told. Twice stops now.`,
    argumentsTold: "The arguments:",
    noColour: "not empty: no colours",
    stateFiles: "resume records and locks, where neither --state nor a variable names another folder",
    defaultIs: (value) => `; the default is ${value}`,
    classic: {
      about: (name, commands, hasOptions) => {
        const today = commands.map((command) => `\`bittern ${command}\``).join(" and ");
        const verb = commands.length === 1 ? "does" : "do";
        const options =
          "\n\nEvery option takes a value, and of one that is given twice the last counts. Without any word the program lists them.";
        return `A program of the classic BitTorrent suite, with the command line that it had; ${name}.py is the same. Today ${today} ${verb} the same and more.${hasOptions ? options : ""}`;
      },
      mustBeGiven: "It has to be given.",
      retired: (why) => `Accepted, but it changes nothing: ${why}.`,
    },
  },
};
