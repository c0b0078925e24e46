/**
 * Who and what is welcome: torrents, addresses, pass keys, and how often.
 *
 * Everything here may change while the tracker runs, by commands.
 * @module
 */
import { latin1, type Millis, type Random } from "@bittern/protocol/base";
import type { Announce } from "../announce.ts";
import type { AccessCommand } from "../command.ts";
import { type FailureCode, failureOf } from "../failure.ts";
import type { TrackerSettings } from "../settings.ts";
import { type Paired, paired } from "../swarms/keyed-hash.ts";
import { INFO_HASH_LENGTH, NO_TORRENT, TorrentTable } from "../swarms/torrent-table.ts";
import { Accounts } from "./accounts.ts";
import { AddressRanges } from "./address-ranges.ts";
import { passKeyOf, secretOf } from "./credential.ts";
import { type Order, Orders } from "./orders.ts";
import { RateLimit } from "./rate-limit.ts";
import { Welcome } from "./welcome.ts";

/** Milliseconds between two looks for sessions nobody reports of any more. */
const SWEEP_MILLIS = 60_000;

/** As they were written: addresses, or `address/prefix length`. */
export interface Networks {
  readonly allowed: readonly string[];
  readonly denied: readonly string[];
}

export class Access {
  readonly accounts: Accounts = new Accounts();
  readonly orders: Orders = new Orders();
  /** Asks a program beside the tracker, where there is one. */
  readonly welcome: Welcome | undefined;
  readonly #settings: TrackerSettings;
  readonly #random: Random;
  /** What the allow-list or deny-list names; as a set. */
  #listed: TorrentTable;
  /** By info hash, one character a byte. */
  readonly #secrets: Map<string, string> = new Map();
  #networks: Networks;
  #denied: AddressRanges;
  #allowed: AddressRanges;
  readonly #limit: RateLimit | undefined;
  readonly #key: Paired = paired(INFO_HASH_LENGTH);
  #sweptAt: Millis = 0;

  constructor(settings: TrackerSettings, random: Random) {
    this.#settings = settings;
    this.#random = random;
    this.#listed = new TorrentTable(random);
    this.welcome = settings.asksWelcome ? new Welcome() : undefined;
    this.#networks = { allowed: settings.addressesAllowed, denied: settings.addressesDenied };
    this.#denied = new AddressRanges(settings.addressesDenied);
    this.#allowed = new AddressRanges(settings.addressesAllowed);
    const { announceRatePerAddress, announceBurstPerAddress } = settings;
    if (announceRatePerAddress > 0) this.#limit = new RateLimit(announceRatePerAddress, announceBurstPerAddress, random);
  }

  /** Whether a request may bring a credential: pass keys are asked for, a torrent has a secret, or somebody else may want it. */
  get usesCredentials(): boolean {
    return this.#settings.isPrivate || this.#secrets.size > 0 || this.welcome !== undefined;
  }

  /**
   * Whether an announce is welcome. Hot where nothing is restricted. "ASKING": somebody is asked, and whoever handles the
   * announce says through `welcome` how to go on.
   */
  judge(announce: Announce, now: Millis): FailureCode | undefined {
    const { welcome } = this;
    if (welcome?.hasVerdict === true) return welcome.judge(announce, now);
    return this.#judgeAlone(announce, now) ?? welcome?.judge(announce, now);
  }

  /** The words for a refusal. */
  reasonOf(code: FailureCode): string {
    return code === "UNWELCOME" && this.welcome !== undefined ? this.welcome.reason : failureOf(code).reason;
  }

  #judgeAlone(announce: Announce, now: Millis): FailureCode | undefined {
    const failure = this.judgeAsker(announce.asker, announce.askerLength, announce.credential);
    if (failure !== undefined) return failure;
    if (this.#limit?.allows(announce.asker, announce.askerLength, now) === false) return "TOO_OFTEN";
    return this.judgeTorrent(announce.infoHash, announce.credential);
  }

  /** Whether somebody is welcome at all, for whatever torrent. */
  judgeAsker(address: Uint8Array, length: number, credential: string): FailureCode | undefined {
    if (!this.#allowed.isEmpty && !this.#allowed.has(address, length)) return "ADDRESS_DENIED";
    if (this.#denied.has(address, length)) return "ADDRESS_DENIED";
    if (this.#settings.isPrivate && !this.accounts.has(passKeyOf(credential))) return "PASS_KEY";
    return undefined;
  }

  /** Whether some torrents open to a secret of their own only, so that what is told depends on who asks. */
  get hasSecrets(): boolean {
    return this.#secrets.size > 0;
  }

  /** Whether torrents are judged at all. */
  get judgesTorrents(): boolean {
    return this.#settings.torrentPolicy !== "open" || this.#secrets.size > 0 || this.#settings.admits !== undefined;
  }

  judgeTorrent(infoHash: Paired, credential: string): FailureCode | undefined {
    const { torrentPolicy, admits } = this.#settings;
    if (torrentPolicy !== "open" && (this.#listed.find(infoHash) !== NO_TORRENT) === (torrentPolicy === "deny-list"))
      return "TORRENT_DENIED";
    if (this.#secrets.size > 0 && !this.#knowsSecret(infoHash, credential)) return "TORRENT_DENIED";
    return admits?.(infoHash.bytes) === false ? "TORRENT_DENIED" : undefined;
  }

  get networks(): Networks {
    return this.#networks;
  }

  hasSecret(infoHash: Uint8Array): boolean {
    return this.#secrets.has(latin1(infoHash));
  }

  /** Takes the report of an announce that was welcome. */
  report(announce: Announce, seconds: number): void {
    if (this.#settings.isPrivate) this.accounts.report(passKeyOf(announce.credential), announce, seconds);
  }

  /** Takes an order that was written down in an earlier run. */
  restore(order: Order): void {
    this.orders.restore(order);
    this.#follow(order);
  }

  #follow(order: Order): void {
    switch (order.type) {
      case "addresses":
        this.command({ ...order, type: "set-addresses" });
        break;
      case "user":
        if (order.isIn) this.#setUser(order.passKey, undefined, undefined);
        else this.accounts.remove(order.passKey);
        break;
      case "torrent":
        if (order.isListed) this.#list([order.infoHash]);
        else this.#unlist([order.infoHash]);
        this.#setSecret(order.infoHash, order.secret);
        break;
    }
  }

  command(command: AccessCommand): void {
    if ("lasts" in command && command.lasts === true) this.orders.note(command);
    switch (command.type) {
      case "list-torrents":
        this.#list(command.infoHashes);
        break;
      case "unlist-torrents":
        this.#unlist(command.infoHashes);
        break;
      case "replace-torrents":
        this.#replace(command.infoHashes);
        break;
      case "set-secret":
        this.#setSecret(command.infoHash, command.secret);
        break;
      case "set-addresses":
        this.#allowed = new AddressRanges(command.allowed);
        this.#denied = new AddressRanges(command.denied);
        this.#networks = { allowed: command.allowed, denied: command.denied };
        break;
      case "set-user":
        this.#setUser(command.passKey, command.uploaded, command.downloaded);
        break;
      case "remove-user":
        this.accounts.remove(command.passKey);
        break;
      case "replace-users":
        this.#replaceUsers(new Set(command.passKeys));
        break;
    }
  }

  /** Totals that are not named stay as they are. */
  #setUser(passKey: string, uploaded: number | undefined, downloaded: number | undefined): void {
    const known = this.accounts.summary(passKey);
    if (known !== undefined && uploaded === undefined && downloaded === undefined) return;
    this.accounts.set(passKey, uploaded ?? known?.uploaded ?? 0, downloaded ?? known?.downloaded ?? 0);
  }

  #replaceUsers(passKeys: ReadonlySet<string>): void {
    const orders = [...this.orders.all()].filter((order) => order.type === "user");
    const kept = new Set(orders.filter(({ isIn }) => isIn).map(({ passKey }) => passKey));
    for (const passKey of this.accounts.passKeys()) if (!passKeys.has(passKey) && !kept.has(passKey)) this.accounts.remove(passKey);
    for (const passKey of passKeys) this.#setUser(passKey, undefined, undefined);
    for (const order of orders) this.#follow(order);
  }

  tick(now: Millis, ageMax: number): void {
    this.welcome?.tick(now);
    if (now - this.#sweptAt < SWEEP_MILLIS) return;
    this.#sweptAt = now;
    this.accounts.sweep(Math.floor(now / 1000), ageMax);
  }

  #list(infoHashes: readonly Uint8Array[]): void {
    for (const infoHash of infoHashes) {
      this.#key.bytes.set(infoHash);
      if (this.#listed.find(this.#key) === NO_TORRENT) this.#listed.add(this.#key, 0);
    }
  }

  #unlist(infoHashes: readonly Uint8Array[]): void {
    for (const infoHash of infoHashes) {
      this.#key.bytes.set(infoHash);
      const listed = this.#listed.find(this.#key);
      if (listed !== NO_TORRENT) this.#listed.remove(listed);
    }
  }

  #replace(infoHashes: readonly Uint8Array[]): void {
    this.#listed = new TorrentTable(this.#random);
    this.#list(infoHashes);
    for (const order of this.orders.all()) if (order.type === "torrent") this.#follow(order);
  }

  #setSecret(infoHash: Uint8Array, secret: string | undefined): void {
    if (secret === undefined) this.#secrets.delete(latin1(infoHash));
    else this.#secrets.set(latin1(infoHash), secret);
  }

  #knowsSecret(infoHash: Paired, credential: string): boolean {
    const secret = this.#secrets.get(latin1(infoHash.bytes));
    return secret === undefined || equalText(secret, secretOf(credential));
  }
}

/** In a time that depends on the lengths only. */
function equalText(left: string, right: string): boolean {
  let difference = left.length ^ right.length;
  for (let at = 0; at < left.length; at++) difference |= left.charCodeAt(at) ^ right.charCodeAt(at % Math.max(1, right.length));
  return difference === 0;
}
