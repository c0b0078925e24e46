/**
 * What hosts say of their trackers (BEP 34), remembered for all torrents of a session.
 *
 * Each name is asked once an hour, before its first announce. No record, no name server, no answer: all of that means
 * that the URL of the torrent stands.
 * @module
 */
import { HostError, type Millis } from "@bittern/protocol/base";
import { parseTrackerPreferences, preferencesName, preferredUrls, type TrackerPort } from "@bittern/protocol/tracker";

/** How long an answer holds. */
const HOLDS_MILLIS: Millis = 3600_000;
/** Names remembered; past this the oldest is forgotten. */
const NAMES_MAX = 1000;

interface Remembered {
  /** `undefined`: the host says nothing. */
  readonly ports: readonly TrackerPort[] | undefined;
  readonly until: Millis;
}

export class TrackerPreferences {
  readonly #names = new Map<string, Remembered>();

  /** The name to ask for before this URL is used; `undefined` when nothing has to be asked. */
  nameToAsk(url: string, now: Millis): string | undefined {
    const name = preferencesName(url);
    return name === undefined || (this.#names.get(name)?.until ?? 0) > now ? undefined : name;
  }

  learn(name: string, outcome: readonly string[] | HostError, now: Millis): void {
    const ports = outcome instanceof HostError ? undefined : parseTrackerPreferences(outcome);
    this.#names.delete(name);
    for (const oldest of this.#names.keys()) if (this.#names.size >= NAMES_MAX) this.#names.delete(oldest);
    this.#names.set(name, { ports, until: now + HOLDS_MILLIS });
  }

  /** Where to announce in the place of this URL, best first; itself where its host says nothing, and nowhere where it forbids it. */
  urlsFor(url: string): readonly string[] {
    const ports = this.#names.get(preferencesName(url) ?? "")?.ports;
    return ports === undefined ? [url] : preferredUrls(url, ports);
  }
}
