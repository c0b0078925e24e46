/**
 * Who may use a private tracker (BEP 27), and how much each has given and taken.
 *
 * A user is a pass key, carried in the announce URL. Clients report totals since their last `started`; what counts is how
 * much a report exceeds the one before it in the same session (torrent and peer id). A session the tracker does not know,
 * after a restart, begins with its first report, which then counts for nothing.
 * @module
 */
import { latin1 } from "@bittern/protocol/base";
import type { Announce } from "../announce.ts";
import { STARTED, STOPPED } from "../statistics.ts";
import type { Seconds } from "../swarms/swarms.ts";

/** A user as the operator sees it. */
export interface AccountSummary {
  readonly passKey: string;
  /** Bytes. */
  readonly uploaded: number;
  readonly downloaded: number;
  /** Peers announcing with this key now, as far as they have not said farewell. */
  readonly sessions: number;
}

interface Session {
  uploaded: number;
  downloaded: number;
  seen: Seconds;
}

interface Account {
  uploaded: number;
  downloaded: number;
  readonly sessions: Map<string, Session>;
}

/** Sessions of one user; more make the one longest not seen go. */
const SESSIONS_MAX = 1000;

export class Accounts {
  readonly #accounts: Map<string, Account> = new Map();

  /** Pass keys whose totals changed, or that came or went, since whoever reads this cleared it. */
  readonly changed: Set<string> = new Set();
  /** Sessions of all users. */
  sessionCount = 0;

  has(passKey: string): boolean {
    return this.#accounts.has(passKey);
  }

  /** Adds a user, or sets the totals of one. */
  set(passKey: string, uploaded: number, downloaded: number): void {
    this.changed.add(passKey);
    const account = this.#accounts.get(passKey);
    if (account === undefined) this.#accounts.set(passKey, { uploaded, downloaded, sessions: new Map() });
    else Object.assign(account, { uploaded, downloaded });
  }

  remove(passKey: string): void {
    this.changed.add(passKey);
    this.sessionCount -= this.#accounts.get(passKey)?.sessions.size ?? 0;
    this.#accounts.delete(passKey);
  }

  summary(passKey: string): AccountSummary | undefined {
    const account = this.#accounts.get(passKey);
    return account && { passKey, uploaded: account.uploaded, downloaded: account.downloaded, sessions: account.sessions.size };
  }

  /** All pass keys; goes on working while users come and go. */
  passKeys(): IterableIterator<string> {
    return this.#accounts.keys();
  }

  *summaries(): Generator<AccountSummary> {
    for (const passKey of this.#accounts.keys()) yield this.summary(passKey) as AccountSummary;
  }

  /** Counts what an announce reports. */
  report(passKey: string, announce: Announce, seconds: Seconds): void {
    const account = this.#accounts.get(passKey);
    if (account === undefined) return;
    this.changed.add(passKey);
    const key = latin1(announce.infoHash.bytes) + latin1(announce.peerId);
    const before = announce.event === STARTED ? { uploaded: 0, downloaded: 0 } : account.sessions.get(key);
    account.uploaded += Math.max(0, announce.uploaded - (before?.uploaded ?? announce.uploaded));
    account.downloaded += Math.max(0, announce.downloaded - (before?.downloaded ?? announce.downloaded));
    this.#drop(account, key);
    if (announce.event === STOPPED) return;
    // A map keeps the order of insertion: the first session is the one longest not seen.
    account.sessions.set(key, { uploaded: announce.uploaded, downloaded: announce.downloaded, seen: seconds });
    this.sessionCount++;
    const [first] = account.sessions.keys();
    if (account.sessions.size > SESSIONS_MAX && first !== undefined) this.#drop(account, first);
  }

  #drop(account: Account, key: string): void {
    if (account.sessions.delete(key)) this.sessionCount--;
  }

  /** Forgets the sessions that were not seen for `ageMax` seconds. */
  sweep(seconds: Seconds, ageMax: number): void {
    for (const account of this.#accounts.values()) {
      for (const [key, { seen }] of account.sessions) {
        if (seconds - seen <= ageMax) break;
        this.#drop(account, key);
      }
    }
  }
}
