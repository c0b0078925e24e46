/**
 * What a running tracker is given, and what may be asked of it.
 * @module
 */
import type { Host, JournalStore, Tcp } from "@bittern/host";
import type { Endpoint } from "@bittern/protocol/address";
import type { TrackerCommand } from "./command.ts";
import type { OtherRequest, WelcomeQuestion } from "./output.ts";
import type { TrackerSettings } from "./settings.ts";
import type { SharedStore } from "./shared/shared-store.ts";
import type { TrackerMachine, TrackerSnapshot } from "./tracker.ts";

export interface HttpDoor {
  /** Address to bind; all of IPv4 and IPv6 when absent. */
  readonly address?: string;
  /** 0: any free one. */
  readonly port: number;
  /** What listens, where it is not the host's own: TLS is one that deciphers. */
  readonly tcp?: Tcp;
}

export interface UdpDoor {
  /** Address to bind; all of IPv4 and, where there is any, IPv6 when absent. */
  readonly address?: string;
  /** "http": the number of the first HTTP door. */
  readonly port: number | "http";
}

/** Answers one request for another path, once and whenever it likes. */
export type OtherAnswer = (status: number, headers: Readonly<Record<string, string>>, body: Uint8Array) => void;

export interface TrackerRunOptions {
  readonly settings?: Partial<TrackerSettings>;
  /** Remembers swarms, counts and users over restarts. It is read before the doors open. */
  readonly journal?: JournalStore;
  /** A journal to begin with where `journal` holds none; see `dfileToJournal`. */
  readonly remembered?: Uint8Array;
  /** Shares the swarms with other trackers. */
  readonly shared?: SharedStore;
  /** Decides on each announce: answers once, with why it is refused or with `undefined`, soon. */
  readonly welcomes?: (about: WelcomeQuestion, answer: (refusal: string | undefined) => void) => void;
  readonly http?: readonly HttpDoor[];
  readonly udp?: readonly UdpDoor[];
  /** Hears once of an address of our own network that passes requests of others on and is not among the proxies. */
  readonly onUnnamedProxy?: (address: string) => void;
  /** Gets the requests that are neither announce nor scrape; without it they are not found. */
  readonly onOther?: (request: OtherRequest, answer: OtherAnswer) => void;
}

/** What a tracker listens on. */
export interface TrackerDoors {
  readonly http: readonly Endpoint[];
  readonly udp: readonly Endpoint[];
}

/** What may be asked of a tracker while it runs, see `TrackerMachine`. */
export type TrackerQuestions = Pick<
  TrackerMachine,
  "users" | "networks" | "hasSecret" | "torrents" | "torrent" | "ranking" | "addresses" | "history" | "swarmHistory" | "dfile"
>;

export interface TrackerRun {
  snapshot(): TrackerSnapshot;
  /** Answers at once from what the tracker knows. */
  readonly ask: TrackerQuestions;
  /** Changes lists and users while the tracker runs; throws `UsageError` for what makes no sense. */
  command(command: TrackerCommand): void;
  /** Closes every door and every link; `done` when the journal, if there is one, holds everything. */
  close(done?: () => void): void;
}

/** The part of a host that a tracker needs. */
export type TrackerHost = Pick<Host, "clock" | "random" | "tcp" | "udp">;
