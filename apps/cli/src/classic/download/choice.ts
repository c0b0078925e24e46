/**
 * What a classic downloader was asked for, in the words of the library.
 * @module
 */
import { lookup } from "node:dns/promises";
import { existsSync, statSync } from "node:fs";
import { isIP } from "node:net";
import { basename, dirname, join, resolve } from "node:path";
import {
  HostError,
  type KnownSource,
  loadSource,
  type MagnetLink,
  type Metainfo,
  pathOf,
  type SessionLimits,
  type SessionOptions,
} from "@bittern/client";
import { KIB, UsageError } from "@bittern/protocol/base";
import { linkOnPage } from "../../source.ts";
import type { DownloaderTable } from "../options/downloader.ts";
import type { ValuesOf } from "../options/option.ts";
import type { ClassicArguments } from "../options/parse.ts";

export type DownloaderArguments = ClassicArguments<DownloaderTable>;
type DownloaderValues = ValuesOf<DownloaderTable>;

/** The one source that was named, by an option or by itself. */
export function sourceOf({ values, positional }: DownloaderArguments): string {
  const named = [values.responsefile, values.url, ...positional].filter((source) => source !== "");
  const [only] = named;
  if (only === undefined)
    throw new UsageError("SOURCE_MISSING", "no torrent is named: give --responsefile, --url, or the file or URL by itself");
  if (named.length > 1) throw new UsageError("SOURCE_TWICE", `one torrent is wanted, and ${named.length} are named: ${named.join(", ")}`);
  return only;
}

/** Reads what was named. */
export async function readSource(args: DownloaderArguments, signal: AbortSignal): Promise<KnownSource> {
  const timeout = AbortSignal.timeout(Math.max(1, args.values.http_timeout) * 1000);
  const source = sourceOf(args);
  try {
    return await loadSource(source, { signal: AbortSignal.any([signal, timeout]), linkOnPage, ...interfaceOf(args.values) });
  } catch (error) {
    if (timeout.aborted && !signal.aborted)
      throw new HostError("TIMED_OUT", `${source}: no answer within ${args.values.http_timeout} seconds`, { cause: error });
    throw error;
  }
}

/** Where the data goes: a folder, and the name of the file or folder in it. */
export interface Target {
  readonly path: string;
  readonly name: string;
}

/**
 * `saveas` itself, or the suggested name. A folder that is there and holds nothing of a torrent of several files takes
 * them in a folder of their own, as does one that is named for a torrent of a single file.
 */
export function targetOf(torrent: Metainfo, saveas: string): Target {
  const chosen = resolve(saveas === "" ? torrent.name : saveas);
  const isFolder = existsSync(chosen) && statSync(chosen).isDirectory();
  const below = { path: chosen, name: torrent.name };
  const itself = { path: dirname(chosen), name: basename(chosen) };
  if (!isFolder) return itself;
  if (torrent.isSingleFile) return below;
  const holdsAny = torrent.files.some((file) => existsSync(join(chosen, pathOf(file))));
  return holdsAny ? itself : below;
}

/** Where a link leads as far as it is known: its own name may be another than the torrent's. */
export function targetOfLink({ name, infoHashes }: MagnetLink, saveas: string): Target {
  const chosen = resolve(saveas === "" ? basename(name ?? infoHashes.v1 ?? infoHashes.v2 ?? "") : saveas);
  return { path: dirname(chosen), name: basename(chosen) };
}

/** What of the options concerns the session. */
export async function sessionOptions({ values, given }: Pick<DownloaderArguments, "values" | "given">): Promise<Partial<SessionOptions>> {
  return {
    listen: [listenPlace(values)],
    ...interfaceOf(values),
    limits: limitsOf(values, given),
    ...(values.ip === "" ? {} : { announceAddress: await addressOf(values.ip) }),
  };
}

/** Like the original, `--bind` is also where connections come from. */
export function interfaceOf({ bind }: DownloaderValues): Pick<SessionOptions, "interface"> {
  return bind === "" ? {} : { interface: bind };
}

function listenPlace({ minport, maxport, random_port, bind }: DownloaderValues): string {
  for (const port of [minport, maxport]) {
    if (port < 0 || port > 65_535) throw new UsageError("PORT_INVALID", `${port} is no port; write one from 1 to 65535`);
  }
  if (maxport < minport)
    throw new UsageError("PORT_INVALID", `--maxport ${maxport} is below --minport ${minport}; no port is between them`);
  const ports = random_port === 1 ? "0" : minport === maxport ? String(minport) : `${minport}-${maxport}`;
  if (bind === "") return ports;
  return `${isIP(bind) === 6 ? `[${bind}]` : bind}:${ports}`;
}

function limitsOf(values: DownloaderValues, given: ReadonlySet<string>): SessionLimits {
  return {
    up: Math.round(atLeastZero("max_upload_rate", values.max_upload_rate) * KIB),
    down: Math.round(atLeastZero("max_download_rate", values.max_download_rate) * KIB),
    uploadSlots: atLeastZero("max_uploads", values.max_uploads),
    perTorrentPeers: fewest(atLeastZero("max_allow_in", values.max_allow_in), atLeastZero("max_connections", values.max_connections)),
    dialPeers: atLeastZero("max_initiate", values.max_initiate),
    // Five minutes were patient; the default of ours notices dead peers sooner, so only a wish is followed.
    ...(given.has("timeout") ? { idlePeerMillis: atLeastZero("timeout", values.timeout) * 1000 } : {}),
  };
}

/** Of two bounds the narrower; 0 of the second sets none. */
function fewest(bound: number, other: number): number {
  return other === 0 ? bound : Math.min(bound, other);
}

function atLeastZero(name: string, value: number): number {
  if (value < 0) throw new UsageError("NUMBER_INVALID", `--${name} is ${value}, but must be 0 or more`);
  return value;
}

/** Trackers want an address; a name is looked up here. */
async function addressOf(place: string): Promise<string> {
  if (isIP(place) !== 0) return place;
  try {
    return (await lookup(place, { family: 4 })).address;
  } catch (error) {
    throw new HostError("NAME_NOT_FOUND", `--ip ${place}: there is no host of that name`, { cause: error });
  }
}

/** -1 none, 0 high, 1 normal, 2 low; files that are not listed stay normal. */
export function prioritiesOf(text: string): readonly (0 | 1 | 4 | 7)[] {
  if (text === "") return [];
  const known = new Map<string, 0 | 1 | 4 | 7>([
    ["-1", 0],
    ["0", 7],
    ["1", 4],
    ["2", 1],
  ]);
  return text.split(",").map((word) => {
    const priority = known.get(word.trim());
    if (priority === undefined) throw new UsageError("PRIORITY_INVALID", `"${word}" is no priority; write -1, 0, 1 or 2 for each file`);
    return priority;
  });
}
