/**
 * What would hold a transfer back on this machine, judged from plain facts: each finding says what is, and what to do.
 * @module
 */

import { formatBytes } from "@bittern/faces";
import { addressScope } from "@bittern/protocol/address";
import { MIB } from "@bittern/protocol/base";

/** `problem`: a transfer fails or cannot be reached; `warning`: it is slower or smaller than it could be. */
export type Level = "good" | "warning" | "problem";

export interface Finding {
  /** Stable, for programs. */
  readonly check: string;
  readonly level: Level;
  readonly finding: string;
  /** What to do; empty where nothing has to be done. */
  readonly advice: string;
}

/** Descriptors that peers (500), files (128) and our own records and sockets need. */
const FILES_NEEDED = 1024;
/** Bytes free below which even a small torrent may not fit. */
const SPACE_MIN = 1024 * MIB;
/** Bytes of a TCP receive window: 100 ms at 40 MB/s. */
const WINDOW_WANTED = 4 * MIB;
const SYNC_SLOW_MILLIS = 500;
const MEMORY_WANTED = 256 * MIB;

function good(check: string, finding: string): Finding {
  return { check, level: "good", finding, advice: "" };
}

/** The families in which a port could be bound, and why not where not. */
export function judgePorts(port: number | undefined, wanted: string, bound: { readonly ipv4: boolean; readonly ipv6: boolean }): Finding {
  const check = "port";
  if (port === undefined) {
    return { check, level: "problem", finding: `no port of ${wanted} is free`, advice: "end what uses them, or choose others with --port" };
  }
  if (bound.ipv4 && bound.ipv6) return good(check, `port ${port} can be listened on by IPv4 and IPv6`);
  const [has, lacks] = bound.ipv4 ? ["IPv4", "IPv6"] : ["IPv6", "IPv4"];
  return {
    check,
    level: "warning",
    finding: `port ${port} can be listened on by ${has} only`,
    advice: `peers that have only ${lacks} cannot reach us; give the machine an ${lacks} address`,
  };
}

/** Addresses of all interfaces but the loopback. */
export function judgeAddresses(addresses: readonly string[]): Finding {
  const check = "addresses";
  const isGlobal = (address: string): boolean => addressScope(address) === "global";
  const global = addresses.filter(isGlobal);
  const usable = addresses.filter((address) => !["link-local", "denied"].includes(addressScope(address)));
  if (usable.length === 0) {
    return { check, level: "problem", finding: "this machine has no address in any network", advice: "connect it to a network" };
  }
  if (global.some((address) => !address.includes(":"))) return good(check, `reached from everywhere at ${global.join(", ")}`);
  const behind = `behind a router (${usable.filter((address) => !isGlobal(address)).join(", ")})`;
  if (global.length > 0) {
    return {
      check,
      level: "warning",
      finding: `reached from everywhere by IPv6 at ${global.join(", ")}; for IPv4 ${behind}`,
      advice: "forward the port in the router, so that peers with IPv4 reach us too",
    };
  }
  return {
    check,
    level: "warning",
    finding: behind,
    advice: "forward the port in the router: without it only peers that we dial can send to us, and two such machines never meet",
  };
}

/** Soft limit of open files; `undefined` where the system does not tell. */
export function judgeOpenFiles(limit: number | undefined): Finding {
  const check = "open files";
  if (limit === undefined || limit >= FILES_NEEDED)
    return good(check, limit === undefined ? "not limited" : `${limit} may be open at once`);
  return {
    check,
    level: "warning",
    finding: `only ${limit} files and connections may be open at once`,
    advice: `raise it with \`ulimit -n ${4 * FILES_NEEDED}\`: 500 peers and 128 files need about ${FILES_NEEDED}`,
  };
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

export function judgeFolder(check: string, path: string, facts: FolderFacts): readonly Finding[] {
  if (facts.fault !== undefined) {
    return [{ check, level: "problem", finding: `${path}: ${facts.fault}`, advice: "choose another folder, or make this one writable" }];
  }
  const findings: Finding[] = [];
  const warn = (finding: string, advice: string): void =>
    void findings.push({ check, level: "warning", finding: `${path}: ${finding}`, advice });
  const { freeLength, syncMillis } = facts;
  if (freeLength !== undefined && freeLength < SPACE_MIN)
    warn(`${formatBytes(freeLength)} are free`, "make room: a full disk pauses a download");
  if (syncMillis !== undefined && syncMillis > SYNC_SLOW_MILLIS) {
    warn(
      `making a mebibyte durable takes ${Math.round(syncMillis)} ms`,
      "a disk this slow sets the pace of every download; use another one",
    );
  }
  if (facts.foldsCase === true) warn("names that differ in case only are the same file", "torrents with such names are renamed there");
  if (facts.isSparse === false) warn("files take their whole length at once", "there must be room for all of a torrent from the start");
  if (findings.length > 0) return findings;
  return [good(check, `${path} can be written${freeLength === undefined ? "" : `, ${formatBytes(freeLength)} are free`}`)];
}

/** Bytes a TCP connection may have on its way; `undefined` where the system does not tell. */
export function judgeWindow(receiveMax: number | undefined): Finding {
  const check = "tcp window";
  if (receiveMax === undefined || receiveMax >= WINDOW_WANTED) {
    return good(check, receiveMax === undefined ? "left to the system" : `grows to ${formatBytes(receiveMax)}`);
  }
  return {
    check,
    level: "warning",
    finding: `ends at ${formatBytes(receiveMax)}`,
    advice: "a peer far away is held to that much a round trip; raise net.ipv4.tcp_rmem",
  };
}

/** Bytes this process may use. */
export function judgeMemory(available: number): Finding {
  const check = "memory";
  if (available >= MEMORY_WANTED) return good(check, `${formatBytes(available)} for us and others`);
  return {
    check,
    level: "warning",
    finding: `${formatBytes(available)} for us and others`,
    advice: "piece buffers alone take up to 64 MiB; close something else",
  };
}

/** What each tracker that was asked said: its URL, and why not where it did not answer. */
export function judgeTracker(url: string, fault: string | undefined): Finding {
  const check = "tracker";
  if (fault === undefined) return good(check, `${url} answers`);
  return { check, level: "problem", finding: `${url}: ${fault}`, advice: "look whether its name, its port and your firewall are right" };
}
