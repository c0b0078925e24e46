/**
 * A member of a swarm: a node with the engine that ships, run loop included.
 *
 * What makes it honest, slow, greedy or a liar is set on its node and in its settings; the engine is always the same.
 * @module
 */
import {
  type Command,
  type Diagnosis,
  runSession,
  type SessionEvent,
  type SessionInput,
  SessionMachine,
  type SessionOutput,
  type SessionRun,
  type Settings,
} from "@bittern/engine";
import type { Endpoint } from "@bittern/protocol/address";
import type { Millis, Random } from "@bittern/protocol/base";
import type { SimulatedHost } from "../host.ts";
import type { Recording } from "../replay.ts";

/** The one torrent of a member. */
export const TORRENT = 1;
/** Where members keep their files. */
export const ROOT = "/data";

/** What a member is told to add; the rest is the same for all. */
export type Source = Extract<Command, { type: "add-torrent" }>["source"];

export interface MemberOptions {
  readonly host: SimulatedHost;
  /** What reports call its kind: "seed", "downloader", "free rider". */
  readonly role: string;
  readonly source: Source;
  readonly settings: Partial<Settings>;
  /** What is in place is believed; otherwise it is hashed first. */
  readonly trustsData: boolean;
  /** Bytes of each block that its store looks at. */
  readonly keptBlockLength: number;
  /** Where it looks for peers beside the trackers. */
  readonly peers: readonly Endpoint[];
  readonly onEvent: (member: Member, event: SessionEvent) => void;
}

/** The engine with a counter at its door, and a recorder where one is wanted. */
class CountedMachine extends SessionMachine {
  inputCount = 0;
  /** Those of them that are reads from peers. */
  readCount = 0;
  recording: Recording | undefined;

  override handle(input: SessionInput, now: Millis): readonly SessionOutput[] {
    this.inputCount++;
    if (input.type === "bytes") this.readCount++;
    if (this.recording === undefined) return super.handle(input, now);
    this.recording.add(input, now);
    const outputs = super.handle(input, now);
    this.recording.addOutputs(outputs);
    return outputs;
  }
}

export class Member {
  readonly host: SimulatedHost;
  readonly role: string;
  readonly #options: MemberOptions;
  #machine: CountedMachine | undefined;
  #run: SessionRun | undefined;
  #earlierInputs = 0;
  #earlierEvents = 0;
  /** Payload of sessions that ended. */
  #earlierUploaded = 0;
  #earlierDownloaded = 0;
  #earlierWasted = 0;
  startedAt: Millis | undefined;
  /** When everything was there for the first time. */
  completedAt: Millis | undefined;
  /** It said goodbye. */
  hasLeft = false;
  /** Endpoints it banned. */
  readonly banned: string[] = [];

  constructor(options: MemberOptions) {
    this.host = options.host;
    this.role = options.role;
    this.#options = options;
  }

  get name(): string {
    return this.host.name;
  }
  get isRunning(): boolean {
    return this.#run !== undefined;
  }
  /** Inputs its engines have handled. */
  get inputCount(): number {
    return this.#earlierInputs + (this.#machine?.inputCount ?? 0);
  }
  /**
   * What its engines had to decide about: messages of peers, however many came in one read, and inputs that are no reads, such as a tick, a piece
   * that was stored, or blocks that have left.
   */
  get eventCount(): number {
    const machine = this.#machine;
    if (machine === undefined) return this.#earlierEvents;
    const { messageCount } = machine.view.session(this.host.clock.now());
    return this.#earlierEvents + machine.inputCount - machine.readCount + messageCount;
  }
  /** Verified pieces. */
  get pieceCount(): number {
    return this.#run?.snapshot(TORRENT)?.verifiedPieceCount ?? 0;
  }
  /** What it is doing, in a few words. */
  get state(): string {
    const snapshot = this.#run?.snapshot(TORRENT);
    if (snapshot === undefined) return this.hasLeft ? "gone" : "not running";
    const { state, peers, fault } = snapshot;
    return `${state}, ${peers} peers${fault === undefined ? "" : `, ${fault.code}: ${fault.message}`}`;
  }
  get uploaded(): number {
    return this.#earlierUploaded + (this.#run?.snapshot(TORRENT)?.uploaded ?? 0);
  }
  get downloaded(): number {
    return this.#earlierDownloaded + (this.#run?.snapshot(TORRENT)?.downloaded ?? 0);
  }
  /** Payload that was thrown away. */
  get wasted(): number {
    return this.#earlierWasted + (this.#run?.snapshot(TORRENT)?.wasted ?? 0);
  }
  /** Why it is slow or stands still, as it would say itself. */
  get diagnosis(): Diagnosis | undefined {
    return this.#run?.diagnosis(TORRENT);
  }
  get run(): SessionRun | undefined {
    return this.#run;
  }

  /** Begins a session on its node, which is started when it was down. */
  start(recording?: Recording): void {
    const { host } = this;
    if (!host.isRunning) host.start();
    this.hasLeft = false;
    this.startedAt ??= host.clock.now();
    const { clock } = host;
    const machine = new CountedMachine({ ...this.machineOptions(), wallSeconds: () => clock.wallSeconds() });
    machine.recording = recording;
    this.#machine = machine;
    this.#run = runSession(machine, host, (event) => this.#hear(event));
    this.#run.command({ type: "listen", options: { ports: [6881, 6889] } });
    this.#run.command({
      type: "add-torrent",
      torrent: TORRENT,
      source: this.#options.source,
      placement: { root: ROOT },
      recordKey: "torrent-1",
      trustData: this.#options.trustsData,
      peers: this.#options.peers,
    });
  }

  /** What its machine is made with: the same dice every time it is asked. */
  machineOptions(): { readonly random: Random; readonly settings: Partial<Settings>; readonly keptBlockLength: number } {
    const { settings, keptBlockLength } = this.#options;
    return { random: this.host.random.fork("session"), settings, keptBlockLength };
  }

  command(command: Command): void {
    this.#run?.command(command);
  }

  /** Says goodbye to everybody and stops. */
  leave(): void {
    this.command({ type: "close", graceMillis: 3000 });
  }

  /** Dies as by `kill -9`; with the power when `withPower`. */
  die(withPower: boolean): void {
    this.#settle();
    if (withPower) this.host.cutPower();
    else this.host.kill();
  }

  #hear(event: SessionEvent): void {
    if (event.type === "done") this.completedAt ??= this.host.clock.now();
    if (event.type === "peer-banned") this.banned.push(`${event.peer.address}: ${event.reason}`);
    if (event.type === "closed") {
      this.hasLeft = true;
      this.#run?.stop();
      this.#settle();
    }
    this.#options.onEvent(this, event);
  }

  #settle(): void {
    this.#earlierInputs = this.inputCount;
    this.#earlierEvents = this.eventCount;
    this.#earlierUploaded = this.uploaded;
    this.#earlierDownloaded = this.downloaded;
    this.#earlierWasted = this.wasted;
    this.#machine = undefined;
    this.#run = undefined;
  }
}
