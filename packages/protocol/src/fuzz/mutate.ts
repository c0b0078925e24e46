/**
 * Damages honest bytes the way an attacker would: it knows where lengths and integers stand, and lies there first.
 *
 *     structure   <digits>: of a bencoded string, i<digits>e of a bencoded integer, any u32 of a binary frame
 *     edits       lie, edge value, bit flip, byte, cut, remove, duplicate, splice, nest
 *
 * Pure chance would spend nearly all inputs in the first check of a parser; an edit that keeps the rest honest gets past it.
 * @module
 */
import { below, concatBytes, latin1, type Random, utf8 } from "../base/index.ts";

/** Bytes. However often a mutant is doubled, it stays under this, or under its seed where that is longer. */
const MUTANT_LENGTH_MAX = 256 * 1024;
/** Edits stacked on one seed, at most. */
const EDITS_MAX = 4;
/** Bytes. Longest stretch that one edit removes or copies. */
const STRETCH_LENGTH_MAX = 64;
/** Bytes of a seed that are searched for structure. A longer one is searched from a random place. */
const SEARCH_LENGTH = 4096;

/** What breaks integer readers: signs, zeros, and both sides of 8, 16, 32, 53 and 64 bits. */
const INTEGER_EDGES: readonly string[] = [
  "",
  "-",
  "+1",
  "-0",
  "0",
  "00",
  "01",
  "-01",
  "1",
  "-1",
  "1.5",
  "1e3",
  "0x10",
  " 1",
  "255",
  "256",
  "16384",
  "65535",
  "65536",
  "2147483647",
  "2147483648",
  "-2147483648",
  "4294967295",
  "4294967296",
  "1125899906842624",
  "1125899906842625",
  "9007199254740991",
  "9007199254740992",
  "-9007199254740991",
  "-9007199254740992",
  "9223372036854775807",
  "9223372036854775808",
  "18446744073709551615",
  "18446744073709551616",
  "99999999999999999999999999",
];
const U32_EDGES: readonly number[] = [
  0, 1, 2, 3, 0x7f, 0xff, 0x100, 0x3fff, 0x4000, 0x4001, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff,
];
/** Small documents worth meeting in a place where something else is expected. */
const MORSELS: readonly Uint8Array[] = [
  "i0e",
  "i-1e",
  "0:",
  "1:.",
  "2:..",
  "3:\u0000/\u0000",
  "le",
  "de",
  "d0:0:e",
  "d0:dee",
  "d1:ai1e1:ai1ee",
  "lllleeee",
  "e",
  "l",
  "d",
  "i",
  ":",
  "4:path",
  "6:length",
  "6:pieces",
  "9:file treede",
  "9:__proto__",
].map(utf8);

/** What names, keys and URLs should not be. */
const CONTENTS: readonly Uint8Array[] = [
  "",
  ".",
  "..",
  "../../etc/passwd",
  "/",
  "a/b",
  "a\\b",
  "C:",
  "CON",
  "nul.txt",
  " ",
  "trailing. ",
  "\u0000",
  "line\nbreak",
  "\u202egnp.exe",
  "\u{1F426}",
  "\ufeffmark",
  "x".repeat(255),
  "\u00e4".repeat(400),
  "__proto__",
  "length",
  "path",
  "piece length",
  "file tree",
  "http://[::1",
  "http://user:secret@example.org:99999/",
  "udp://",
  "javascript:alert(1)",
  "%",
  "%zz%00",
].map(utf8);

type Edit = (bytes: Uint8Array, random: Random, other: Uint8Array) => Uint8Array;

/**
 * A damaged copy of `seed`; the seed itself is never touched. `other` lends stretches to splice in and is the seed when absent.
 */
export function mutate(seed: Uint8Array, random: Random, other: Uint8Array = seed): Uint8Array {
  let mutant: Uint8Array = seed.slice();
  // Half of the mutants get one edit only: the more edits, the earlier a parser gives up.
  const edits = below(random, 2) === 0 ? 1 : 1 + below(random, EDITS_MAX);
  for (let edit = 0; edit < edits; edit++) {
    const edited = (EDITS[below(random, EDITS.length)] as Edit)(mutant, random, other);
    if (edited.length <= Math.max(MUTANT_LENGTH_MAX, seed.length)) mutant = edited;
  }
  return mutant;
}

const EDITS: readonly Edit[] = [
  lieAboutString,
  rewriteString,
  rewriteString,
  editInteger,
  editInteger,
  editU32,
  flipBit,
  setByte,
  cut,
  remove,
  duplicate,
  splice,
  insertMorsel,
  nest,
];

/** `4:spam` becomes `5:spam`, `99999999999:spam`, ... */
function lieAboutString(bytes: Uint8Array, random: Random): Uint8Array {
  const header = find(bytes, random, /[0-9]+(?=:)/g);
  if (header === undefined) return flipBit(bytes, random);
  const honest = Number(header.text);
  const lies = [
    String(honest + 1),
    String(Math.max(0, honest - 1)),
    String(honest * 2),
    String(bytes.length - header.end),
    `0${header.text}`,
    `-${header.text}`,
    edge(random),
  ];
  return replace(bytes, header.begin, header.end, utf8(lies[below(random, lies.length)] as string));
}

/** Another content under an honest length: the document stays well-formed, its meaning does not. */
function rewriteString(bytes: Uint8Array, random: Random): Uint8Array {
  const header = find(bytes, random, /[0-9]+(?=:)/g);
  if (header === undefined) return insertMorsel(bytes, random);
  const begin = header.end + 1;
  const content = bytes.subarray(begin, begin + Number(header.text));
  const choices = [
    CONTENTS[below(random, CONTENTS.length)] as Uint8Array,
    flipBit(content, random),
    cut(content, random),
    duplicate(content, random),
  ];
  const rewritten = choices[below(random, choices.length)] as Uint8Array;
  return replace(bytes, header.begin, begin + content.length, concatBytes([utf8(`${rewritten.length}:`), rewritten]));
}

/** `i42e` becomes `i43e`, `i-0e`, `i9007199254740993e`, ... */
function editInteger(bytes: Uint8Array, random: Random): Uint8Array {
  const integer = find(bytes, random, /(?<=i)-?[0-9]+(?=e)/g);
  if (integer === undefined) return editU32(bytes, random);
  const honest = Number(integer.text);
  const edited = [String(honest + 1), String(honest - 1), String(-honest), String(honest * 2), edge(random)];
  return replace(bytes, integer.begin, integer.end, utf8(edited[below(random, edited.length)] as string));
}

/** Writes an edge value, or one near the true length, over four bytes: at the start half of the time, where a frame has its prefix. */
function editU32(bytes: Uint8Array, random: Random): Uint8Array {
  if (bytes.length < 4) return flipBit(bytes, random);
  const at = below(random, 2) === 0 ? 0 : below(random, bytes.length - 3);
  const values = [...U32_EDGES, bytes.length, bytes.length - 4, bytes.length - 3, bytes.length - 5];
  const value = values[below(random, values.length)] as number;
  const edited = bytes.slice();
  new DataView(edited.buffer).setUint32(at, value >>> 0);
  return edited;
}

function flipBit(bytes: Uint8Array, random: Random): Uint8Array {
  if (bytes.length === 0) return Uint8Array.of(below(random, 256));
  const edited = bytes.slice();
  const at = below(random, bytes.length);
  edited[at] = (edited[at] as number) ^ (1 << below(random, 8));
  return edited;
}

function setByte(bytes: Uint8Array, random: Random): Uint8Array {
  if (bytes.length === 0) return Uint8Array.of(below(random, 256));
  const edited = bytes.slice();
  const favourites = utf8("0129-eidl:./\\&=%?\u0000");
  edited[below(random, bytes.length)] =
    below(random, 2) === 0 ? below(random, 256) : (favourites[below(random, favourites.length)] as number);
  return edited;
}

function cut(bytes: Uint8Array, random: Random): Uint8Array {
  return bytes.slice(0, below(random, bytes.length + 1));
}

function remove(bytes: Uint8Array, random: Random): Uint8Array {
  const { begin, end } = stretch(bytes, random);
  return replace(bytes, begin, end, new Uint8Array(0));
}

function duplicate(bytes: Uint8Array, random: Random): Uint8Array {
  const { begin, end } = stretch(bytes, random);
  return replace(bytes, end, end, bytes.subarray(begin, end));
}

function splice(bytes: Uint8Array, random: Random, other: Uint8Array): Uint8Array {
  const from = stretch(other, random);
  const to = stretch(bytes, random);
  return replace(bytes, to.begin, to.end, other.subarray(from.begin, from.end));
}

function insertMorsel(bytes: Uint8Array, random: Random): Uint8Array {
  const at = below(random, bytes.length + 1);
  return replace(bytes, at, at, MORSELS[below(random, MORSELS.length)] as Uint8Array);
}

/** A tower of lists or dictionaries; now and then too high for any parser that calls itself. */
function nest(bytes: Uint8Array, random: Random): Uint8Array {
  const floors = below(random, 16) === 0 ? 20_000 : 1 + below(random, 100);
  const floor = below(random, 2) === 0 ? "l" : "d1:a";
  const at = below(random, bytes.length + 1);
  return replace(bytes, at, at, utf8(floor.repeat(floors) + (below(random, 2) === 0 ? "e".repeat(floors) : "")));
}

function edge(random: Random): string {
  return INTEGER_EDGES[below(random, INTEGER_EDGES.length)] as string;
}

/** A short stretch anywhere; empty in an empty array. */
function stretch(bytes: Uint8Array, random: Random): { begin: number; end: number } {
  const begin = below(random, bytes.length + 1);
  return { begin, end: Math.min(bytes.length, begin + 1 + below(random, STRETCH_LENGTH_MAX)) };
}

/** One of the places where `pattern` matches, each as likely as the others. */
function find(bytes: Uint8Array, random: Random, pattern: RegExp): { begin: number; end: number; text: string } | undefined {
  const start = bytes.length > SEARCH_LENGTH ? below(random, bytes.length - SEARCH_LENGTH) : 0;
  const matches = [...latin1(bytes.subarray(start, start + SEARCH_LENGTH)).matchAll(pattern)];
  if (matches.length === 0) return undefined;
  const match = matches[below(random, matches.length)] as RegExpExecArray;
  return { begin: start + match.index, end: start + match.index + match[0].length, text: match[0] };
}

function replace(bytes: Uint8Array, begin: number, end: number, filling: Uint8Array): Uint8Array {
  return concatBytes([bytes.subarray(0, begin), filling, bytes.subarray(end)]);
}
