/**
 * Speaks to a tracker machine as a client would, for tests: requests in, parsed answers out.
 * @module
 */
import type { Endpoint } from "@bittern/protocol/address";
import { concatBytes, HostError, latin1, type Millis, NO_BYTES, type Random, utf8 } from "@bittern/protocol/base";
import type { OtherRequest, TrackerOutput } from "./output.ts";
import type { TrackerSettings } from "./settings.ts";
import { TrackerMachine } from "./tracker.ts";

/** An HTTP answer taken apart. */
export interface SpokenAnswer {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Uint8Array;
}

/** One machine, its clock, and what it has sent on each link. */
export class TrackerSpeaker {
  readonly machine: TrackerMachine;
  now: Millis = 1_000_000;
  readonly unnamedProxies: string[] = [];
  readonly others: { link: number; request: OtherRequest }[] = [];
  readonly shared: (TrackerOutput & { readonly type: `share${string}` })[] = [];
  readonly asked: (TrackerOutput & { readonly type: "ask-welcome" })[] = [];
  readonly closed: Set<number> = new Set();
  readonly awaited: Set<number> = new Set();
  readonly paused: Set<number> = new Set();
  /** Links that wait for their turn, which comes at once unless it is held back. */
  readonly turns: Set<number> = new Set();
  holdsTurns = false;
  wallSeconds = 1_800_000_000;
  /** What the store holds; it answers at once unless it is told to wait, and fails while it is told to. */
  readonly store: { current: Uint8Array; next: Uint8Array; isSlow: boolean; isFailing: boolean; asked: JournalOutput[] } = {
    current: NO_BYTES,
    next: NO_BYTES,
    isSlow: false,
    isFailing: false,
    asked: [],
  };
  readonly dials: Map<number, { readonly to: Endpoint; sent: Uint8Array; isOpen: boolean }> = new Map();
  readonly #sent: Map<number, Uint8Array> = new Map();
  #datagram: Uint8Array | undefined;
  /** What was sent last over UDP. */
  get lastDatagram(): Uint8Array | undefined {
    return this.#datagram;
  }
  #lastLink = 0;

  constructor(settings: Partial<TrackerSettings>, random: Random) {
    this.machine = new TrackerMachine({ intervalJitter: 0, ...settings }, random);
  }

  connect(address: string, port = 40_000): number {
    const link = ++this.#lastLink;
    this.#perform(this.machine.handle({ type: "linked", link, remote: { address, port } }, this.now));
    return link;
  }

  /** Sends bytes on a link; what comes back waits for `received`. */
  send(link: number, bytes: Uint8Array | string): void {
    this.#perform(this.machine.handle({ type: "bytes", link, bytes: typeof bytes === "string" ? utf8(bytes) : bytes }, this.now));
  }

  /** Everything a link was sent since the last call. */
  received(link: number): Uint8Array {
    const bytes = this.#sent.get(link) ?? NO_BYTES;
    this.#sent.delete(link);
    return bytes;
  }

  /** One request on a connection of its own. */
  get(address: string, target: string, headers = ""): SpokenAnswer {
    const link = this.connect(address);
    this.send(link, `GET ${target} HTTP/1.1\r\nHost: tracker\r\nConnection: close\r\n${headers}\r\n`);
    for (let pieces = 0; pieces < 10_000 && this.awaited.delete(link) && !this.closed.has(link); pieces++) this.tell("drained", link);
    const [answer] = splitAnswers(this.received(link));
    if (answer === undefined || !this.closed.has(link)) throw new Error(`no whole answer to ${target}`);
    return answer;
  }

  /** Sends a datagram; the answer, or `undefined` for silence. */
  datagram(bytes: Uint8Array, from: Endpoint): Uint8Array | undefined {
    this.#datagram = undefined;
    this.#perform(this.machine.handle({ type: "datagram", socket: 0, bytes, from }, this.now));
    return this.#datagram;
  }

  answer(link: number, status: number, headers: Readonly<Record<string, string>>, body: Uint8Array): void {
    this.#perform(this.machine.handle({ type: "answer", link, status, headers, body }, this.now));
  }

  /** Tells the machine something of a link that only a run loop knows. */
  tell(type: "stalled" | "drained" | "unlinked", link: number): void {
    this.#perform(this.machine.handle({ type, link }, this.now));
  }

  /** Gives the machine the journal of an earlier life, in pieces, and lets it keep one. */
  openJournal(bytes: Uint8Array, pieceLength = 1000): void {
    this.store.current = bytes;
    for (let at = 0; at < bytes.length; at += pieceLength) {
      this.machine.handle({ type: "journal-read", bytes: bytes.subarray(at, at + pieceLength) }, this.now);
    }
    this.#perform(this.machine.handle({ type: "journal-opened", wallSeconds: this.wallSeconds }, this.now));
  }

  /** Ends: everything goes to the store. */
  end(): void {
    this.#perform(this.machine.handle({ type: "journal-flush" }, this.now));
  }

  /** Lets the store answer what it was asked, until it is asked nothing more. */
  serveStore(): void {
    const { store } = this;
    for (let asked = store.asked.shift(); asked !== undefined; asked = store.asked.shift()) {
      const fault = store.isFailing ? new HostError("DISK_FULL", "no space left") : undefined;
      if (fault === undefined) applyTo(store, asked);
      this.#perform(this.machine.handle({ type: "journal-answered", fault }, this.now));
    }
  }

  /** Tells the machine what a peer of a tracker beside it says. */
  hearSignal(bytes: Uint8Array): void {
    this.#perform(this.machine.handle({ type: "shared-signal", bytes }, this.now));
  }

  /** Tells the machine what became of a question. */
  tellWelcome(question: number, refusal: string | undefined): void {
    this.#perform(this.machine.handle({ type: "welcomed", question, refusal }, this.now));
  }

  /** Tells the machine what became of a dial. */
  tellDial(dial: number, type: "dialled" | "dial-ended"): void {
    this.#perform(this.machine.handle({ type, dial }, this.now));
  }

  sendDial(dial: number, bytes: Uint8Array): void {
    this.#perform(this.machine.handle({ type: "dial-bytes", dial, bytes }, this.now));
  }

  #dial(dial: number): { sent: Uint8Array; isOpen: boolean } {
    const found = this.dials.get(dial);
    if (found === undefined) throw new Error(`nobody dialled ${dial}`);
    return found;
  }

  /** Lets time pass, tick by tick. */
  wait(millis: Millis): void {
    const until = this.now + millis;
    while (this.machine.deadline !== undefined && this.machine.deadline <= until) {
      this.#advance(this.machine.deadline);
      this.#perform(this.machine.handle({ type: "tick", wallSeconds: this.wallSeconds }, this.now));
    }
    this.#advance(until);
  }

  #advance(now: Millis): void {
    this.wallSeconds += (now - this.now) / 1000;
    this.now = now;
  }

  #perform(outputs: readonly TrackerOutput[]): void {
    let pending = false;
    for (const output of outputs) {
      if (output.type === "journal-append" || output.type === "journal-begin" || output.type === "journal-commit") {
        this.store.asked.push(output);
        if (!this.store.isSlow && this.store.asked.length === 1) pending = true;
      } else if (output.type === "dial") this.dials.set(output.dial, { to: output.to, sent: NO_BYTES, isOpen: true });
      else if (output.type === "dial-send") this.#dial(output.dial).sent = concatBytes([this.#dial(output.dial).sent, output.bytes]);
      else if (output.type === "dial-close") this.#dial(output.dial).isOpen = false;
      else if (output.type === "send-datagram") this.#datagram = output.bytes.slice();
      else if (output.type === "send" || output.type === "send-gathered" || output.type === "send-whole") {
        this.#sent.set(output.link, concatBytes([this.#sent.get(output.link) ?? NO_BYTES, output.bytes]));
      } else if (output.type === "ask-welcome") this.asked.push(output);
      else if (output.type === "share" || output.type === "share-completed" || output.type === "share-signal") this.shared.push(output);
      else if (output.type === "unnamed-proxy") this.unnamedProxies.push(output.address);
      else if (output.type === "other") this.others.push({ link: output.link, request: output.request });
      else if (output.type === "close") this.closed.add(output.link);
      else if (output.type === "await-drain") this.awaited.add(output.link);
      else if (output.type === "await-turn") this.turns.add(output.link);
      else if (output.type === "pause-reading") this.paused.add(output.link);
      else this.paused.delete(output.link);
    }
    if (pending) this.serveStore();
    if (!this.holdsTurns) for (const link of this.turns) this.giveTurn(link);
  }

  /** Tells a link that it is its turn. */
  giveTurn(link: number): void {
    if (this.turns.delete(link)) this.#perform(this.machine.handle({ type: "turn", link }, this.now));
  }
}

type JournalOutput = TrackerOutput & { readonly type: `journal-${string}` };

function applyTo(store: { current: Uint8Array; next: Uint8Array }, asked: JournalOutput): void {
  if (asked.type === "journal-append") store[asked.file] = concatBytes([store[asked.file], asked.bytes]);
  else if (asked.type === "journal-begin") store.next = NO_BYTES;
  else [store.current, store.next] = [store.next, NO_BYTES];
}

/** The answers in what a link was sent; bodies as long as their heads say. */
export function splitAnswers(bytes: Uint8Array, isHead = false): SpokenAnswer[] {
  const answers: SpokenAnswer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const text = latin1(bytes.subarray(at));
    const end = text.indexOf("\r\n\r\n");
    if (end < 0) throw new Error(`half a head: ${text}`);
    const [statusLine = "", ...lines] = text.slice(0, end).split("\r\n");
    const headers = new Map(
      lines.map((line) => [line.slice(0, line.indexOf(":")).toLowerCase(), line.slice(line.indexOf(":") + 1).trim()]),
    );
    const bodyAt = at + end + 4;
    if (headers.get("transfer-encoding") === "chunked" && !isHead) {
      const { body, next } = joinChunks(bytes, bodyAt);
      answers.push({ status: Number(statusLine.split(" ")[1]), headers, body });
      at = next;
      continue;
    }
    const bodyLength = isHead ? 0 : Number(headers.get("content-length") ?? 0);
    if (bodyAt + bodyLength > bytes.length) throw new Error("half a body");
    answers.push({ status: Number(statusLine.split(" ")[1]), headers, body: bytes.slice(bodyAt, bodyAt + bodyLength) });
    at = bodyAt + bodyLength;
  }
  return answers;
}

function joinChunks(bytes: Uint8Array, from: number): { body: Uint8Array; next: number } {
  const chunks: Uint8Array[] = [];
  for (let at = from; ; ) {
    const line = latin1(bytes.subarray(at, at + 10)).split("\r\n")[0] ?? "";
    const length = Number.parseInt(line, 16);
    const start = at + line.length + 2;
    if (Number.isNaN(length) || start + length + 2 > bytes.length) throw new Error("half a chunk");
    chunks.push(bytes.subarray(start, start + length));
    at = start + length + 2;
    if (length === 0) return { body: concatBytes(chunks), next: at };
  }
}
