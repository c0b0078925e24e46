/**
 * From what is seen to why it is so: a pure function that weighs the signs of one moment.
 *
 * It names what it can prove from the numbers at hand, and says "perhaps" where it cannot. A cause that another one explains
 * is left out: who is paused has no peers because he is paused.
 * @module
 */
import type { PeerSnapshot, TrackerSnapshot } from "../session/snapshot.ts";
import type { Cause, Diagnosis, Pace, Weight } from "./cause.ts";
import type { SessionSymptoms, TorrentSymptoms } from "./symptoms.ts";

/** A rate that reaches this share of its limit is held by it. */
const LIMIT_SHARE = 0.85;
/** Of what may wait for the disk, the share from which on the disk is what holds the download. */
const DISK_SHARE = 0.5;
/** Milliseconds of listening after which somebody should have come. */
const DOOR_PATIENCE_MILLIS = 120_000;
/** Below this many bytes per second a download with peers is worth a word. */
const SLOW_RATE = 16 * 1024;
/** Milliseconds a young torrent has before silence means something. */
const YOUTH_MILLIS = 3000;

export function diagnose(whole: TorrentSymptoms, session: SessionSymptoms): Diagnosis {
  const torrent = { ...whole, trackers: whole.trackers.filter(({ url }) => !isForBrowsers(url)) };
  const pace = paceOf(torrent);
  const causes = causesOf(torrent, session).map((cause) => (isMoving(torrent) && cause.weight === "stops" ? slowed(cause) : cause));
  return { pace, causes: causes.toSorted((one, other) => RANK[one.weight] - RANK[other.weight]) };
}

/** Trackers of WebTorrent: we never ask them, so they are to blame for nothing. */
function isForBrowsers(url: string): boolean {
  return /^wss?:/i.test(url);
}

const RANK: Readonly<Record<Weight, number>> = { stops: 0, slows: 1, perhaps: 2 };

/** Nothing stops what moves. */
function isMoving({ now }: TorrentSymptoms): boolean {
  return now.state === "downloading" && now.downRate > 0;
}

function slowed(cause: Cause): Cause {
  return { ...cause, weight: "slows" };
}

function paceOf({ now }: TorrentSymptoms): Pace {
  if (now.state === "seeding" || now.state === "finished" || now.state === "paused") return "rests";
  return now.state === "checking" || now.downRate > 0 ? "moves" : "stands";
}

function causesOf(torrent: TorrentSymptoms, session: SessionSymptoms): Cause[] {
  const { now } = torrent;
  if (now.fault !== undefined) {
    const { code, message } = now.fault;
    if (code === "DISK_FULL") return [{ weight: "stops", code: "disk-full", message }];
    if (code === "DATA_DAMAGED") return [{ weight: "stops", code: "data-damaged", message }];
    return [{ weight: "stops", code: "fault", fault: code, message }];
  }
  if (torrent.isPausedByUser || now.state === "paused") return [{ weight: "stops", code: "paused" }];
  switch (now.state) {
    case "checking":
      return [{ weight: "stops", code: "checking", progress: now.progress }];
    case "metadata":
      return [{ weight: "stops", code: "metadata-missing", peers: now.peers }, ...whyAlone(torrent, "stops"), ...door(torrent, session)];
    case "layers":
      return [{ weight: "stops", code: "layers-missing", peers: now.peers }, ...whyAlone(torrent, "stops"), ...door(torrent, session)];
    case "downloading":
      return whyDownloadLags(torrent, session);
    default:
      return whyNobodyTakes(torrent, session);
  }
}

function whyDownloadLags(torrent: TorrentSymptoms, session: SessionSymptoms): Cause[] {
  const { now, peers } = torrent;
  const causes: Cause[] = [...absent(torrent), ...limits("down", now.downRate, torrent, session), ...disk(torrent, session)];
  if (peers.length === 0) causes.push(...whyAlone(torrent, "stops"));
  else causes.push(...falseData(torrent), ...failedTrackers(torrent, "slows"), ...whyPeersGiveLittle(torrent, causes.length > 0));
  // With a good stream of data nobody needs a better door.
  if (now.downRate < SLOW_RATE) causes.push(...door(torrent, session));
  return causes;
}

/** Pieces nobody has stop a download when there is nothing else left to fetch. */
function absent({ absentCount, absentPiece, missingCount, peers, now }: TorrentSymptoms): Cause[] {
  if (peers.length === 0 || absentPiece === undefined || now.ageMillis < YOUTH_MILLIS) return [];
  const weight = absentCount === missingCount ? "stops" : "slows";
  return [{ weight, code: "pieces-absent", absent: absentCount, missing: missingCount, piece: absentPiece, peers: peers.length }];
}

function limits(direction: "down" | "up", rate: number, torrent: TorrentSymptoms, session: SessionSymptoms): Cause[] {
  const of = (symptoms: { downRateMax: number; upRateMax: number }): number =>
    direction === "down" ? symptoms.downRateMax : symptoms.upRateMax;
  const causes: Cause[] = [];
  for (const [scope, limit] of [
    ["torrent", of(torrent)],
    ["session", of(session)],
  ] as const) {
    // A limit of less than a block a second lets nothing through for minutes: its rate is 0 most of the time.
    const isReached = limit > 0 && (rate >= limit * LIMIT_SHARE || limit < SLOW_RATE);
    if (isReached) causes.push({ weight: "slows", code: "limit", direction, scope, limit, rate });
  }
  return causes;
}

function disk({ storingLength, now }: TorrentSymptoms, { storingLengthMax }: SessionSymptoms): Cause[] {
  if (storingLength < storingLengthMax * DISK_SHARE) return [];
  return [{ weight: "slows", code: "disk-slow", waitingLength: storingLength, bufferLength: storingLengthMax, rate: now.downRate }];
}

/** Nobody is connected: because nobody is known, or because nobody answers. */
function whyAlone(torrent: TorrentSymptoms, weight: Weight): Cause[] {
  const { now, peers, trackers, candidateCount, diallingCount, unreachableCount } = torrent;
  if (peers.length > 0) return [];
  const causes = failedTrackers(torrent, candidateCount > 0 ? "slows" : weight);
  if (candidateCount > 0 || diallingCount > 0) {
    const isProven = unreachableCount > 0 || now.ageMillis >= YOUTH_MILLIS;
    if (isProven) {
      causes.push({ weight, code: "peers-unreachable", known: candidateCount, unreachable: unreachableCount, dialling: diallingCount });
    }
    return causes;
  }
  if (trackers.length === 0) return [...causes, { weight, code: "no-trackers", dht: torrent.dht, nodes: torrent.dhtNodeCount }];
  if (!trackers.some((tracker) => tracker.state === "working")) return causes;
  // The tracker counts us as well.
  const others = Math.max(0, (now.swarmPeers ?? 0) + (now.swarmSeeds ?? 0) - 1);
  return [...causes, { weight, code: "no-peers", others }];
}

/** Trackers that said no or nothing; they weigh less while another one works. */
function failedTrackers({ trackers }: TorrentSymptoms, weight: Weight): Cause[] {
  const hasOther = trackers.some((tracker) => tracker.state === "working");
  return trackers
    .filter((tracker) => tracker.failures > 0)
    .map((tracker) => failedTracker(tracker, hasOther ? "perhaps" : weight, !hasOther));
}

function failedTracker({ url, message, isRefusal, nextAnnounceMillis }: TrackerSnapshot, weight: Weight, isLast: boolean): Cause {
  return { weight, code: isRefusal ? "tracker-refuses" : "tracker-silent", url, message, isLast, retryMillis: nextAnnounceMillis };
}

/** Who sends what is false is asked no more; when nobody else has what we want, that stops it. */
function falseData({ peers, falsePieceCount: pieces, missingCount, now }: TorrentSymptoms): Cause[] {
  if (pieces === 0) return [];
  const distrusted = peers.filter((peer) => peer.isDistrusted).length;
  const isStuck = now.downRate === 0 && (pieces >= missingCount || distrusted === peers.length);
  return [{ weight: isStuck ? "stops" : "slows", code: "false-data", pieces, distrusted, peers: peers.length }];
}

/** Peers are there: do they have what we want, do they let us ask, and do they send? */
function whyPeersGiveLittle({ now, peers }: TorrentSymptoms, isExplained: boolean): Cause[] {
  const useful = peers.filter((peer) => peer.areWeInterested);
  const unchoking = useful.filter((peer) => !peer.isChokingUs);
  const isYoung = now.ageMillis < YOUTH_MILLIS;
  if (useful.length > 0 && unchoking.length === 0) {
    return isYoung || now.downRate > 0 ? [] : [{ weight: "stops", code: "all-choke", peers: peers.length, useful: useful.length }];
  }
  const silent = isYoung ? [] : unchoking.filter((peer) => owesAnswers(peer));
  const causes: Cause[] = [];
  const areAllSilent = silent.length === unchoking.length;
  // What still comes in came from somebody: who let us ask a moment ago, or is just being asked.
  if (silent.length > 0 && !(areAllSilent && now.downRate > 0)) {
    const weight = areAllSilent ? "stops" : "slows";
    causes.push({ weight, code: "snubbed", peers: silent.length, unchoking: unchoking.length });
  }
  const isSlow = now.downRate < SLOW_RATE && unchoking.length > silent.length && !isYoung;
  if (isSlow && !isExplained) {
    causes.push({ weight: "slows", code: "peers-slow", unchoking: unchoking.length, peers: peers.length, rate: now.downRate });
  }
  return causes;
}

/** We asked, and nothing has come for as long as a rate looks back. */
function owesAnswers(peer: PeerSnapshot): boolean {
  return peer.downRate === 0 && (peer.isSnubbed || peer.requestsOutstanding > 0);
}

/** Complete: what keeps others from taking it? */
function whyNobodyTakes(torrent: TorrentSymptoms, session: SessionSymptoms): Cause[] {
  const { now, peers } = torrent;
  const causes: Cause[] = [...limits("up", now.upRate, torrent, session), ...failedTrackers(torrent, "slows")];
  if (now.upRate > 0) return causes;
  if (!peers.some((peer) => peer.isInterestedInUs)) causes.push({ weight: "perhaps", code: "nobody-wants", peers: peers.length });
  return [...causes, ...door(torrent, session)];
}

/** A port that nobody ever came through is closed, as far as can be seen from inside. */
function door({ now }: TorrentSymptoms, { listenPort, acceptedCount, listeningMillis }: SessionSymptoms): Cause[] {
  if (listenPort === 0) return [{ weight: "slows", code: "not-listening" }];
  const others = (now.swarmPeers ?? 0) + (now.swarmSeeds ?? 0);
  if (acceptedCount > 0 || listeningMillis < DOOR_PATIENCE_MILLIS || others <= 1) return [];
  return [{ weight: "perhaps", code: "port-closed", port: listenPort, listeningMillis, peers: others }];
}
