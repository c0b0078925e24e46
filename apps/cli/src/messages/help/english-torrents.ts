/**
 * The pages of what makes and reads torrents, in English.
 * @module
 */
import { SOURCE } from "./english-shared.ts";
import type { CommandHelp } from "./words.ts";

export const ENGLISH_TORRENTS: Pick<CommandHelp, "create" | "show" | "magnet" | "edit" | "verify"> = {
  create: {
    summary: "make a .torrent of a file or folder",
    description: `Hashes PATH and writes PATH.torrent, or the file that -o names.

Files of a folder are taken in the byte order of their paths. Hidden files and the litter of editors and file managers
(names that begin with a dot or end with ~, Thumbs.db, desktop.ini) are left out unless --all. An existing file is never
overwritten without --force.

A torrent is a hybrid unless --v1 or --v2 says otherwise: clients of both generations can join the same swarm. The piece
length follows from the size of the data, since it is part of the info hash.`,
    examples: [
      ["a folder, tracked by one tracker", "bittern create album -t http://tracker.example:6969/announce"],
      [
        "two tiers of trackers, the first of two URLs",
        "bittern create disc.iso -t http://a.example/announce,http://b.example/announce -t udp://c.example:6969",
      ],
      ["the info hash only", "bittern create album -o /tmp/album.torrent --json | jq -r .infoHash"],
    ],
    arguments: {
      path: "file or folder",
    },
    options: {
      hybrid: "both in one (the default)",
      v2: "a v2 torrent only (BEP 52)",
      v1: "a v1 torrent only (BEP 3)",
      tracker: "announce URL; each -t is a tier of its own, `a,b` one tier of two",
      output: "write here instead of PATH.torrent; - is standard output",
      pieceLength: "length of a piece, such as 1MiB (default: by size)",
      private: "peers come from the trackers named here only (BEP 27)",
      comment: "a remark for people",
      source: "a mark that makes the info hash another one",
      webSeed: "an HTTP mirror of the data (BEP 19); may be given several times",
      noDate: "leave out the creation date",
      name: "name of the file or folder for those who download (default: as it is)",
      threads: "threads that hash (default: one a processor)",
      all: "take hidden files and litter too",
      force: "overwrite an existing .torrent",
    },
  },
  show: {
    summary: "tell everything a .torrent or a magnet link says",
    description: `Prints name, hashes, sizes, files, trackers, web seeds and remarks.\n\n${SOURCE}`,
    examples: [
      ["read a file", "bittern show album.torrent"],
      ["the names of all files", "bittern show album.torrent --json | jq -r '.files[].path'"],
      ["read from a pipe", "curl -s https://example.org/album.torrent | bittern show -"],
    ],
    arguments: {
      source: "what to read",
    },
    options: {},
  },
  magnet: {
    summary: "print the magnet link of a torrent",
    description: `Prints one line: the magnet link with hashes, name, size, trackers and web seeds.\n\n${SOURCE}`,
    examples: [
      ["the link of a file", "bittern magnet album.torrent"],
      ["download by link", 'bittern get "$(bittern magnet album.torrent)"'],
    ],
    arguments: {
      source: "what to read",
    },
    options: {},
  },
  edit: {
    summary: "change what may change in a .torrent",
    description: `Changes trackers, web seeds, comment and the private mark of TORRENT, in place or, with -o, into another file.
What is given replaces what was there; an empty text takes it away.

Trackers, web seeds and the comment stand outside what is hashed: the info hash stays. The private mark and the source are
inside: the info hash changes, which makes it another torrent with another swarm; the command says so.`,
    examples: [
      ["move to another tracker", "bittern edit album.torrent -t http://new.example/announce"],
      ["a private copy", "bittern edit album.torrent --private true -o private.torrent"],
      ["no comment", 'bittern edit album.torrent --comment ""'],
    ],
    arguments: {
      torrent: "path of the .torrent, or - for standard input (then -o is needed)",
    },
    options: {
      tracker: "announce URL; each -t is a tier of its own, `a,b` one tier of two",
      comment: "a remark for people",
      source: "a mark that makes the info hash another one",
      webSeed: "an HTTP mirror of the data; may be given several times",
      private: "true or false",
      output: "write here and leave TORRENT as it is; - is standard output",
      force: "overwrite an existing file that -o names",
    },
  },
  verify: {
    summary: "check data against the hashes of a .torrent",
    description: `Hashes every piece and tells which are damaged and which files are missing. Nothing is written.

The data is looked for at PATH/NAME, where NAME is the name in the torrent; if there is nothing, PATH itself is taken for
the file or folder. PATH is the current folder unless given.`,
    examples: [
      ["data beside the torrent", "bittern verify album.torrent"],
      ["a file under another name", "bittern verify disc.torrent /backup/disc-copy.iso"],
      ["the damaged pieces", "bittern verify disc.torrent --json | jq .bad"],
    ],
    exit: [["1", "pieces are damaged or missing, or the check itself failed"]],
    arguments: {
      torrent: "path or URL of the .torrent, or - for standard input",
      path: "where the data lies",
    },
    options: {
      threads: "threads that hash (default: one a processor)",
    },
  },
};
