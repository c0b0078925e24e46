/**
 * What the page of the classic tracker needs to know, gathered from the tracker and its folder.
 * @module
 */
import { CLASSIC_TYPE, type ClassicTorrent, type ClassicView, classicPage, type TorrentSummary } from "@bittern/tracker";
import { VERSION } from "../../version.ts";
import { type SiteAnswer, text } from "./answer.ts";
import type { SiteParts } from "./parts.ts";

/** Milliseconds a page stays good: it costs a look at every peer. */
const FRESH_MILLIS = 2000;
/** Peers up to which different addresses are counted; with more of them connections stand for both. */
const ADDRESSES_COUNTED_MAX = 500_000;
const PAGE_LENGTH = 10_000;

export class ClassicSite {
  readonly #parts: SiteParts;
  #page = "";
  #madeAt = Number.NEGATIVE_INFINITY;

  constructor(parts: SiteParts) {
    this.#parts = parts;
  }

  answer(): SiteAnswer {
    const now = performance.now();
    if (now - this.#madeAt >= FRESH_MILLIS) {
      this.#page = classicPage(this.#view());
      this.#madeAt = now;
    }
    return text(200, CLASSIC_TYPE, this.#page);
  }

  #view(): ClassicView {
    const { run, page, folder, keepsEmptyTorrents } = this.#parts;
    const { peers, seeds, webSocketPeers, webSocketSeeds, completedKnown } = run().snapshot();
    const downloading = peers.all - seeds;
    const addresses = peers.all <= ADDRESSES_COUNTED_MAX ? run().ask.addresses() : undefined;
    const torrents = this.#summaries()
      .filter((torrent) => keepsEmptyTorrents || torrent.seeds + torrent.downloaders + torrent.partialSeeds > 0)
      .map((torrent) => this.#torrent(torrent));
    return {
      version: page?.version ?? VERSION,
      wallSeconds: Math.floor(Date.now() / 1000),
      hasFavicon: page?.faviconPath !== undefined,
      isNamed: folder !== undefined && page?.showsNames !== false,
      givesFiles: this.#parts.servesFiles,
      torrents: torrents.toSorted((left, right) => (left.infoHash < right.infoHash ? -1 : 1)),
      // Of a peer over a WebSocket no address is kept: its connection stands for it.
      complete: { addresses: addresses === undefined ? seeds : addresses.complete + webSocketSeeds, connections: seeds },
      downloading: {
        addresses: addresses === undefined ? downloading : addresses.downloading + webSocketPeers - webSocketSeeds,
        connections: downloading,
      },
      downloadedAll: completedKnown,
    };
  }

  #summaries(): TorrentSummary[] {
    const { ask } = this.#parts.run();
    const all: TorrentSummary[] = [];
    for (let from: number | undefined = 0; from !== undefined; ) {
      const { torrents, next } = ask.torrents(from, PAGE_LENGTH);
      all.push(...torrents);
      from = next;
    }
    return all;
  }

  #torrent({ infoHash, seeds, downloaders, partialSeeds, completed }: TorrentSummary): ClassicTorrent {
    const file = this.#parts.folder?.torrents.get(infoHash);
    const counts = { infoHash, complete: seeds, downloading: downloaders + partialSeeds, downloaded: completed };
    return file === undefined ? counts : { ...counts, file: { name: file.name, byteLength: file.byteLength } };
  }
}
