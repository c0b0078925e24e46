/**
 * Where a session tells what it does, for those who want to read along.
 * @module
 */
import type { SessionEvent } from "@bittern/engine";
import { formatEndpoint } from "@bittern/protocol/address";

/** The four methods that every logger has. */
export interface Logger {
  /** What keeps the session or a torrent from its work. */
  error(message: string): void;
  /** What went wrong while the work goes on. */
  warn(message: string): void;
  /** What a torrent has come to: its metadata, its states, its end. */
  info(message: string): void;
  /** Everything else, down to single files and peers. */
  debug(message: string): void;
}

/** Writes an event down; `name` is that of its torrent. */
export function logEvent(logger: Logger, event: SessionEvent, name: string): void {
  switch (event.type) {
    case "listening":
      return logger.info(`listening on ${event.endpoints.map(formatEndpoint).join(" and ")}`);
    case "listen-failed":
      return logger.error(`listening: ${event.fault.message}`);
    case "closed":
      return logger.debug("the session is closed");
    case "metadata":
      return logger.info(`${name}: the metadata is known`);
    case "state":
      return logger.info(`${name}: ${event.state}`);
    case "piece":
      return;
    case "piece-corrupt":
      return logger.warn(`${name}: piece ${event.piece} did not match its hash`);
    case "file":
      return logger.debug(`${name}: file ${event.file} is complete`);
    case "checked":
      return logger.debug(`${name}: checked`);
    case "done":
      return logger.info(`${name}: complete`);
    case "durable":
      return logger.info(`${name}: safe on the disk`);
    case "peer-joined":
      return logger.debug(`${name}: ${formatEndpoint(event.peer)} joined`);
    case "peer-left":
      return logger.debug(`${name}: ${formatEndpoint(event.peer)} left: ${event.reason}`);
    case "peer-banned":
      return logger.warn(`${name}: ${formatEndpoint(event.peer)} is banned: ${event.reason}`);
    case "tracker":
      return event.outcome === "answered"
        ? logger.info(`${name}: ${maskedUrl(event.url)} knows ${event.peerCount} peers`)
        : logger.warn(`${name}: ${maskedUrl(event.url)}: ${event.message}`);
    case "dht-ready":
      return logger.info(`the DHT of IPv${event.family} is joined: ${event.nodeCount} nodes are known`);
    case "dht-round": {
      const { peerCount, nodeCount, announcedCount } = event.report;
      return logger.info(`${name}: the DHT told of peers ${peerCount} times (${nodeCount} nodes asked, ${announcedCount} told of us)`);
    }
    case "dht-peers":
    case "dht-searched":
    case "dht-pinged":
      return;
    case "warning":
      return logger.warn(`${name}: ${event.message}`);
    case "error":
      return logger.error(`${name}: ${event.fault.message}`);
    case "moved":
      return event.fault === undefined ? logger.info(`${name}: moved`) : logger.error(`${name}: not moved: ${event.fault.message}`);
    case "removed":
      return logger.debug(`${name}: removed`);
  }
}

/** A long run of letters and digits in an announce URL is somebody's passkey. */
const PASSKEY = /[A-Za-z0-9_-]{16,}/g;

/** The URL with everything that may be a secret left out: passkeys in path and query, names and passwords. */
export function maskedUrl(url: string): string {
  if (!URL.canParse(url)) return "(no URL)";
  const { protocol, host, pathname, search } = new URL(url);
  const query = search.replace(/=[^&]*/g, "=…");
  return `${protocol}//${host}${pathname.replace(PASSKEY, "…")}${query}`;
}
