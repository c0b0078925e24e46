/**
 * A connection to Redis or Valkey, a single server or a Cluster, by the library that is there only where it was wanted.
 * @module
 */
import { UsageError } from "@bittern/protocol/base";
import type * as IoRedis from "ioredis";

export type Connection = IoRedis.Redis | IoRedis.Cluster;
export type Library = typeof IoRedis;

/** By a name that tools do not follow: it need not be there where nobody shares. */
const LIBRARY: string = "ioredis";
/** Milliseconds a command, or a connection, may take. */
export const COMMAND_MILLIS = 5000;
/** Milliseconds between two tries while the store is away. */
export const AWAY_MILLIS = 1000;

/** Throws a `UsageError` (STORE_LIBRARY) where nobody installed it. */
export async function loadLibrary(): Promise<Library> {
  try {
    return (await import(LIBRARY)) as Library;
  } catch {
    throw new UsageError("STORE_LIBRARY", "a shared store needs the package ioredis: npm install ioredis");
  }
}

/** `url`: redis://, rediss:// or unix paths; several, separated by commas, are nodes of a Cluster. Throws a `UsageError` (STORE_URL). */
export function connect(url: string, { Redis, Cluster }: Library): Connection {
  const urls = url.split(",").map((part) => part.trim());
  for (const each of urls) {
    if (!URL.canParse(each) || !/^rediss?:$/.test(new URL(each).protocol)) {
      throw new UsageError("STORE_URL", `"${each}" is no store; write redis://HOST:6379, or several with commas between for a Cluster`);
    }
  }
  const common = { enableOfflineQueue: false, commandTimeout: COMMAND_MILLIS, connectTimeout: COMMAND_MILLIS, maxRetriesPerRequest: 0 };
  const retry = (tries: number): number => Math.min(AWAY_MILLIS, 50 * 2 ** Math.min(tries, 6));
  const [first = ""] = urls;
  if (urls.length === 1) return new Redis(first, { ...common, retryStrategy: retry });
  const { username, password, protocol } = new URL(first);
  return new Cluster(
    urls.map((each) => ({ host: new URL(each).hostname, port: Number(new URL(each).port || 6379) })),
    {
      enableOfflineQueue: false,
      clusterRetryStrategy: retry,
      slotsRefreshTimeout: COMMAND_MILLIS,
      redisOptions: {
        ...common,
        ...(username === "" ? {} : { username: decodeURIComponent(username) }),
        ...(password === "" ? {} : { password: decodeURIComponent(password) }),
        ...(protocol === "rediss:" ? { tls: {} } : {}),
      },
    },
  );
}
