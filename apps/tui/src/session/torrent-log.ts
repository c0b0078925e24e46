/**
 * The last things that happened to one torrent, in the words of its log.
 * @module
 */
import type { Torrent } from "@bittern/client";
import type { LogLevel, LogLine } from "@bittern/faces";

/** Lines that are kept; the oldest are forgotten. */
const LINES_MAX = 200;

export class TorrentLog {
  readonly #lines: LogLine[] = [];

  constructor(torrent: Torrent) {
    torrent.on("metadata", () => this.#say("info", "the metadata is known"));
    torrent.on("checked", () => this.#say("debug", "what was in place is checked"));
    torrent.on("state", (state) => this.#say("info", state));
    torrent.on("done", () => this.#say("info", "complete"));
    torrent.on("durable", () => this.#say("info", "safe on the disk"));
    torrent.on("file", (file) => this.#say("debug", `${file.path} is complete`));
    torrent.on("warning", ({ message }) => this.#say("warn", message));
    torrent.on("error", (error) => this.#say("error", error.message));
    torrent.on("tracker", ({ url, outcome, message, peerCount }) => {
      const host = URL.canParse(url) ? new URL(url).host : url;
      if (outcome === "answered") this.#say("info", `${host} gives ${peerCount} peers`);
      else this.#say("warn", `${host}: ${message}`);
    });
    torrent.on("peer", ({ type, address, port, reason }) => {
      const words = { joined: "joined", left: `left: ${reason}`, banned: `is banned: ${reason}` };
      this.#say(type === "banned" ? "warn" : "debug", `${address} port ${port} ${words[type]}`);
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
