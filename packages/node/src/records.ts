/**
 * Small named records in the state folder, two generations each.
 *
 *     "BITRECD1" <generation: u64> <length: u32> <SHA-256 of generation, length and content: 32> <content>
 *
 * A save writes a new file, syncs it, and renames it over the older generation, so that at every moment one whole record
 * is there. A load takes the newest generation whose checksum holds: torn, cut and foreign files are passed over.
 * @module
 */
import { createHash } from "node:crypto";
import { close, existsSync, fdatasync, open as openFile, write } from "node:fs";
import { open, readFile, rename, unlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Done, Records } from "@bittern/host";
import { equalBytes, fromUtf8, HostError, utf8 } from "@bittern/protocol/base";
import { codeOf, diskFault } from "./faults.ts";
import { makeFolder } from "./make-folder.ts";
import { syncFolder } from "./sync-folder.ts";

const MAGIC = "BITRECD1";
const GENERATION_AT = 8;
const LENGTH_AT = 16;
const CHECKSUM_AT = 20;
const CONTENT_AT = 52;
/** Bytes. A resume record of the largest torrent is well below; what is longer is no record of ours. */
const FILE_LENGTH_MAX = 512 * 1024 * 1024;
/** Bytes set aside, so that a record can still be saved when the data have filled the disk. */
const RESERVE_LENGTH = 1024 * 1024;
const RESERVE_NAME = "reserve";
/**
 * Records that are worked on at once. What was handed to the system is done before the process can end, so that thousands at once
 * kept it for half a minute; with so many a sync of the folder is still shared by plenty.
 */
const WORKS_MAX = 64;
/** The two files of a record. */
const ENDINGS: readonly string[] = [".a", ".b"];

interface Generation {
  readonly number: bigint;
  readonly content: Uint8Array;
  readonly ending: string;
}

/** Records as files of a folder. */
export class FileRecords implements Records {
  readonly #folder: string;
  /** The last thing asked of each key: the next one waits for it. */
  readonly #queues = new Map<string, Promise<unknown>>();
  /** The newest generation of each key as it was loaded or saved, so that a save need not read both again. */
  readonly #known = new Map<string, Pick<Generation, "number" | "ending">>();
  readonly #folderSync: SharedSync;
  #hasReserve = false;
  #workCount = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(stateDir: string) {
    this.#folder = join(stateDir, "records");
    this.#folderSync = new SharedSync(() => syncFolder(this.#folder));
  }

  load(key: string, done: Done<Uint8Array | undefined>): void {
    const work = async (): Promise<Uint8Array | undefined> => {
      // Before the first data are written: they may be what fills the disk.
      const [newest] = await Promise.all([this.#newest(key), this.#setAside()]);
      this.#known.set(key, { number: newest?.number ?? 0n, ending: newest?.ending ?? ".b" });
      return newest?.content;
    };
    this.#queue(key, `loading the record ${key}`, work, done);
  }

  save(key: string, bytes: Uint8Array, done: Done<void>): void {
    this.#queue(key, `saving the record ${key}`, async () => await this.#save(key, bytes), done);
  }

  erase(key: string, done: Done<void>): void {
    const work = async (): Promise<void> => {
      this.#known.delete(key);
      for (const ending of [...ENDINGS, ".new"]) await unlinkIfThere(join(this.#folder, key + ending));
      await syncFolder(this.#folder);
    };
    this.#queue(key, `erasing the record ${key}`, work, done);
  }

  /** Waits for everything asked so far. */
  async close(): Promise<void> {
    await Promise.all(this.#queues.values());
  }

  #queue<Result>(key: string, doing: string, work: () => Promise<Result>, done: Done<Result>): void {
    if (!isKey(key)) return done(new HostError("FILE_UNSAFE", `${JSON.stringify(key)} is no key of a record`));
    const before = this.#queues.get(key) ?? Promise.resolve();
    const mine = before.then(() => this.#inTurn(work)).catch((error: unknown) => diskFault(error, doing));
    this.#queues.set(key, mine);
    void mine.then((outcome) => {
      if (this.#queues.get(key) === mine) this.#queues.delete(key);
      done(outcome);
    });
  }

  async #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.#workCount >= WORKS_MAX) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#workCount++;
    try {
      return await work();
    } finally {
      // Whoever waits takes the place over.
      const next = this.#waiting.shift();
      if (next === undefined) this.#workCount--;
      else next();
    }
  }

  async #newest(key: string): Promise<Generation | undefined> {
    const found = await Promise.all(
      ENDINGS.map(async (ending) => parseRecord(await readIfThere(join(this.#folder, key + ending)), ending)),
    );
    const whole = found.filter((generation) => generation !== undefined);
    return whole.toSorted((left, right) => (left.number < right.number ? 1 : -1))[0];
  }

  async #save(key: string, bytes: Uint8Array): Promise<void> {
    const newest = this.#known.get(key) ?? (await this.#newest(key));
    this.#known.delete(key);
    // Over the older generation, and never over the only one that is whole.
    const ending = newest?.ending === ".a" ? ".b" : ".a";
    const number = (newest?.number ?? 0n) + 1n;
    const record = formatRecord(number, bytes);
    try {
      await this.#write(key, record);
    } catch (error) {
      // The data filled the disk: that is what the reserve was for.
      if (codeOf(error) !== "ENOSPC" || !(await unlinkIfThere(join(this.#folder, RESERVE_NAME)))) throw error;
      this.#hasReserve = false;
      await this.#write(key, record);
    }
    await rename(join(this.#folder, `${key}.new`), join(this.#folder, `${key}${ending}`));
    await this.#folderSync.sync();
    this.#known.set(key, { number, ending });
    await this.#setAside();
  }

  async #write(key: string, record: Uint8Array, hasMadeFolder = false): Promise<void> {
    const path = join(this.#folder, `${key}.new`);
    try {
      await writeDurably(path, record);
    } catch (error) {
      // The folder is made when it is missed: a look before each save would cost more than anything else here.
      // Of several that miss it one makes it, and all of them try again.
      if (codeOf(error) === "ENOENT" && !hasMadeFolder) {
        await this.#makeFolder();
        return await this.#write(key, record, true);
      }
      await unlinkIfThere(path).catch(() => false);
      throw error;
    }
  }

  async #makeFolder(): Promise<void> {
    const made = makeFolder(this.#folder, 0o700);
    if (made !== undefined) await syncFolder(dirname(made));
  }

  /** Keeps the reserve filled; a disk too full for it is no fault of this save. */
  async #setAside(): Promise<void> {
    if (this.#hasReserve) return;
    // Nobody else begins with it meanwhile.
    this.#hasReserve = true;
    const path = join(this.#folder, RESERVE_NAME);
    const reserve = await this.#makeFolder()
      .then(() => open(path, "wx", 0o600))
      .catch(codeOf);
    if (typeof reserve === "string") {
      this.#hasReserve = reserve === "EEXIST";
      return;
    }
    const isFilled = await writeFile(reserve, new Uint8Array(RESERVE_LENGTH)).then(
      () => true,
      () => false,
    );
    await reserve.close();
    this.#hasReserve = isFilled;
    if (!isFilled) await unlinkIfThere(path).catch(() => false);
  }
}

/** One sync serves everybody who came before it began: a thousand torrents save their records in the same second. */
class SharedSync {
  readonly #sync: () => Promise<void>;
  #current: Promise<void> = Promise.resolve();
  #next: Promise<void> | undefined;

  constructor(sync: () => Promise<void>) {
    this.#sync = sync;
  }

  /** What was done to the folder before this call is durable afterwards. */
  async sync(): Promise<void> {
    // The sync under way may have begun too early for us; the one after it has not.
    this.#next ??= this.#current
      .catch(() => undefined)
      .then(async () => {
        this.#current = this.#next as Promise<void>;
        this.#next = undefined;
        await this.#sync();
      });
    await this.#next;
  }
}

/** Records that end with the process. */
export class MemoryRecords implements Records {
  readonly #records = new Map<string, Uint8Array>();

  load(key: string, done: Done<Uint8Array | undefined>): void {
    done(this.#records.get(key)?.slice());
  }
  save(key: string, bytes: Uint8Array, done: Done<void>): void {
    if (!isKey(key)) return done(new HostError("FILE_UNSAFE", `${JSON.stringify(key)} is no key of a record`));
    this.#records.set(key, new Uint8Array(bytes));
    done();
  }
  erase(key: string, done: Done<void>): void {
    this.#records.delete(key);
    done();
  }
  close(): void {
    this.#records.clear();
  }
}

function isKey(key: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9.-]{0,200}$/.test(key) && key !== RESERVE_NAME;
}

function formatRecord(generation: bigint, content: Uint8Array): Uint8Array {
  const record = new Uint8Array(CONTENT_AT + content.length);
  const view = new DataView(record.buffer);
  record.set(utf8(MAGIC));
  view.setBigUint64(GENERATION_AT, generation);
  view.setUint32(LENGTH_AT, content.length);
  record.set(content, CONTENT_AT);
  record.set(checksum(record), CHECKSUM_AT);
  return record;
}

/** `undefined` for whatever is not a whole record. */
function parseRecord(record: Uint8Array | undefined, ending: string): Generation | undefined {
  if (record === undefined || record.length < CONTENT_AT || record.length > FILE_LENGTH_MAX) return undefined;
  const view = new DataView(record.buffer, record.byteOffset, record.length);
  if (fromUtf8(record.subarray(0, GENERATION_AT)) !== MAGIC || view.getUint32(LENGTH_AT) !== record.length - CONTENT_AT) return undefined;
  if (!equalBytes(checksum(record), record.subarray(CHECKSUM_AT, CONTENT_AT))) return undefined;
  return { number: view.getBigUint64(GENERATION_AT), content: new Uint8Array(record.subarray(CONTENT_AT)), ending };
}

function checksum(record: Uint8Array): Uint8Array {
  return createHash("sha256").update(record.subarray(GENERATION_AT, CHECKSUM_AT)).update(record.subarray(CONTENT_AT)).digest();
}

/** Makes the file, or empties it, fills it and syncs it. By callbacks: for a thousand records a file handle each was dear. */
function writeDurably(path: string, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    openFile(path, "w", 0o600, (refusal, file) => {
      if (refusal) return reject(refusal);
      const end = (fault: Error | null): void => close(file, (failure) => (fault || failure ? reject(fault ?? failure) : resolve()));
      const writeFrom = (at: number): void => {
        if (at === bytes.length) return fdatasync(file, end);
        write(file, bytes, at, bytes.length - at, at, (fault, count) => {
          if (fault || count > 0) return fault ? end(fault) : writeFrom(at + count);
          end(new HostError("IO", "the system wrote nothing and said nothing"));
        });
      };
      writeFrom(0);
    });
  });
}

async function readIfThere(path: string): Promise<Uint8Array | undefined> {
  // What is not there is the usual case for a new torrent, and an exception costs thirty times as much as a look.
  if (!existsSync(path)) return undefined;
  try {
    return await readFile(path);
  } catch (error) {
    if (["ENOENT", "ENOTDIR", "EISDIR"].includes(codeOf(error))) return undefined;
    throw error;
  }
}

/** Whether a file was there to be deleted. */
async function unlinkIfThere(path: string): Promise<boolean> {
  try {
    await unlink(path);
    return true;
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes(codeOf(error))) return false;
    throw error;
  }
}
