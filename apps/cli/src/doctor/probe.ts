/**
 * Looks at this machine for `bittern doctor`: ports, limits, folders. Nothing it makes is left behind.
 * @module
 */
import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, open, rm, stat, statfs, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { MIB } from "@bittern/protocol/base";
import type { PortRange } from "../arguments.ts";
import { failureOf } from "../failure.ts";
import type { Catalogue } from "../messages/catalogue.ts";
import type { FolderFacts } from "./checks.ts";

export interface PortFacts {
  /** The first port that can be listened on in some family. */
  readonly port: number | undefined;
  readonly ipv4: boolean;
  readonly ipv6: boolean;
}

/** Binds for a moment, as a transfer would for long: the first port that is free in both families, else in one. */
export async function probePorts([first, last]: PortRange): Promise<PortFacts> {
  let best: PortFacts = { port: undefined, ipv4: false, ipv6: false };
  for (let port = first; port <= last; port++) {
    const [ipv4, ipv6] = [await canListen("0.0.0.0", port), await canListen("::", port)];
    if (ipv4 && ipv6) return { port, ipv4, ipv6 };
    if (best.port === undefined && (ipv4 || ipv6)) best = { port, ipv4, ipv6 };
  }
  return best;
}

function canListen(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen({ host, port, exclusive: true, ipv6Only: host === "::" }, () => server.close(() => resolve(true)));
  });
}

export function probeAddresses(): readonly string[] {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return all.filter(({ internal }) => !internal).map(({ address }) => address);
}

/** The soft limit, from `/proc`; only Linux tells without a shell. */
export function probeOpenFiles(): number | undefined {
  const line = readIfThere("/proc/self/limits")
    ?.split("\n")
    .find((text) => text.startsWith("Max open files"));
  const limit = Number(line?.slice("Max open files".length).trim().split(/\s+/)[0]);
  return Number.isFinite(limit) && limit > 0 ? limit : undefined;
}

/** The third of the three sizes of `tcp_rmem`. */
export function probeWindow(): number | undefined {
  const most = Number(readIfThere("/proc/sys/net/ipv4/tcp_rmem")?.trim().split(/\s+/)[2]);
  return most > 0 ? most : undefined;
}

export async function probeFolder(path: string, words: Catalogue["failure"]): Promise<FolderFacts> {
  let scratch: string | undefined;
  try {
    // A folder that is not there yet is made where it is needed: what counts is the one above it.
    scratch = await mkdtemp(join(await nearest(path), ".bittern-doctor-"));
    const { bavail, bsize } = await statfs(scratch);
    const [syncMillis, isSparse] = [await timeSync(scratch), await growsSparse(scratch)];
    await writeFile(join(scratch, "case"), "");
    return { freeLength: bavail * bsize, syncMillis, isSparse, foldsCase: existsSync(join(scratch, "CASE")) };
  } catch (error) {
    const { code, message } = failureOf(error);
    return { fault: words(code, message).replace(/^.*?: /, "") };
  } finally {
    if (scratch !== undefined) await rm(scratch, { recursive: true, force: true });
  }
}

async function nearest(path: string): Promise<string> {
  for (let place = path; ; place = join(place, "..")) if (existsSync(place) || place === join(place, "..")) return place;
}

async function timeSync(folder: string): Promise<number> {
  const file = await open(join(folder, "sync"), "w");
  try {
    await file.writeFile(new Uint8Array(MIB).fill(7));
    const startedAt = performance.now();
    await file.datasync();
    return performance.now() - startedAt;
  } finally {
    await file.close();
  }
}

async function growsSparse(folder: string): Promise<boolean> {
  const path = join(folder, "sparse");
  await writeFile(path, "");
  const file = await open(path, "r+");
  try {
    await file.truncate(8 * MIB);
  } finally {
    await file.close();
  }
  return (await stat(path)).blocks * 512 < MIB;
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
