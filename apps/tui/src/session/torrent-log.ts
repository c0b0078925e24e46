/**
 * The last things that happened to one torrent, in the words of its log.
 * @module
 */
import type { Torrent } from "@bittern/client";
import type { LogLevel, LogLine } from "@bittern/faces";
import type { Speech } from "./speech.ts";

/** Lines that are kept; the oldest are forgotten. */
const LINES_MAX = 200;

export class TorrentLog {
  readonly #lines: LogLine[] = [];

  constructor(torrent: Torrent, { words, failure }: Speech) {
    const { log } = words;
    torrent.on("metadata", () => this.#say("info", log.metadata));
    torrent.on("checked", () => this.#say("debug", log.checked));
    torrent.on("state", (state) => this.#say("info", words.states[state]));
    torrent.on("done", () => this.#say("info", log.complete));
    torrent.on("durable", () => this.#say("info", log.durable));
    torrent.on("file", (file) => this.#say("debug", log.file(file.path)));
    torrent.on("warning", (warning) => this.#say("warn", failure(warning)));
    torrent.on("error", (error) => this.#say("error", failure(error)));
    torrent.on("tracker", ({ url, outcome, message, peerCount }) => {
      const host = URL.canParse(url) ? new URL(url).host : url;
      if (outcome === "answered") this.#say("info", log.trackerGives(host, peerCount));
      else this.#say("warn", `${host}: ${failure({ code: "", message })}`);
    });
    torrent.on("peer", ({ type, address, port, reason }) => {
      const endpoint = address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
      this.#say(
        type === "banned" ? "warn" : "debug",
        log.peer[type](endpoint, reason === undefined ? "" : failure({ code: "", message: reason })),
      );
    });
  }

  /** A copy, the newest last. */
  get lines(): readonly LogLine[] {
    return [...this.#lines];
  }

  #say(level: LogLevel, text: string): void {
    const now = new Date();
    const time = [now.getHours(), now.getMinutes(), now.getSeconds()].map((part) => String(part).padStart(2, "0")).join(":");
    this.#lines.push({ time, level, text });
    if (this.#lines.length > LINES_MAX) this.#lines.shift();
  }
}
