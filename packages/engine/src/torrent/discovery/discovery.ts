/**
 * Where the trackers say that peers are, names resolved, and what the user is told of it.
 * @module
 */
import type { Endpoint } from "@bittern/protocol/address";
import { HostError, type Millis } from "@bittern/protocol/base";
import type { SessionContext } from "../../session/context.ts";
import type { TrackerOutcome } from "../../session/event.ts";
import type { TorrentId } from "../../session/ids.ts";
import type { SessionInput } from "../../session/input.ts";
import type { SessionOutput } from "../../session/output.ts";
import type { UdpTrackerAnswer } from "../../session/udp-trackers.ts";
import { type AnnounceFacts, mayName } from "./announce-round.ts";
import { type AnnounceOutcome, Announces } from "./announces.ts";

/** Peers given by name that are resolved for one answer: only old trackers give names at all. */
const NAMES_MAX = 50;

/** Answers to the questions of one torrent. */
export type Answered = Extract<SessionInput, { type: "http-answered" | "resolved" | "texts-resolved" }>;

export class Discovery {
  readonly announces: Announces;
  readonly #torrent: TorrentId;
  readonly #context: SessionContext;
  /** Peers whose names are being resolved, by query. */
  readonly #named = new Map<number, { readonly port: number; readonly tracker: string }>();

  constructor(torrent: TorrentId, context: SessionContext, tiers: readonly (readonly string[])[], facts: () => AnnounceFacts) {
    this.#torrent = torrent;
    this.#context = context;
    this.announces = new Announces({
      tiers,
      facts,
      random: context.random,
      nextRequest: () => context.nextRequest(torrent),
      udp: context.udpTrackers,
      preferences: context.trackerPreferences,
    });
  }

  tick(now: Millis, out: SessionOutput[]): void {
    this.#tell(this.announces.tick(now, out), out);
  }

  /** The host answered one of our questions; returns peers. */
  answered(input: Answered, now: Millis, out: SessionOutput[]): readonly Endpoint[] {
    if (input.type === "texts-resolved") return this.#tell(this.announces.lookedUp(input.query, input.outcome, now, out), out);
    if (input.type === "http-answered") return this.#tell(this.announces.answeredByHttp(input.request, input.outcome, now, out), out);
    const named = this.#named.get(input.query);
    this.#named.delete(input.query);
    if (named === undefined || input.outcome instanceof HostError) return [];
    const { port, tracker } = named;
    // A name may lead anywhere: it is judged by where it led.
    return input.outcome.filter((address) => mayName(tracker, address)).map((address) => ({ address, port }));
  }

  /** A UDP tracker answered; returns peers. */
  announced({ request, outcome, from }: UdpTrackerAnswer, now: Millis, out: SessionOutput[]): readonly Endpoint[] {
    // A torrent asks for announces only.
    if ("swarms" in outcome) return [];
    return this.#tell(this.announces.answered(request, outcome, from, now, out), out);
  }

  #tell(outcome: AnnounceOutcome | undefined, out: SessionOutput[]): readonly Endpoint[] {
    if (outcome === undefined) return [];
    const tell = (told: TrackerOutcome, message: string, peerCount: number): void => {
      out.push({ type: "event", event: { type: "tracker", torrent: this.#torrent, url: outcome.url, outcome: told, message, peerCount } });
    };
    if (outcome.type !== "peers") {
      tell(outcome.type, outcome.message, 0);
      return [];
    }
    if (outcome.ourAddress !== undefined) this.#context.ourAddresses.heard(outcome.from, outcome.ourAddress);
    tell(outcome.warning === undefined ? "answered" : "warning", outcome.warning ?? "", outcome.peers.length + outcome.names.length);
    for (const { address, port } of outcome.names.slice(0, NAMES_MAX)) {
      const query = this.#context.nextRequest(this.#torrent);
      this.#named.set(query, { port, tracker: outcome.from });
      out.push({ type: "resolve", query, name: address });
    }
    return outcome.peers;
  }
}
