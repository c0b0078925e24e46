/**
 * The options of a watched folder: a small JSON file that holds for the torrents in the folder and below it, the nearest
 * one first. What it does not name is as the command line says.
 * @module
 */
import { dirname, resolve } from "node:path";
import { UsageError } from "@bittern/protocol/base";
import { parseRate } from "../arguments.ts";

/** Bytes. */
export const FOLDER_OPTIONS_LENGTH_MAX: number = 64 * 1024;

export interface FolderOptions {
  /** Absolute. */
  readonly saveTo?: string;
  readonly select?: readonly string[];
  readonly trackers?: readonly string[];
  readonly sequential?: boolean;
  readonly paused?: boolean;
  /** Bytes per second. */
  readonly maxDown?: number;
  readonly maxUp?: number;
  readonly seedRatio?: number;
  /** Minutes. */
  readonly seedTime?: number;
}

type Reader = (value: unknown, from: string) => unknown;

/** Undefined: the value is of the wrong kind. */
const READERS: Readonly<Record<keyof FolderOptions, readonly [Reader, words: string]>> = {
  saveTo: [(value, from) => (typeof value === "string" && value !== "" ? resolve(dirname(from), value) : undefined), "a folder"],
  select: [textsOf, "a list of patterns"],
  trackers: [textsOf, "a list of announce URLs"],
  sequential: [switchOf, "true or false"],
  paused: [switchOf, "true or false"],
  maxDown: [rateOf, "a rate such as 500KiB"],
  maxUp: [rateOf, "a rate such as 500KiB"],
  seedRatio: [amountOf, "a number of 0 or more"],
  seedTime: [amountOf, "a number of 0 or more"],
};

/** Throws a `UsageError` that names the file for anything that is no option. */
export function parseFolderOptions(text: string, from: string): FolderOptions {
  if (text.length > FOLDER_OPTIONS_LENGTH_MAX) throw new UsageError("FOLDER_OPTIONS", `${from} is longer than any options`);
  let given: unknown;
  try {
    given = JSON.parse(text);
  } catch {
    throw new UsageError("FOLDER_OPTIONS", `${from} is no JSON; look for a comma, a quote or a bracket that is missing or one too many`);
  }
  if (typeof given !== "object" || given === null || Array.isArray(given))
    throw new UsageError("FOLDER_OPTIONS", `${from} must hold one object`);
  const options: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(given)) {
    if (!Object.hasOwn(READERS, key))
      throw new UsageError("FOLDER_OPTIONS", `${from}: there is no option "${key}"; known are ${Object.keys(READERS).join(", ")}`);
    const [read, words] = READERS[key as keyof FolderOptions];
    options[key] = read(value, from);
    if (options[key] === undefined) throw new UsageError("FOLDER_OPTIONS", `${from}: "${key}" must be ${words}`);
  }
  return options;
}

function textsOf(value: unknown): readonly string[] | undefined {
  return Array.isArray(value) && value.every((entry) => typeof entry === "string") ? value : undefined;
}

function switchOf(value: unknown): boolean | undefined {
  return typeof value === "boolean" ? value : undefined;
}

function amountOf(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) && value >= 0 ? value : undefined;
}

function rateOf(value: unknown): number | undefined {
  if (typeof value === "number") return Number.isSafeInteger(value) && value >= 0 ? value : undefined;
  if (typeof value !== "string") return undefined;
  try {
    return parseRate(value);
  } catch {
    return undefined;
  }
}
