/**
 * `bittern share`: torrent, tracker, page and seed in one.
 * @module
 */
import { basename, dirname } from "node:path";
import { createTorrent, HostError, type Metainfo, pathOf, type Session, type Torrent, TrackerServer } from "@bittern/client";
import { formatBytes, printable } from "@bittern/faces";
import type { Action, Invocation } from "../invocation.ts";
import type { ShareMessages } from "../messages/catalogue.ts";
import { openSession, type SessionArguments } from "../open-session.ts";
import { interfaceAddress, urlHost } from "../public-host.ts";
import { ProgressDisplay } from "../render/display.ts";
import type { SwarmNumbers } from "../share/page.ts";
import { qrLines } from "../share/qr.ts";
import { notReady, Site, torrentPath } from "../share/site.ts";
import { namedPath } from "../source.ts";
import { Transfer } from "../transfer.ts";
import { CREATED_BY } from "../version.ts";

interface ShareOptions extends SessionArguments {
  readonly http?: number;
  readonly publicHost?: string;
  readonly once?: boolean;
  readonly comment?: string;
  readonly all?: boolean;
  readonly superSeed?: boolean;
}

/** The port of the page, and how many after it are tried where nobody chose one. */
const HTTP_PORT = 8080;
const HTTP_PORTS_TRIED = 20;
/** Milliseconds between two looks whether a copy has gone out. */
const LOOK_MILLIS = 250;
/** Columns beside which a QR code of 40 modules still fits. */
const QR_COLUMNS_MIN = 60;

export const share: Action<ShareOptions> = async (invocation, [argument = ""], options) => {
  const { stop } = invocation;
  const chosen = options.interface;
  const path = namedPath(argument);
  let site: Site | undefined;
  const tracker = await openTracker(options, async (method, target) => (await site?.answer(method, target)) ?? notReady());
  try {
    const base = `${urlHost(options.publicHost ?? interfaceAddress(chosen))}:${tracker.urls.http?.port}`;
    const announce = [`http://${base}/announce`, `udp://${base}/announce`];
    const metainfo = await makeTorrent(invocation, path, announce, options);
    const session = await openSession(invocation, options);
    try {
      const torrent = await session.add(metainfo, {
        path: dirname(path),
        name: basename(path),
        readOnly: true,
        seedMode: true,
        superSeed: options.superSeed === true,
      });
      await torrent.checked({ signal: stop.signal });
      site = siteOf(metainfo, `http://${base}`, invocation.output.messages.share, () => swarmOf(tracker, metainfo));
      tell(invocation, session, metainfo, `http://${base}`, announce);
      const transfer = new Transfer(invocation, session, torrent);
      stop.endsWellIf(() => !transfer.isDamaged);
      await Promise.race([
        transfer.run({ exit: false, seedRatio: undefined, seedMinutes: undefined }),
        ...(options.once === true ? [oneCopyOut(torrent, tracker, metainfo, stop.signal)] : []),
      ]);
      transfer.end();
      return transfer.isDamaged ? 1 : stop.status;
    } finally {
      await session.close();
    }
  } finally {
    await tracker.close();
  }
};

type Answer = (method: string, path: string) => Promise<{ status: number; headers: Readonly<Record<string, string>>; body: Uint8Array }>;

/** The port that was chosen, else the first free one from 8080 on, else any. */
async function openTracker({ http: port, interface: chosen }: ShareOptions, answer: Answer): Promise<TrackerServer> {
  const ports = port !== undefined ? [port] : [...Array.from({ length: HTTP_PORTS_TRIED }, (_, at) => HTTP_PORT + at), 0];
  for (;;) {
    const next = ports.shift() as number;
    const tracker = new TrackerServer({
      http: { port: next },
      udp: { port: "http" },
      ...(chosen === undefined ? {} : { interface: chosen }),
      onRequest: ({ method, path }, reply) => void answer(method, path).then(({ status, headers, body }) => reply(status, headers, body)),
    });
    try {
      await tracker.listen();
      return tracker;
    } catch (error) {
      if (ports.length === 0 || !(error instanceof HostError) || error.code !== "ADDRESS_IN_USE") throw error;
    }
  }
}

async function makeTorrent(
  { output, stop }: Invocation,
  path: string,
  announce: readonly string[],
  options: ShareOptions,
): Promise<Metainfo> {
  const display = new ProgressDisplay(output);
  try {
    return await createTorrent(path, {
      announce: announce.map((url) => [url]),
      createdBy: CREATED_BY,
      includeHidden: options.all === true,
      ...(options.comment === undefined ? {} : { comment: options.comment }),
      signal: stop.signal,
      onProgress: (done, total) => display.update({ activity: output.messages.hashing, fraction: done / Math.max(1, total), done, total }),
    });
  } finally {
    display.clear();
  }
}

function siteOf(metainfo: Metainfo, base: string, words: ShareMessages, swarm: () => Promise<SwarmNumbers>): Site {
  const { v1, v2 } = metainfo.infoHashes;
  return new Site({
    words,
    view: {
      name: metainfo.name,
      comment: metainfo.comment ?? "",
      totalLength: metainfo.totalLength,
      files: metainfo.files.map((file) => ({ path: pathOf(file), length: file.length })),
      magnet: metainfo.toMagnet(),
      torrentUrl: base + torrentPath(metainfo.name),
      infoHashes: [v1, v2].filter((hash) => hash !== undefined),
    },
    torrent: metainfo.toBytes(),
    swarm,
  });
}

/** A hybrid has two swarms and many peers are in both: the larger number of each is the better guess. */
async function swarmOf(tracker: TrackerServer, metainfo: Metainfo): Promise<SwarmNumbers> {
  const swarms = [...(await tracker.scrape(metainfo.infoHashes.wire)).values()];
  const most = (of: (swarm: (typeof swarms)[number]) => number): number => Math.max(0, ...swarms.map(of));
  return {
    seeds: most((swarm) => swarm.complete),
    downloaders: most((swarm) => swarm.incomplete),
    completed: most((swarm) => swarm.downloaded),
  };
}

function tell({ output }: Invocation, session: Session, metainfo: Metainfo, base: string, announce: readonly string[]): void {
  const { v1, v2 } = metainfo.infoHashes;
  const magnet = metainfo.toMagnet();
  const page = `${base}/`;
  const port = session.listening[0]?.port ?? 0;
  const told = { page, torrent: base + torrentPath(metainfo.name), magnet, infoHash: v1 ?? null, infoHashV2: v2 ?? null, announce, port };
  const terminal = process.stdout.isTTY && process.stdout.columns >= QR_COLUMNS_MIN;
  const code = terminal ? qrLines(page) : undefined;
  const lines = [output.messages.share.sharing(printable(metainfo.name), formatBytes(metainfo.totalLength)), `  ${page}`, `  ${magnet}`];
  output.event({ type: "sharing", ...told }, [...lines, ...(code === undefined ? [] : ["", ...code])].join("\n"));
}

/** Resolves once somebody else has everything. */
async function oneCopyOut(torrent: Torrent, tracker: TrackerServer, metainfo: Metainfo, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const isOut = torrent.peers().some((peer) => peer.isSeed && peer.uploaded > 0);
    if (isOut || (await swarmOf(tracker, metainfo)).completed > 0) return;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MILLIS));
  }
}
