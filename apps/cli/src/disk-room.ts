/**
 * A full disk under a transfer, which passes by itself: told when it begins, and when it has passed.
 * @module
 */
import type { TorrentState } from "@bittern/client";
import { printable } from "@bittern/faces";
import type { Output } from "./output.ts";

/** A torrent, as far as its disk is concerned. */
interface Stateful {
  on(event: "state", listener: (state: TorrentState) => void): unknown;
}

/** Tells of one torrent that it waits for room, and once that it goes on. */
export class DiskRoom {
  readonly #output: Output;
  #isWaiting = false;

  constructor(output: Output, torrent: Stateful) {
    this.#output = output;
    torrent.on("state", (state) => this.#goesOn(state));
  }

  /** The torrent stopped because the disk is full. */
  waitsFor(error: Error): void {
    this.#isWaiting = true;
    this.#output.event({ type: "error", error: { code: "DISK_FULL", message: error.message } });
    this.#output.warn(this.#output.messages.transfer.pausedUntilRoom(printable(error.message)));
  }

  /** Whoever pauses it meanwhile has not made room, and to look at what is there needs none. */
  #goesOn(state: TorrentState): void {
    if (!this.#isWaiting || state === "error" || state === "paused" || state === "checking") return;
    this.#isWaiting = false;
    this.#output.event({ type: "healed" });
    this.#output.note(this.#output.messages.transfer.roomAgain);
  }
}
