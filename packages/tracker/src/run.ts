/**
 * The run loop: what the host brings becomes input, what the machine wants becomes calls of the host.
 *
 * One write an answer, out of buffers that are used again. Nothing decides here.
 * @module
 */
import type { Cancel, Done, JournalStore, TcpHandler, TcpLink, TcpListener, UdpSocket } from "@bittern/host";
import { HostError, type Millis } from "@bittern/protocol/base";
import { checkCommand, type TrackerCommand } from "./command.ts";
import { Dials } from "./dials.ts";
import { GatheredWrites } from "./gathered-writes.ts";
import type { LinkId, TrackerInput } from "./input.ts";
import { LinkHandler } from "./link-handler.ts";
import { LinkTable } from "./link-table.ts";
import type { OtherRequest, TrackerOutput } from "./output.ts";
import { PageTurns } from "./page-turns.ts";
import type {
  HttpDoor,
  OtherAnswer,
  TrackerDoors,
  TrackerHost,
  TrackerQuestions,
  TrackerRun,
  TrackerRunOptions,
  UdpDoor,
} from "./run-options.ts";
import type { SharedHearer } from "./shared/shared-store.ts";
import { TrackerMachine, type TrackerSnapshot } from "./tracker.ts";
import { WritePool } from "./write-pool.ts";

/** Bytes unsent on a link from which on it has to read before it is served again. */
const STALLED_LENGTH = 64 * 1024;

/** Bytes of datagrams that may wait: some 1,400 announces, or 10 to 20 ms of work. Clients ask again for what is lost. */
const WAITING_LENGTH_MAX = 512 * 1024;

/** Starts a tracker; `done` hears of its doors when all of them are open, or why one is not, and then none is. */
export function runTracker(host: TrackerHost, options: TrackerRunOptions, done: Done<TrackerDoors>): TrackerRun {
  const run = new Run(host, options);
  run.open(done);
  return run;
}

class Run implements TrackerRun {
  readonly #host: TrackerHost;
  readonly #options: TrackerRunOptions;
  readonly #machine: TrackerMachine;
  readonly #links = new LinkTable<TcpLink>();
  readonly #takeFromLink = (input: TrackerInput): void => this.#take(input);
  readonly #dials: Dials;
  readonly #listeners: TcpListener[] = [];
  readonly #sockets: UdpSocket[] = [];
  readonly #pool = new WritePool();
  readonly #gathered: GatheredWrites;
  readonly #pageTurns: PageTurns;
  readonly #scrapeTurns: PageTurns;
  /** Inputs that came while outputs were being performed. */
  readonly #waiting: TrackerInput[] = [];
  #isBusy = false;
  #isClosed = false;
  #isStoring = false;
  readonly #onSettled: (() => void)[] = [];
  #lastLink = 0;
  #armedAt: Millis | undefined;
  #disarm: Cancel | undefined;

  constructor(host: TrackerHost, options: TrackerRunOptions) {
    this.#host = host;
    this.#options = options;
    this.#dials = new Dials(host.tcp, (input) => this.#take(input));
    const soon = (wake: () => void): Cancel => host.clock.wakeAt(host.clock.now(), wake);
    this.#gathered = new GatheredWrites(soon, (id, link) => this.#afterGathered(id, link));
    this.#pageTurns = new PageTurns(soon);
    this.#scrapeTurns = new PageTurns(soon);
    this.#machine = new TrackerMachine(
      {
        ...options.settings,
        keepsJournal: options.journal !== undefined,
        asksWelcome: options.welcomes !== undefined,
        sharesSwarms: options.shared !== undefined,
      },
      host.random,
    );
  }

  open(done: Done<TrackerDoors>): void {
    const steps: ((next: (fault?: HostError) => void) => void)[] = [];
    const { journal, remembered } = this.#options;
    if (journal !== undefined) steps.push((next) => this.#openJournal(journal, next));
    else if (remembered !== undefined) this.#take({ type: "recall", bytes: remembered, wallSeconds: this.#host.clock.wallSeconds() });
    for (const door of this.#options.http ?? []) steps.push((next) => this.#openHttp(door, next));
    for (const door of this.#options.udp ?? []) {
      const addresses = door.address === undefined ? ["0.0.0.0", "::"] : [door.address];
      for (const address of addresses) steps.push((next) => this.#openUdp(door, address, next));
    }
    const step = (index: number): void => {
      const open = steps[index];
      if (open === undefined) {
        this.#startSharing();
        return done(this.#doors());
      }
      open((fault) => {
        if (fault === undefined && !this.#isClosed) return step(index + 1);
        this.close();
        done(fault ?? new HostError("ABORTED", "the tracker was closed before it was open"));
      });
    };
    step(0);
  }

  snapshot(): TrackerSnapshot {
    return this.#machine.snapshot(this.#host.clock.now());
  }

  get ask(): TrackerQuestions {
    return this.#machine;
  }

  command(command: TrackerCommand): void {
    // Here and not only inside: what waits for its turn must not fail then.
    checkCommand(command);
    this.#take({ type: "command", command });
  }

  close(done?: () => void): void {
    if (done !== undefined) this.#onSettled.push(done);
    if (this.#isClosed) return this.#settle();
    this.#take({ type: "journal-flush" });
    this.#isClosed = true;
    this.#disarm?.();
    for (const listener of this.#listeners) listener.close();
    for (const socket of this.#sockets) socket.close();
    for (const link of this.#links.values()) link.close();
    this.#links.clear();
    this.#dials.close();
    this.#settle();
  }

  /** Says that the end is reached, once the store has what it was given. */
  #settle(): void {
    if (this.#isStoring || this.#isBusy) return;
    for (const done of this.#onSettled.splice(0)) done();
  }

  #doors(): TrackerDoors {
    return { http: this.#listeners.flatMap((listener) => listener.endpoints), udp: this.#sockets.map((socket) => socket.local) };
  }

  #openJournal(journal: JournalStore, next: (fault?: HostError) => void): void {
    let isEmpty = true;
    journal.load(
      (bytes) => {
        isEmpty = false;
        this.#take({ type: "journal-read", bytes });
      },
      (outcome) => {
        if (outcome instanceof HostError) return next(outcome);
        const { remembered } = this.#options;
        const wallSeconds = this.#host.clock.wallSeconds();
        if (isEmpty && remembered !== undefined) this.#take({ type: "recall", bytes: remembered, wallSeconds });
        this.#take({ type: "journal-opened", wallSeconds });
        next();
      },
    );
  }

  #startSharing(): void {
    const { shared } = this.#options;
    if (shared === undefined) return;
    shared.start(this.#hearer());
    // The others hear of us before anybody asks us for anything.
    this.#take({ type: "tick", wallSeconds: this.#host.clock.wallSeconds() });
  }

  #hearer(): SharedHearer {
    const machine = this.#machine;
    return {
      hear: (bytes, ageSeconds) => this.#take({ type: "shared", bytes, ageSeconds }),
      hearCompleted: (infoHash, count) => this.#take({ type: "shared-completed", infoHash, count }),
      hearSignal: (bytes) => this.#take({ type: "shared-signal", bytes }),
      retell: (shard) => this.#take({ type: "retell", shard }),
      get ageMax() {
        return machine.ageMax;
      },
    };
  }

  #performJournal(output: TrackerOutput & { readonly type: `journal-${string}` }): void {
    const done: Done<void> = (outcome) => {
      this.#isStoring = false;
      this.#take({ type: "journal-answered", fault: outcome instanceof HostError ? outcome : undefined });
    };
    const journal = this.#options.journal;
    this.#isStoring = journal !== undefined;
    if (output.type === "journal-append") journal?.append(output.file, output.bytes, done);
    else if (output.type === "journal-begin") journal?.begin(done);
    else journal?.commit(done);
  }

  #openHttp(door: HttpDoor, next: (fault?: HostError) => void): void {
    const place = door.address === undefined ? {} : { address: door.address };
    (door.tcp ?? this.#host.tcp).listen(
      { ...place, ports: [door.port, door.port], isBrief: true },
      (link) => this.#accept(link),
      (outcome) => {
        if (outcome instanceof HostError) return next(outcome);
        this.#listeners.push(outcome);
        if (this.#isClosed) outcome.close();
        next();
      },
    );
  }

  #openUdp(door: UdpDoor, address: string, next: (fault?: HostError) => void): void {
    // With port 0 the second family follows the first, as HTTP does.
    const isFollower = door.port === 0 && door.address === undefined && address === "::";
    const port =
      door.port === "http" ? (this.#doors().http[0]?.port ?? 0) : isFollower ? (this.#sockets.at(-1)?.local.port ?? 0) : door.port;
    const index = this.#sockets.length;
    const hasIpv4 = this.#sockets.some((socket) => !socket.local.address.includes(":"));
    this.#host.udp.bind(
      { address, port, waitingLengthMax: WAITING_LENGTH_MAX, isBusy: true },
      (bytes, from) => this.#take({ type: "datagram", socket: index, bytes, from }),
      (outcome) => {
        if (!(outcome instanceof HostError)) this.#sockets.push(outcome);
        if (outcome instanceof HostError) {
          // A machine without IPv6 is a whole machine, if nobody asked for IPv6; an interface may have one family alone.
          const isOptional = door.address === undefined && (address === "0.0.0.0" ? outcome.code === "ADDRESS_UNAVAILABLE" : hasIpv4);
          return next(isOptional && outcome.code !== "ADDRESS_IN_USE" ? undefined : outcome);
        }
        if (this.#isClosed) outcome.close();
        next();
      },
    );
  }

  #accept(link: TcpLink): TcpHandler | undefined {
    if (this.#isClosed) return undefined;
    const id = ++this.#lastLink;
    this.#links.add(id, link);
    this.#take({ type: "linked", link: id, remote: link.remote });
    return new LinkHandler(id, this.#takeFromLink, this.#links);
  }

  /** One turn: an input in, all outputs out. What comes meanwhile waits; its bytes are copied, for they are lent. */
  #take(input: TrackerInput): void {
    // After the end only the store is still heard: what it has been given is to arrive.
    if (this.#isClosed && input.type !== "journal-answered") return;
    if (this.#isBusy) {
      this.#waiting.push("bytes" in input ? { ...input, bytes: input.bytes.slice() } : input);
      return;
    }
    this.#isBusy = true;
    for (
      let next: TrackerInput | undefined = input;
      next !== undefined;
      next = this.#waiting.length > 0 ? this.#waiting.shift() : undefined
    ) {
      const outputs = this.#machine.handle(next, this.#host.clock.now());
      for (const output of outputs) this.#perform(output);
    }
    this.#isBusy = false;
    if (this.#isClosed) this.#settle();
    else if (this.#machine.deadline !== this.#armedAt) this.#arm();
  }

  #arm(): void {
    this.#disarm?.();
    this.#disarm = undefined;
    this.#armedAt = this.#machine.deadline;
    if (this.#armedAt === undefined || this.#isClosed) return;
    this.#disarm = this.#host.clock.wakeAt(this.#armedAt, () => {
      this.#disarm = undefined;
      this.#armedAt = undefined;
      this.#take({ type: "tick", wallSeconds: this.#host.clock.wallSeconds() });
    });
  }

  #perform(output: TrackerOutput): void {
    if (output.type === "send-datagram") {
      this.#sockets[output.socket]?.send(output.bytes, output.to);
      return;
    }
    if (output.type === "dial" || output.type === "dial-send" || output.type === "dial-close") {
      this.#dials.perform(output);
      return;
    }
    if (output.type === "unnamed-proxy") {
      this.#options.onUnnamedProxy?.(output.address);
      return;
    }
    if (output.type === "ask-welcome") {
      const { question } = output;
      this.#options.welcomes?.(output.about, (refusal) => this.#take({ type: "welcomed", question, refusal }));
      return;
    }
    if (output.type === "share" || output.type === "share-completed" || output.type === "share-signal") {
      const { shared } = this.#options;
      if (output.type === "share") shared?.share(output.shard, output.bytes);
      else if (output.type === "share-signal") shared?.shareSignal(output.bytes);
      else shared?.shareCompleted(output.infoHash, output.known);
      return;
    }
    if (output.type === "journal-append" || output.type === "journal-begin" || output.type === "journal-commit") {
      this.#performJournal(output);
      return;
    }
    const link = this.#links.get(output.link);
    if (link === undefined) return;
    switch (output.type) {
      case "send":
        this.#pool.write(link, output.bytes);
        this.#noteStall(output.link, link);
        break;
      case "send-gathered":
        this.#gathered.put(output.link, link, output.bytes);
        break;
      case "send-whole":
        this.#gathered.flush(output.link);
        link.write(output.bytes);
        this.#noteStall(output.link, link);
        break;
      case "await-drain":
        link.pauseReading();
        // The host says `drained` only where something is unsent.
        if (link.unsentLength === 0) this.#waiting.push({ type: "drained", link: output.link });
        break;
      case "await-turn":
        this.#scrapeTurns.take(() => this.#take({ type: "turn", link: output.link }));
        break;
      case "pause-reading":
        link.pauseReading();
        break;
      case "resume-reading":
        link.resumeReading();
        break;
      case "close":
        this.#gathered.flush(output.link);
        this.#links.delete(output.link);
        link.close();
        break;
      case "other":
        this.#handOut(output.link, output.request);
        break;
    }
  }

  /** Writes of gathered bytes come in a turn's course or after it. */
  #afterGathered(id: LinkId, link: TcpLink): void {
    if (link.unsentLength <= STALLED_LENGTH) return;
    if (this.#isBusy) this.#noteStall(id, link);
    else this.#take({ type: "stalled", link: id });
  }

  #noteStall(id: LinkId, link: TcpLink): void {
    if (link.unsentLength > STALLED_LENGTH) this.#waiting.push({ type: "stalled", link: id });
  }

  #handOut(id: LinkId, request: OtherRequest): void {
    const { onOther } = this.#options;
    let isAnswered = false;
    const answer: OtherAnswer = (status, headers, body) => {
      if (isAnswered) return;
      isAnswered = true;
      this.#take({ type: "answer", link: id, status, headers, body });
    };
    this.#pageTurns.take(() => {
      // Whoever has left meanwhile needs no page.
      if (this.#isClosed || this.#links.get(id) === undefined) return;
      if (onOther === undefined) answer(404, { "Content-Type": "text/plain" }, NOT_FOUND);
      else onOther(request, answer);
    });
  }
}

const NOT_FOUND = new TextEncoder().encode("This tracker answers /announce and /scrape\n");
