/**
 * What would hold a transfer back on this machine, judged from plain facts: each finding says what is, and what to do.
 * @module
 */

import { formatBytes } from "@bittern/faces";
import { addressScope } from "@bittern/protocol/address";
import { MIB } from "@bittern/protocol/base";
import type { CheckName, DoctorMessages, Said } from "../messages/tool-messages.ts";

/** `problem`: a transfer fails or cannot be reached; `warning`: it is slower or smaller than it could be. */
export type Level = "good" | "warning" | "problem";

export interface Finding extends Said {
  /** Stable, for programs. */
  readonly check: CheckName;
  readonly level: Level;
}

/** Descriptors that peers (500), files (128) and our own records and sockets need. */
const FILES_NEEDED = 1024;
/** Bytes free below which even a small torrent may not fit. */
const SPACE_MIN = 1024 * MIB;
/** Bytes of a TCP receive window: 100 ms at 40 MB/s. */
const WINDOW_WANTED = 4 * MIB;
const SYNC_SLOW_MILLIS = 500;
/** Networks for documents and laboratories (RFC 5737, RFC 3849, RFC 9637): nobody's route leads there. */
const EXAMPLE = /^(?:192\.0\.2|198\.51\.100|203\.0\.113)\.|^2001:db8:|^3fff:0?[0-9a-f]{0,3}:/i;
const MEMORY_WANTED = 256 * MIB;

function good(check: CheckName, finding: string): Finding {
  return { check, level: "good", finding, advice: "" };
}

/** The families in which a port could be bound, and why not where not. */
export function judgePorts(
  { port, ipv4, ipv6 }: { readonly port: number | undefined; readonly ipv4: boolean; readonly ipv6: boolean },
  wanted: string,
  { port: words }: DoctorMessages,
): Finding {
  const check = "port";
  if (port === undefined) return { check, level: "problem", ...words.taken(wanted) };
  if (ipv4 && ipv6) return good(check, words.both(port));
  return { check, level: "warning", ...(ipv4 ? words.only(port, "IPv4", "IPv6") : words.only(port, "IPv6", "IPv4")) };
}

/** Addresses of all interfaces but the loopback. */
export function judgeAddresses(addresses: readonly string[], { addresses: words }: DoctorMessages): Finding {
  const check = "addresses";
  const isGlobal = (address: string): boolean => addressScope(address) === "global" && !EXAMPLE.test(address);
  const global = addresses.filter(isGlobal);
  const usable = addresses.filter((address) => !["link-local", "denied"].includes(addressScope(address)));
  if (usable.length === 0) return { check, level: "problem", ...words.none };
  if (global.some((address) => !address.includes(":"))) return good(check, words.everywhere(global.join(", ")));
  const local = usable.filter((address) => !isGlobal(address)).join(", ");
  return { check, level: "warning", ...(global.length > 0 ? words.onlyIpv6(global.join(", "), local) : words.behind(local)) };
}

/** Soft limit of open files; `undefined` where the system does not tell. */
export function judgeOpenFiles(limit: number | undefined, { openFiles: words }: DoctorMessages): Finding {
  const check = "open files";
  if (limit === undefined) return good(check, words.unlimited);
  if (limit >= FILES_NEEDED) return good(check, words.enough(limit));
  return { check, level: "warning", ...words.few(limit, 4 * FILES_NEEDED, FILES_NEEDED) };
}

export interface FolderFacts {
  /** Why nothing can be written there. */
  readonly fault?: string;
  readonly freeLength?: number;
  /** Milliseconds that making a mebibyte durable took. */
  readonly syncMillis?: number;
  /** Names that differ in case only are one name there. */
  readonly foldsCase?: boolean;
  /** A file may be longer than what was written of it. */
  readonly isSparse?: boolean;
}

export function judgeFolder(
  check: "folder" | "state folder",
  path: string,
  facts: FolderFacts,
  words: DoctorMessages["folder"],
): readonly Finding[] {
  if (facts.fault !== undefined) return [{ check, level: "problem", finding: `${path}: ${facts.fault}`, advice: words.chooseAnother }];
  const findings: Finding[] = [];
  const warn = ({ finding, advice }: Said): void => void findings.push({ check, level: "warning", finding: `${path}: ${finding}`, advice });
  const { freeLength, syncMillis } = facts;
  if (freeLength !== undefined && freeLength < SPACE_MIN) warn(words.full(formatBytes(freeLength)));
  if (syncMillis !== undefined && syncMillis > SYNC_SLOW_MILLIS) warn(words.slow(Math.round(syncMillis)));
  if (facts.foldsCase === true) warn(words.foldsCase);
  if (facts.isSparse === false) warn(words.notSparse);
  if (findings.length > 0) return findings;
  return [good(check, words.writable(path, freeLength === undefined ? undefined : formatBytes(freeLength)))];
}

/** Bytes a TCP connection may have on its way; `undefined` where the system does not tell. */
export function judgeWindow(receiveMax: number | undefined, { window: words }: DoctorMessages): Finding {
  const check = "tcp window";
  if (receiveMax === undefined) return good(check, words.unknown);
  if (receiveMax >= WINDOW_WANTED) return good(check, words.enough(formatBytes(receiveMax)));
  return { check, level: "warning", ...words.small(formatBytes(receiveMax)) };
}

/** Bytes this process may use. */
export function judgeMemory(available: number, { memory: words }: DoctorMessages): Finding {
  const check = "memory";
  const finding = words.available(formatBytes(available));
  return available >= MEMORY_WANTED ? good(check, finding) : { check, level: "warning", finding, advice: words.closeSomething };
}

/** Whether a tracker would take and send many datagrams at once; nothing fails where it does not. */
export function judgeDatagrams(areBatched: boolean, { datagrams: words }: DoctorMessages): Finding {
  return good("datagrams", areBatched ? words.batched : words.single);
}

/** What each tracker that was asked said: its URL, and why not where it did not answer. */
export function judgeTracker(url: string, fault: string | undefined, { tracker: words }: DoctorMessages): Finding {
  const check = "tracker";
  if (fault === undefined) return good(check, words.answers(url));
  return { check, level: "problem", finding: `${url}: ${fault}`, advice: words.look };
}
