/**
 * `bittern fetch-feed`: new torrents of a feed or a page, into a folder.
 * @module
 */
import { resolve } from "node:path";
import { HostError, type HttpAnswer, HttpClient, ProtocolError, UsageError } from "@bittern/client";
import { printable } from "@bittern/faces";
import { lockFile, makeFolder } from "@bittern/node";
import { CommandError } from "../failure.ts";
import { Collector } from "../feed/collector.ts";
import { FeedMemory, type Validators } from "../feed/memory.ts";
import { readFeed } from "../feed/read-feed.ts";
import type { Action, Invocation } from "../invocation.ts";

interface FetchFeedOptions {
  readonly byType?: boolean;
  readonly magnet: boolean;
  readonly max?: number;
}

/** Bytes of a feed. */
export const FEED_LENGTH_MAX: number = 16 * 1024 * 1024;
/** Milliseconds for a feed. */
const FEED_TIMEOUT_MILLIS = 60_000;
/** New torrents of one run, where nobody says otherwise. */
const COUNT_MAX = 200;

export const fetchFeed: Action<FetchFeedOptions> = async (invocation, [url = "", directory = ""], options) => {
  const { output, stop, stateDir } = invocation;
  const folder = resolve(directory);
  makeFolder(folder);
  const memory = FeedMemory.load(stateDir, url, folder);
  const lock = lockFeed(memory, folder, invocation);
  const client = new HttpClient();
  try {
    const answer = await askFor(url, memory.validators, client, stop.signal);
    if (answer.status === 304) {
      if (output.isJson) output.result({ feed: url, format: null, changed: false, links: 0, saved: [], failed: [], left: 0 }, "");
      return 0;
    }
    const feed = read(answer, url);
    const collector = new Collector({
      client,
      memory,
      folder,
      feedUrl: url,
      signal: stop.signal,
      countMax: options.max ?? COUNT_MAX,
      byType: options.byType === true,
      magnets: options.magnet,
    });
    try {
      const collected = await collector.collect(feed.links);
      const isDone = collected.failed.length === 0 && collected.left === 0;
      // While something is left to do, an unchanged feed must be read again.
      memory.validators = isDone ? validatorsOf(answer) : {};
      tell(invocation, url, feed, collected);
      return collected.failed.length === 0 ? 0 : 1;
    } finally {
      if (lock !== undefined) await memory.save();
    }
  } finally {
    await client.close();
    lock?.release();
  }
};

/** Two runs at once would take everything twice. `undefined` where the state folder cannot be written. */
function lockFeed(memory: FeedMemory, folder: string, { stateDir, log }: Invocation): ReturnType<typeof lockFile> | undefined {
  try {
    return lockFile(`${memory.path}.lock`);
  } catch (error) {
    if (error instanceof HostError) {
      log.warn(`the state folder ${stateDir} cannot be used (${error.message}): nothing is remembered, the next run takes everything anew`);
      return undefined;
    }
    if (!(error instanceof UsageError && error.code === "LOCKED")) throw error;
    throw new CommandError("FEED_BUSY", `another run is reading this feed into ${folder}; let it end`);
  }
}

async function askFor(url: string, validators: Validators, client: HttpClient, signal: AbortSignal): Promise<HttpAnswer> {
  const headers = {
    accept: "application/rss+xml, application/atom+xml, application/xml;q=0.9, text/html;q=0.8, */*;q=0.5",
    ...(validators.etag === undefined ? {} : { "if-none-match": validators.etag }),
    ...(validators.lastModified === undefined ? {} : { "if-modified-since": validators.lastModified }),
  };
  const question = { headers, source: "user", bodyLengthMax: FEED_LENGTH_MAX, timeoutMillis: FEED_TIMEOUT_MILLIS, signal } as const;
  const answer = await client.fetch(url, question);
  if (answer.status === 200 || answer.status === 304) return answer;
  throw new CommandError("HTTP_BAD_ANSWER", `${url}: the server answered ${answer.status}; look at it in a browser`);
}

function read(answer: HttpAnswer, url: string): ReturnType<typeof readFeed> {
  try {
    return readFeed(answer.body, answer.headers.get("content-type") ?? "", answer.url);
  } catch (error) {
    if (error instanceof ProtocolError) throw new ProtocolError(error.code, `${url}: ${error.message}`);
    throw error;
  }
}

function validatorsOf(answer: HttpAnswer): Validators {
  const etag = answer.headers.get("etag");
  const lastModified = answer.headers.get("last-modified");
  return { ...(etag === undefined ? {} : { etag }), ...(lastModified === undefined ? {} : { lastModified }) };
}

function tell(
  { name, output }: Invocation,
  url: string,
  feed: ReturnType<typeof readFeed>,
  collected: Awaited<ReturnType<Collector["collect"]>>,
): void {
  const { saved, failed, left } = collected;
  if (output.isJson) output.result({ feed: url, format: feed.format, changed: true, links: feed.links.length, ...collected }, "");
  else if (!output.isQuiet) for (const { file } of saved) output.event({ type: "saved" }, printable(file));
  for (const { url: link, code, message } of failed) output.log(`${name}: ${printable(link)}: ${output.messages.failure(code, message)}`);
  if (left > 0) output.note(output.messages.feed.linksLeft(left));
}
