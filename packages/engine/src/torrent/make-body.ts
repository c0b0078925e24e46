/**
 * Puts the corners of a torrent together once its metadata is known.
 * @module
 */
import type { Millis, Rate } from "@bittern/protocol/base";
import type { Metainfo } from "@bittern/protocol/metainfo";
import type { ResumeRecord } from "../disk/resume.ts";
import type { Peer } from "../peers/peer.ts";
import { PiecePicker } from "../picker/picker.ts";
import type { Limiter } from "../rate/limiter.ts";
import type { AddTorrent, FilePriority } from "../session/command.ts";
import type { SessionContext } from "../session/context.ts";
import type { LinkId, TorrentId } from "../session/ids.ts";
import type { Body } from "./body.ts";
import { Content } from "./content/content.ts";
import type { Blame } from "./download/blame.ts";
import { Requests } from "./download/requests.ts";
import { Answers } from "./metadata/answers.ts";
import { HashServe } from "./metadata/hash-serve.ts";
import { MetadataServe } from "./metadata/metadata.ts";
import { Choking } from "./upload/choking.ts";
import { Giving } from "./upload/giving.ts";
import { Offers } from "./upload/offers.ts";
import { SIDE_BY_SIDE_MAX, Uploads } from "./upload/uploads.ts";

/**
 * Peers beyond which each link is used now and then only: it begins slowly each time, and several uplinks meet at one way in while others are offered nothing.
 * What helps there hurts among fewer, whose links are silent once, at the beginning (beside a fast seed the last of eight was done after
 * 1.28 times the least possible time instead of 1.20).
 */
const MANY_LINKS_MIN = 16;

export interface BodyParts {
  readonly torrent: TorrentId;
  readonly metainfo: Metainfo;
  readonly add: AddTorrent;
  readonly priorities: readonly FilePriority[] | undefined;
  readonly record: ResumeRecord | undefined;
  readonly context: SessionContext;
  readonly peers: ReadonlyMap<LinkId, Peer>;
  readonly isAnnounced: () => boolean;
  readonly down: Limiter;
  readonly up: Limiter;
  readonly blame: Blame;
  readonly uplink: (now: Millis) => { readonly rate: Rate; readonly isBusy: boolean };
}

export function makeBody(parts: BodyParts): Body {
  const { metainfo, context } = parts;
  const { layout } = metainfo;
  const content = new Content({
    torrent: parts.torrent,
    metainfo,
    add: parts.add,
    priorities: parts.priorities,
    record: parts.record,
    pool: context.pool,
    wallSeconds: () => context.wallSeconds(),
  });
  const picker = new PiecePicker({ pieceCount: layout.pieceCount, random: context.random });
  picker.setPriorities(content.piecePriorities());
  const hasManyLinks = (): boolean => choking.openCount > MANY_LINKS_MIN;
  const requests = new Requests({
    picker,
    pool: context.pool,
    shapes: layout,
    blame: parts.blame,
    settings: () => context.settings,
    limiter: parts.down,
    hasManyLinks,
  });
  requests.isSequential = parts.add.sequential === true;
  const giving = new Giving({
    picker,
    random: context.random,
    have: content.have,
    pieceByteLength: (piece) => layout.pieceByteLength(piece),
    peers: parts.peers,
    isAnnounced: parts.isAnnounced,
    isForced: parts.add.superSeed === true,
    onOver: (out) => offers.tellMode(out),
  });
  const isCrowded = (): boolean => choking.openCount > SIDE_BY_SIDE_MAX;
  const uploads: Uploads = new Uploads({
    torrent: parts.torrent,
    have: content.have,
    // libtorrent 2.0 asks for whole blocks where a v2 file ends within one: what follows the file are zeros.
    pieceByteLength: (piece) => (metainfo.version === "v2" ? layout.pieceLength : layout.pieceByteLength(piece)),
    emptyRanges: (piece) => layout.emptyRanges(piece),
    holders: (piece) => picker.partialHolders(piece),
    isCrowded,
    hasManyLinks,
    queueMax: () => context.settings.requestQueueMax,
    limiter: parts.up,
    isMiser: (peer) => giving.isMiser(peer),
    onServed: (peer, piece, byteLength) => giving.sent(peer, piece, byteLength),
  });
  const choking: Choking = new Choking({
    random: context.random,
    uploads,
    peers: parts.peers,
    fixedSlots: context.settings.uploadSlots,
    context: (now) => {
      const uplink = parts.uplink(now);
      return { isSeeding: content.isDone, uplinkRate: uplink.rate, uplinkBusy: uplink.isBusy };
    },
  });
  const offers: Offers = new Offers({
    random: context.random,
    have: content.have,
    pieceLength: layout.pieceLength,
    // What is hidden is given piece by piece already.
    isCrowded: () => !giving.isHiding && isCrowded(),
    pendingLength: () => uploads.pendingLength,
    rate: (now) => parts.uplink(now).rate,
    owes: (peer) => uploads.owes(peer),
  });
  for (const peer of parts.peers.values()) offers.introduced(peer);
  const answers = new Answers();
  return {
    metainfo,
    picker,
    content,
    requests,
    uploads,
    choking,
    giving,
    offers,
    answers,
    metadata: new MetadataServe(metainfo.infoBytes, answers),
    hashes: new HashServe({ torrent: parts.torrent, metainfo, content, answers }),
  };
}
