/**
 * The run loop: outputs of the machine become calls of the host, their completions become inputs. One a session.
 *
 * Nothing here decides. Inputs that arrive while the machine's outputs are being performed wait for their turn, so the
 * machine is never re-entered; only `bytes` cannot wait, because its view dies, and no host delivers it from inside a call.
 * @module
 */

import type { Cancel, Clock, Host, Store } from "@bittern/host";
import type { Endpoint } from "@bittern/protocol/address";
import { assert, type Bitfield, type Millis } from "@bittern/protocol/base";
import type { DhtSnapshot } from "@bittern/protocol/dht";
import type { Diagnosis } from "../diagnosis/cause.ts";
import type { Command } from "../session/command.ts";
import type { SessionEvent } from "../session/event.ts";
import type { TorrentId } from "../session/ids.ts";
import type { SessionInput } from "../session/input.ts";
import type { SessionOutput } from "../session/output.ts";
import type { SessionMachine } from "../session/session.ts";
import type { PeerSnapshot, SessionSnapshot, TorrentSnapshot, TrackerSnapshot } from "../session/snapshot.ts";
import type { PieceMap } from "../torrent/piece-map.ts";
import { Links } from "./links.ts";
import { Questions } from "./questions.ts";
import { Stores } from "./stores.ts";
import { UtpPort } from "./utp-port.ts";

export interface SessionRun {
  command(command: Command): void;
  snapshot(torrent: TorrentId): TorrentSnapshot | undefined;
  peers(torrent: TorrentId): readonly PeerSnapshot[];
  trackers(torrent: TorrentId): readonly TrackerSnapshot[];
  session(): SessionSnapshot;
  /** Every piece, for a face that draws them; `undefined` before the metadata is known. */
  pieceMap(torrent: TorrentId): PieceMap | undefined;
  /** The resume record as it would be written now; `undefined` before the torrent was checked. */
  record(torrent: TorrentId): Uint8Array | undefined;
  /** Why the torrent is slow or stands still. */
  diagnosis(torrent: TorrentId): Diagnosis | undefined;
  /** The verified pieces, a copy; `undefined` before the metadata is known. */
  pieces(torrent: TorrentId): Bitfield | undefined;
  /** Verified bytes of each file, pads included. */
  filesProgress(torrent: TorrentId): readonly number[];
  /** For reading what is verified; `undefined` while it is not open. */
  store(torrent: TorrentId): Store | undefined;
  /** Where datagrams reach us: the DHT, and uTP. */
  datagramPlaces(): readonly Endpoint[];
  /** How the node of the DHT does; `undefined` while there is none. */
  dht(): DhtSnapshot | undefined;
  /** Ends everything at once, saying goodbye to nobody; `close` is the polite way. */
  stop(): void;
}

/** Joins a session to a world. Events are told in the middle of a turn: the listener may give commands, which wait. */
export function runSession(machine: SessionMachine, host: Host, onEvent: (event: SessionEvent) => void): SessionRun {
  return new Loop(machine, host, onEvent);
}

class Loop implements SessionRun {
  readonly #machine: SessionMachine;
  /** Asked in every turn. */
  readonly #clock: Clock;
  readonly #onEvent: (event: SessionEvent) => void;
  readonly #links: Links;
  readonly #utp: UtpPort;
  readonly #stores: Stores;
  readonly #questions: Questions;
  readonly #waiting: SessionInput[] = [];
  #isTurning = false;
  #isStopped = false;
  #wakeAt: Millis | undefined;
  #cancelWake: Cancel | undefined;

  constructor(machine: SessionMachine, host: Host, onEvent: (event: SessionEvent) => void) {
    this.#machine = machine;
    this.#clock = host.clock;
    this.#onEvent = onEvent;
    const give = (input: SessionInput): void => this.#give(input);
    this.#stores = new Stores(host, give);
    this.#utp = new UtpPort({
      clock: host.clock,
      random: host.random,
      send: (bytes, to) => this.#questions.sendFromPort(bytes, to),
      accept: (link) => this.#links.accept(link, "utp"),
    });
    this.#links = new Links({ tcp: host.tcp, utp: this.#utp, storeOf: (torrent) => this.#stores.get(torrent), give });
    this.#questions = new Questions(host, give, (bytes, from) => this.#utp.receive(bytes, from));
  }

  command(command: Command): void {
    this.#give({ type: "command", command });
  }
  snapshot(torrent: TorrentId): TorrentSnapshot | undefined {
    return this.#machine.view.snapshot(torrent, this.#clock.now());
  }
  peers(torrent: TorrentId): readonly PeerSnapshot[] {
    return this.#machine.view.peers(torrent, this.#clock.now());
  }
  trackers(torrent: TorrentId): readonly TrackerSnapshot[] {
    return this.#machine.view.trackers(torrent, this.#clock.now());
  }
  session(): SessionSnapshot {
    return this.#machine.view.session(this.#clock.now());
  }
  record(torrent: TorrentId): Uint8Array | undefined {
    return this.#machine.view.record(torrent);
  }
  pieceMap(torrent: TorrentId): PieceMap | undefined {
    return this.#machine.view.pieceMap(torrent);
  }
  diagnosis(torrent: TorrentId): Diagnosis | undefined {
    return this.#machine.view.diagnosis(torrent, this.#clock.now());
  }
  pieces(torrent: TorrentId): Bitfield | undefined {
    return this.#machine.view.pieces(torrent);
  }
  filesProgress(torrent: TorrentId): readonly number[] {
    return this.#machine.view.filesProgress(torrent);
  }
  store(torrent: TorrentId): Store | undefined {
    return this.#stores.get(torrent);
  }
  datagramPlaces(): readonly Endpoint[] {
    return this.#machine.view.datagramPlaces;
  }
  dht(): DhtSnapshot | undefined {
    return this.#machine.view.dht(this.#clock.now());
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancelWake?.();
    this.#links.closeAll();
    this.#utp.closeAll();
    this.#questions.cancelAll();
    this.#stores.closeAll();
  }

  /** Takes one input through the machine, then whatever came of it. */
  #give(input: SessionInput): void {
    if (this.#isStopped) return;
    if (this.#isTurning) {
      assert(input.type !== "bytes" && input.type !== "datagram", "no host delivers bytes from inside a call");
      this.#waiting.push(input);
      return;
    }
    this.#isTurning = true;
    try {
      this.#turn(input);
      for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) this.#turn(next);
    } finally {
      this.#isTurning = false;
    }
    this.#schedule();
  }

  #turn(input: SessionInput): void {
    for (const output of this.#machine.handle(input, this.#clock.now())) this.#perform(output);
    this.#links.flush();
  }

  #perform(output: SessionOutput): void {
    switch (output.type) {
      case "send":
      case "send-news":
      case "send-waiting":
      case "send-answer":
      case "send-blocks":
      case "listen":
      case "stop-listening":
      case "connect":
      case "close-link":
      case "pause-reading":
      case "resume-reading":
        return this.#links.perform(output);
      case "http":
      case "cancel-http":
      case "resolve":
      case "resolve-texts":
      case "send-datagram":
      case "bind-datagrams":
      case "unbind-datagrams":
        return this.#questions.perform(output);
      case "event":
        return this.#onEvent(output.event);
      default:
        return this.#stores.perform(output);
    }
  }

  #schedule(): void {
    const deadline = this.#machine.deadline;
    if (this.#isStopped || deadline === undefined) return;
    // A timer that fires too early costs one empty turn; setting it anew after each input would cost more.
    if (this.#wakeAt !== undefined && this.#wakeAt <= deadline) return;
    this.#cancelWake?.();
    this.#wakeAt = deadline;
    this.#cancelWake = this.#clock.wakeAt(deadline, () => {
      this.#wakeAt = undefined;
      const due = this.#machine.deadline;
      if (due !== undefined && due <= this.#clock.now()) this.#give({ type: "tick" });
      else this.#schedule();
    });
  }
}
