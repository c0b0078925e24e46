/**
 * Several trackers as one, through Redis or Valkey, a single server or a Cluster.
 *
 *     PREFIX{N}:log         stream of messages, each {t: tracker, b: announces, a: seconds they waited} or {t, c: info
 *                           hashes and counts}, N from 0 to 15
 *     PREFIX{N}:completed   hash: info hash -> how often it was completed
 *     PREFIX{N}:epoch       which life of the store this is: another value means that the store has forgotten everything
 *
 * A log is kept as long as peers live. While the store is away every tracker goes on from its own copy, and what it has to
 * say waits; when too much waits, everything is told again afterwards. Nothing here is on the way of an announce.
 * @module
 */
import { randomBytes } from "node:crypto";
import { setMaxListeners } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { SHARDS, type SharedHearer, type SharedStore, shardOf } from "@bittern/tracker";
import { decodeCounts, encodeCounts } from "./count-message.ts";
import { AWAY_MILLIS, COMMAND_MILLIS, type Connection, connect, type Library, loadLibrary } from "./redis-connection.ts";
import { RedisSignals } from "./redis-signals.ts";
import type { SharedStatus } from "./shared-status.ts";

export interface RedisStoreOptions {
  /** redis://, rediss:// or unix paths; several, separated by commas, are nodes of a Cluster. */
  readonly url: string;
  /** Begins every key; trackers with the same one share. "bittern:tracker:" when absent. */
  readonly prefix?: string;
  /** Hears when the store goes away and when it is back. */
  readonly onWarning?: (message: string) => void;
}

/** Milliseconds between two looks at a log. */
const LOOK_MILLIS = 400;
/** Messages read before others have their turn: some five thousand announces. */
const READ_COUNT = 16;
/** Bytes that may wait for the store; with more, everything is told again when it is back. */
const WAITING_LENGTH_MAX = 64 * 1024 * 1024;
/** Completed torrents asked for at once. */
const SCAN_COUNT = 1000;
/** Milliseconds the end waits for the last messages to leave. */
const FAREWELL_MILLIS = 2000;

/** Sets counts where they are higher than those that are known: KEYS[1], then hash and count by turns. */
const RAISE = `for i = 1, #ARGV, 2 do
  local known = redis.call("HGET", KEYS[1], ARGV[i])
  if not known or tonumber(known) < tonumber(ARGV[i + 1]) then redis.call("HSET", KEYS[1], ARGV[i], ARGV[i + 1]) end
end`;

/** Announces for the log, and when they were handed over, by our clock. */
interface Waiting {
  readonly bytes: Uint8Array;
  readonly since: number;
}

interface Shard {
  readonly index: number;
  epoch: string | undefined;
  lastId: string;
  readonly waiting: Waiting[];
  waitingLength: number;
  /** Completions by info hash, one character a byte: how many were counted here, and totals to be raised to. */
  readonly counted: Map<string, number>;
  readonly known: Map<string, number>;
  hasLost: boolean;
}

export class RedisStore implements SharedStore {
  readonly #options: RedisStoreOptions;
  readonly #prefix: string;
  readonly #tracker = randomBytes(8).toString("hex");
  readonly #shards: readonly Shard[];
  readonly #ending = new AbortController();
  #connection: Connection | undefined;
  readonly #signals: RedisSignals;
  #hearer: SharedHearer | undefined;
  #loops: Promise<unknown> = Promise.resolve();
  #state: SharedStatus["state"] = "connecting";
  #sent = 0;
  #received = 0;
  /** Milliseconds the store's clock is ahead of ours. */
  #ahead = 0;

  private constructor(options: RedisStoreOptions, library: Library) {
    this.#options = options;
    this.#prefix = options.prefix ?? "bittern:tracker:";
    this.#shards = Array.from({ length: SHARDS }, (_, index) => ({
      index,
      epoch: undefined,
      lastId: "0",
      waiting: [],
      waitingLength: 0,
      counted: new Map(),
      known: new Map(),
      hasLost: false,
    }));
    // Each shard waits on it by itself.
    setMaxListeners(2 * SHARDS, this.#ending.signal);
    this.#connection = connect(options.url, library);
    // What goes wrong is seen where it matters; without a listener it would end the process.
    this.#connection.on("error", () => undefined);
    this.#signals = new RedisSignals(
      connect(options.url, library),
      `${this.#prefix}{signals}`,
      Buffer.from(this.#tracker, "hex"),
      (bytes) => {
        this.#received++;
        this.#hearer?.hearSignal(bytes);
      },
    );
  }

  /** Loads the client library, which is there only where it was wanted; whether the store answers is seen later. */
  static async open(options: RedisStoreOptions): Promise<RedisStore> {
    return new RedisStore(options, await loadLibrary());
  }

  get status(): SharedStatus {
    let waitingLength = 0;
    for (const shard of this.#shards) waitingLength += shard.waitingLength;
    return { state: this.#state, sent: this.#sent, received: this.#received, waitingLength };
  }

  start(hearer: SharedHearer): void {
    this.#hearer = hearer;
    this.#loops = this.#ready().then(() => Promise.all(this.#shards.map((shard) => this.#follow(shard))));
  }

  share(index: number, bytes: Uint8Array): void {
    const shard = this.#shards[index] as Shard;
    shard.waiting.push({ bytes, since: Date.now() });
    shard.waitingLength += bytes.length;
    if (shard.waitingLength <= WAITING_LENGTH_MAX / SHARDS) return;
    shard.hasLost = true;
    shard.waiting.length = 0;
    shard.waitingLength = 0;
  }

  shareCompleted(infoHash: Uint8Array, known: number | undefined): void {
    const shard = this.#shards[shardOf(infoHash)] as Shard;
    const name = Buffer.from(infoHash).toString("latin1");
    if (known === undefined) shard.counted.set(name, (shard.counted.get(name) ?? 0) + 1);
    // What we counted and have not said yet comes on top.
    else if (known > (shard.counted.get(name) ?? 0)) shard.known.set(name, known - (shard.counted.get(name) ?? 0));
  }

  shareSignal(bytes: Uint8Array): void {
    if (this.#signals.say(this.#connection, bytes)) this.#sent++;
  }

  /** Sends what still waits, for a moment, and leaves. */
  async close(): Promise<void> {
    const wasUp = this.#state === "up";
    this.#ending.abort();
    const patience = sleep(FAREWELL_MILLIS, undefined, { ref: false });
    const farewell = this.#loops.then(() => Promise.all(this.#shards.map((shard) => this.#publish(shard))));
    if (wasUp) await Promise.race([farewell.catch(() => undefined), patience]);
    else farewell.catch(() => undefined);
    this.#connection?.disconnect();
    this.#signals.close();
    await this.#loops;
  }

  /** Waits for the first connection, or for it to fail. */
  async #ready(): Promise<void> {
    const connection = this.#redis;
    if (connection.status === "ready") return;
    const { promise, done } = gate();
    connection.once("ready", done).once("close", done);
    await Promise.race([promise, sleep(COMMAND_MILLIS, undefined, { signal: this.#ending.signal }).catch(() => undefined)]);
    connection.off("ready", done).off("close", done);
  }

  async #follow(shard: Shard): Promise<void> {
    const { signal } = this.#ending;
    while (!signal.aborted) {
      let pause = LOOK_MILLIS;
      try {
        await this.#round(shard);
        this.#note("up");
      } catch (error) {
        if (signal.aborted) return;
        pause = AWAY_MILLIS;
        this.#note("away", error);
      }
      await sleep(pause, undefined, { signal }).catch(() => undefined);
    }
  }

  #note(state: "up" | "away", error?: unknown): void {
    if (this.#state === state) return;
    const before = this.#state;
    this.#state = state;
    if (state === "away") {
      const reason = error instanceof Error ? error.message : String(error);
      this.#options.onWarning?.(`the shared store is away (${reason}); every tracker goes on with its own copy`);
    } else if (before === "away") this.#options.onWarning?.("the shared store is back");
  }

  /** One look: is it the store we know, what have we to say, what have others said. */
  async #round(shard: Shard): Promise<void> {
    await this.#recognise(shard);
    await this.#publish(shard);
    while (await this.#read(shard)) await sleep(0);
  }

  async #recognise(shard: Shard): Promise<void> {
    const redis = this.#redis;
    const key = this.#key(shard, "epoch");
    let epoch = await redis.get(key);
    let isNew = false;
    if (epoch === null) {
      isNew = (await redis.set(key, randomBytes(8).toString("hex"), "NX")) === "OK";
      epoch = await redis.get(key);
    }
    if (epoch !== null && epoch === shard.epoch && !shard.hasLost) return;
    const isOther = shard.epoch !== undefined && epoch !== shard.epoch;
    if (epoch !== shard.epoch) await this.#begin(shard);
    if (isNew || isOther || shard.hasLost) {
      // What waits is in what we know.
      shard.waiting.length = 0;
      shard.waitingLength = 0;
      shard.hasLost = false;
      this.#hearer?.retell(shard.index);
    }
    shard.epoch = epoch ?? undefined;
  }

  /** Reads the counts, and sets the place in the log to where the oldest peer can be. */
  async #begin(shard: Shard): Promise<void> {
    const redis = this.#redis;
    const [seconds, micros] = await redis.time();
    this.#ahead = Number(seconds) * 1000 + Number(micros) / 1000 - Date.now();
    shard.lastId = `${Math.max(0, Math.floor(this.#storeNow - this.#lifeMillis))}`;
    const key = this.#key(shard, "completed");
    let cursor = "0";
    do {
      const [next, entries] = await redis.hscanBuffer(key, cursor, "COUNT", SCAN_COUNT);
      for (let at = 0; at + 1 < entries.length; at += 2) {
        const infoHash = entries[at] as Buffer;
        if (infoHash.length === 20) this.#hearer?.hearCompleted(new Uint8Array(infoHash), Number(entries[at + 1]?.toString()));
      }
      cursor = next.toString();
    } while (cursor !== "0");
  }

  async #publish(shard: Shard): Promise<void> {
    const redis = this.#redis;
    while (shard.waiting.length > 0) {
      const { bytes, since } = shard.waiting[0] as Waiting;
      // What was said while the store was away is as old as that: a younger word of another tracker must win.
      const waited = Math.floor((Date.now() - since) / 1000);
      await this.#add(shard, "b", Buffer.from(bytes), ...(waited > 0 ? ["a", String(waited)] : []));
      shard.waiting.shift();
      shard.waitingLength = Math.max(0, shard.waitingLength - bytes.length);
    }
    await this.#raise(shard);
    for (const [name, count] of [...shard.counted]) {
      shard.counted.delete(name);
      const infoHash = Buffer.from(name, "latin1");
      const total = await redis.hincrby(this.#key(shard, "completed"), infoHash, count).catch((error: unknown) => {
        shard.counted.set(name, (shard.counted.get(name) ?? 0) + count);
        throw error;
      });
      this.#hearer?.hearCompleted(infoHash, total);
      await this.#add(shard, "c", encodeCounts([[name, total]]));
    }
  }

  async #raise(shard: Shard): Promise<void> {
    const entries = [...shard.known].slice(0, SCAN_COUNT);
    if (entries.length === 0) return;
    const values = entries.flatMap(([name, count]) => [Buffer.from(name, "latin1"), String(count)]);
    await this.#redis.eval(RAISE, 1, this.#key(shard, "completed"), ...values);
    for (const [name] of entries) shard.known.delete(name);
    await this.#add(shard, "c", encodeCounts(entries));
    await this.#raise(shard);
  }

  async #add(shard: Shard, field: "b" | "c", value: Buffer, ...more: readonly string[]): Promise<void> {
    const oldest = Math.max(0, Math.floor(this.#storeNow - this.#lifeMillis));
    await this.#redis.xadd(this.#key(shard, "log"), "MINID", "~", String(oldest), "*", "t", this.#tracker, field, value, ...more);
    this.#sent++;
  }

  /** Takes the next messages of a log; true when there may be more. */
  async #read(shard: Shard): Promise<boolean> {
    const found = await this.#redis.xreadBuffer("COUNT", READ_COUNT, "STREAMS", this.#key(shard, "log"), shard.lastId);
    const [, messages] = found?.[0] ?? [];
    if (messages === undefined || this.#ending.signal.aborted) return false;
    for (const [id, fields] of messages) {
      shard.lastId = id.toString();
      this.#take(shard.lastId, fields ?? []);
    }
    return messages.length === READ_COUNT;
  }

  #take(id: string, fields: readonly Buffer[]): void {
    const values = new Map<string, Buffer>();
    for (let at = 0; at + 1 < fields.length; at += 2) values.set((fields[at] as Buffer).toString(), fields[at + 1] as Buffer);
    if (values.get("t")?.toString() === this.#tracker) return;
    this.#received++;
    const announces = values.get("b");
    const counts = values.get("c");
    const waited = Number(values.get("a")?.toString() ?? 0);
    const age = Math.max(0, (this.#storeNow - Number(id.split("-")[0])) / 1000) + (waited > 0 ? waited : 0);
    if (announces !== undefined) this.#hearer?.hear(new Uint8Array(announces), Math.floor(age));
    for (const [infoHash, count] of decodeCounts(counts)) this.#hearer?.hearCompleted(infoHash, count);
  }

  get #redis(): Connection {
    if (this.#connection === undefined) throw new Error("the store is closed");
    return this.#connection;
  }

  get #storeNow(): number {
    return Date.now() + this.#ahead;
  }

  get #lifeMillis(): number {
    return 1000 * (this.#hearer?.ageMax ?? 0);
  }

  /** The braces keep the keys of a shard on one node of a Cluster. */
  #key({ index }: Shard, what: "log" | "completed" | "epoch"): string {
    return `${this.#prefix}{${index}}:${what}`;
  }
}

/** A promise and what fulfils it. */
function gate(): { readonly promise: Promise<void>; readonly done: () => void } {
  let done = (): void => undefined;
  const promise = new Promise<void>((resolve) => {
    done = resolve;
  });
  return { promise, done };
}
