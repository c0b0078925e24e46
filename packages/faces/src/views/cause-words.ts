/**
 * A cause in words: what is the matter, how that is known, and what would help.
 * @module
 */
import type { CauseItem } from "../snapshot.ts";
import { printable } from "../text.ts";
import { count, formatBytes, formatDuration, formatPercent, formatRate } from "../units.ts";

export interface CauseWords {
  /** A short sentence without a full stop. */
  readonly what: string;
  /** The numbers behind it; "" where the sentence says all. */
  readonly evidence: string;
  /** What would help. */
  readonly help: string;
}

/** Code of a cause -> its words. */
const WORDS: Readonly<Record<string, (cause: CauseEvidence) => CauseWords>> = {
  paused: () => ({ what: "it is paused", evidence: "", help: "resume it" }),
  fault: (cause) => ({
    what: `it stopped: ${cause.text("message")}`,
    evidence: `code ${cause.text("fault")}`,
    help: "mend the cause, then resume it",
  }),
  "disk-full": (cause) => ({
    what: "the disk is full",
    evidence: cause.text("message"),
    help: "make room: it goes on by itself within a minute",
  }),
  "data-damaged": (cause) => ({
    what: cause.text("message") || "data is missing or damaged on the disk",
    evidence: "what is read there no longer matches the torrent",
    help: "look with `bittern verify`, then fetch it again into the same folder with `bittern get`",
  }),
  checking: (cause) => ({
    what: "what is there already is being checked",
    evidence: `${formatPercent(cause.number("progress"))} done`,
    help: "wait: this happens once",
  }),
  "metadata-missing": (cause) => ({
    what: "the link names no files, and nobody has sent the metadata yet",
    evidence: count(cause.number("peers"), "peer"),
    help: "wait for a peer that has it, or take the .torrent instead of the link",
  }),
  "layers-missing": (cause) => ({
    what: "the hashes of the pieces are missing, and nobody has sent them yet",
    evidence: count(cause.number("peers"), "peer"),
    help: "wait for a peer that knows version 2 and has them, or take a .torrent that brings them",
  }),
  "no-trackers": (cause) => withoutTrackers(cause),
  "tracker-refuses": (cause) => {
    const [what, help] = REFUSALS[refusalOf(cause.text("message"))];
    return {
      what: `${what}: ${cause.text("message")}`,
      evidence: cause.text("url") + retryWords(cause),
      help: cause.is("isLast") ? help : "another tracker works: no need to act",
    };
  },
  "tracker-silent": (cause) => ({
    what: `a tracker does not answer: ${cause.text("message")}`,
    evidence: cause.text("url") + retryWords(cause),
    help: cause.is("isLast") ? "check name, network and firewall; it is asked again by itself" : "another tracker works: no need to act",
  }),
  "no-peers": (cause) => ({
    what: cause.number("others") === 0 ? "nobody else is in the swarm" : "the trackers give nobody to connect to",
    evidence:
      cause.number("others") === 0 ? "the trackers answer and count us alone" : `they count ${count(cause.number("others"), "other")}`,
    help: "wait for somebody who has it, or ask its publisher to seed",
  }),
  "peers-unreachable": (cause) => ({
    what: "no peer can be reached",
    evidence: `${count(cause.number("known"), "address", "addresses")} known, ${cause.number("unreachable")} did not answer, ${cause.number("dialling")} being tried`,
    help: "check the firewall for outgoing connections; an open port of ours lets them come to us",
  }),
  "all-choke": (cause) => ({
    what: "no peer lets us ask yet",
    evidence: `${cause.number("useful")} of ${count(cause.number("peers"), "peer")} ${cause.number("useful") === 1 ? "has" : "have"} what we want, and all choke us`,
    help: "wait: a turn comes every half minute; giving more (a higher upload limit) is rewarded",
  }),
  snubbed: (cause) => ({
    what:
      cause.number("peers") === cause.number("unchoking")
        ? "the peers that let us ask send nothing"
        : "some peers that let us ask send nothing",
    evidence: `${cause.number("peers")} of the ${cause.number("unchoking")} that let us ask`,
    help: "others are asked for the same blocks; more peers would help",
  }),
  "false-data": (cause) => ({
    what: "what peers send does not match the torrent's hashes",
    evidence: `${count(cause.number("pieces"), "piece")} came false; ${cause.number("distrusted")} of ${count(cause.number("peers"), "peer")} sent nothing that was good`,
    help: "the same peers are asked again in an hour; if everybody's data is false, ask the publisher whether the torrent is the right one",
  }),
  "pieces-absent": (cause) => ({
    what:
      cause.number("absent") === cause.number("missing")
        ? "no connected peer has what is missing"
        : "some pieces are held by nobody who is connected",
    evidence: `${cause.number("absent")} of ${count(cause.number("missing"), "missing piece")}, the first is ${cause.number("piece")}; ${count(cause.number("peers"), "peer")} connected`,
    help: "a seed has to come: ask the publisher, or look for the same files elsewhere",
  }),
  limit: (cause) => ({
    what: `a limit holds it: ${cause.text("direction") === "down" ? "downloads" : "uploads"} of ${cause.text("scope") === "torrent" ? "this torrent" : "all torrents together"}`,
    evidence: `at ${formatRate(cause.number("rate"))} of ${formatRate(cause.number("limit"))}`,
    help: cause.text("direction") === "down" ? "raise or lift --max-down" : "raise or lift --max-up",
  }),
  "disk-slow": (cause) => ({
    what: "the disk does not keep up",
    evidence:
      cause.number("waitingLength") > cause.number("bufferLength")
        ? `${formatBytes(cause.number("waitingLength"))} wait for it`
        : `${formatBytes(cause.number("waitingLength"))} of ${formatBytes(cause.number("bufferLength"))} of buffers wait for it`,
    help: "another disk, or fewer programs on this one",
  }),
  "not-listening": () => ({
    what: "no port is open for peers",
    evidence: "nothing listens",
    help: "choose a free port with --port",
  }),
  "port-closed": (cause) => ({
    what: "perhaps nobody can reach us from outside",
    evidence: `port ${cause.number("port")} has listened for ${formatDuration(cause.number("listeningMillis") / 1000)}, ${cause.number("peers")} are in the swarm, and nobody has come`,
    help: "forward the port in the router and open it in the firewall",
  }),
  "peers-slow": (cause) => ({
    what: "the peers give little",
    evidence: `${formatRate(cause.number("rate"))} from ${count(cause.number("unchoking"), "peer")} that let us ask, of ${cause.number("peers")}`,
    help: "more peers would help; nothing here is to blame",
  }),
  "nobody-wants": (cause) => ({
    what: "nobody asks for anything now",
    evidence: `${count(cause.number("peers"), "peer")} connected, none of them lacks what is here`,
    help: "nothing to do: who needs it will come",
  }),
};

const REFUSALS: Readonly<Record<Refusal, readonly [what: string, help: string]>> = {
  absent: [
    "there is no tracker at that address",
    "it has moved or is gone: take the torrent anew from its page, or give it another with `bittern edit`",
  ],
  broken: ["the tracker is out of order", "wait: it is asked again by itself"],
  words: ["the tracker refuses", "ask whoever runs the tracker, or take the torrent anew from its page"],
};

/** All codes that have words, for the test that holds them to the engine's. */
export const CAUSE_CODES: readonly string[] = Object.keys(WORDS);

export function causeWords(cause: CauseItem): CauseWords {
  const words = WORDS[cause.code];
  // A newer program may run than the one that reads.
  return words?.(new CauseEvidence(cause)) ?? { what: printable(cause.code), evidence: "", help: "" };
}

/** CauseEvidence comes over a socket: what is no number counts as none. */
export class CauseEvidence {
  readonly #cause: CauseItem;

  constructor(cause: CauseItem) {
    this.#cause = cause;
  }

  number(name: string): number {
    const value = this.#cause[name];
    return typeof value === "number" ? value : 0;
  }
  text(name: string): string {
    const value = this.#cause[name];
    return typeof value === "string" ? printable(value) : "";
  }
  is(name: string): boolean {
    return this.#cause[name] === true;
  }
}

/** The DHT is all there is to ask: whether it may be, and what it said. */
function withoutTrackers(cause: CauseEvidence): CauseWords {
  const help = "name a peer with --peer, or take a torrent that has a tracker";
  switch (cause.text("dht")) {
    case "asked":
      return {
        what: "the DHT knows nobody who has it",
        evidence: `${count(cause.number("nodes"), "node")} of the DHT answered; it has no trackers, and no peer was named`,
        help: "wait for somebody who has it: the DHT is asked again by itself; or name a peer with --peer",
      };
    case "silent":
      return {
        what: "the DHT is being joined, and it has no trackers to ask",
        evidence: "no node of the DHT has answered yet",
        help: "wait a minute; if it stays so, check the firewall for UDP, or name a peer with --peer",
      };
    case "private":
      return {
        what: "there is nobody to ask for peers",
        evidence: "it is private, so the DHT is not asked, and it has no trackers",
        help,
      };
    case "off":
      return {
        what: "there is nobody to ask for peers",
        evidence: "it has no trackers, no peer was named, and the DHT is off",
        help: `start it without --no-dht and BITTERN_DHT=off, ${help}`,
      };
    default:
      return { what: "there is nobody to ask for peers", evidence: "it has no trackers, and no peer was named", help };
  }
}

/** `absent`: a server is there, and no tracker; `broken`: the server is in trouble; `words`: the tracker said no. */
export type Refusal = "absent" | "broken" | "words";

/** What a tracker's no means, by the HTTP status where it was one. */
export function refusalOf(message: string): Refusal {
  // In whatever language that is said: a tracker's own words are a sentence.
  const status = Number(/^\p{L}* ?HTTP(?: \p{L}+)? (\d{3})$/u.exec(message)?.[1]);
  if (status === 404 || status === 410) return "absent";
  return status >= 500 ? "broken" : "words";
}

function retryWords(cause: CauseEvidence): string {
  const millis = cause.number("retryMillis");
  return millis > 0 ? `; asked again in ${formatDuration(millis / 1000)}` : "";
}
