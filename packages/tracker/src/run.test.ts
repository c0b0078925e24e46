import type { JournalStore, TcpHandler, TcpLink, Udp, UdpSocket } from "@bittern/host";
import type { Endpoint } from "@bittern/protocol/address";
import { concatBytes, HostError, latin1, NO_BYTES, utf8 } from "@bittern/protocol/base";
import { seededRandom } from "@bittern/protocol/fuzz";
import { decodeUdpAnswer, encodeUdpConnect } from "@bittern/protocol/tracker";
import { describe, expect, it } from "vitest";
import { runTracker } from "./run.ts";
import type { TrackerDoors, TrackerHost, TrackerRunOptions } from "./run-options.ts";
import { splitAnswers } from "./testing.ts";

/** A link of the world below: what is written piles up, and counts as unsent while its reader is deaf. */
class WorldLink implements TcpLink {
  readonly local: Endpoint = { address: "192.0.2.100", port: 6969 };
  readonly remote: Endpoint;
  handler: TcpHandler | undefined;
  sent: Uint8Array = NO_BYTES;
  unsentLength = 0;
  isReading = true;
  isClosed = false;
  isDeaf = false;
  #releases: (() => void)[] = [];

  constructor(remote: Endpoint) {
    this.remote = remote;
  }

  write(bytes: Uint8Array, release?: () => void): void {
    this.sent = concatBytes([this.sent, bytes]);
    if (!this.isDeaf) return release?.();
    this.unsentLength += bytes.length;
    if (release !== undefined) this.#releases.push(release);
  }
  listen(): void {
    this.isDeaf = false;
    this.unsentLength = 0;
    for (const release of this.#releases.splice(0)) release();
    this.handler?.drained(this);
  }
  pauseReading(): void {
    this.isReading = false;
  }
  resumeReading(): void {
    this.isReading = true;
  }
  close(): void {
    this.isClosed = true;
    this.handler?.closed(this, undefined);
  }
  say(text: string): void {
    this.handler?.bytes(this, utf8(text));
  }
}

/** A world of one tracker: its host, and the hands that push it. */
class World {
  now = 5000;
  wakes: { at: number; wake: () => void }[] = [];
  accept: ((link: TcpLink) => TcpHandler | undefined) | undefined;
  isListening = false;
  readonly taken: Set<number> = new Set();
  readonly sockets: (UdpSocket & { receive: (bytes: Uint8Array, from: Endpoint) => void; sent: Uint8Array[]; isOpen: boolean })[] = [];
  hasIpv6 = true;
  readonly dialled: WorldLink[] = [];

  readonly host: TrackerHost = {
    random: seededRandom(1),
    clock: {
      now: () => this.now,
      wallSeconds: () => 0,
      wakeAt: (at, wake) => {
        const entry = { at, wake };
        this.wakes.push(entry);
        return () => {
          this.wakes = this.wakes.filter((other) => other !== entry);
        };
      },
    },
    tcp: {
      listen: ({ ports }, accept, done) => {
        if (this.taken.has(ports[0])) done(new HostError("ADDRESS_IN_USE", "taken"));
        else {
          this.accept = accept;
          this.isListening = true;
          done({ endpoints: [{ address: "0.0.0.0", port: ports[0] || 7777 }], close: () => (this.isListening = false) });
        }
        return () => undefined;
      },
      connect: (to, _options, handler) => {
        const link = new WorldLink(to);
        link.handler = handler;
        this.dialled.push(link);
        return link;
      },
    },
    udp: { bind: (...asked) => this.#bind(...asked) },
  };

  #bind(...[{ address, port }, receive, done]: Parameters<Udp["bind"]>): () => void {
    if (address === "::" && !this.hasIpv6) {
      done(new HostError("ADDRESS_UNAVAILABLE", "no IPv6"));
      return () => undefined;
    }
    const socket = {
      local: { address, port: port || 8888 },
      sent: [] as Uint8Array[],
      isOpen: true,
      receive: (bytes: Uint8Array, from: Endpoint) => receive(bytes, from, socket),
      send: (bytes: Uint8Array) => void socket.sent.push(bytes.slice()),
      close: () => void (socket.isOpen = false),
    };
    this.sockets.push(socket);
    done(socket);
    return () => undefined;
  }

  dial(address = "192.0.2.1"): WorldLink {
    const link = new WorldLink({ address, port: 1 });
    link.handler = this.accept?.(link);
    return link;
  }

  /** One turn: what is due now and was so before it. */
  turn(): void {
    const due = this.wakes.filter(({ at }) => at <= this.now);
    this.wakes = this.wakes.filter((entry) => !due.includes(entry));
    for (const { wake } of due) wake();
  }

  wait(millis: number): void {
    const until = this.now + millis;
    for (;;) {
      const next = this.wakes.toSorted((a, b) => a.at - b.at)[0];
      if (next === undefined || next.at > until) break;
      this.now = Math.max(this.now, next.at);
      this.wakes = this.wakes.filter((other) => other !== next);
      next.wake();
    }
    this.now = until;
  }
}

function start(world: World, options: TrackerRunOptions) {
  let doors: TrackerDoors | HostError | undefined;
  const run = runTracker(world.host, options, (outcome) => {
    doors = outcome;
  });
  return { run, doors };
}

function announce(port: number): string {
  return `GET /announce?info_hash=${"%01".repeat(20)}&peer_id=-BY0100-abcdefghijkl&port=${port}&left=1 HTTP/1.1\r\nHost: t\r\n\r\n`;
}

describe("A running tracker", () => {
  it("opens its doors, UDP on the number of HTTP, and answers at both", () => {
    const world = new World();
    const { run, doors } = start(world, { http: [{ port: 0 }], udp: [{ port: "http" }] });
    expect(doors).toEqual({
      http: [{ address: "0.0.0.0", port: 7777 }],
      udp: [
        { address: "0.0.0.0", port: 7777 },
        { address: "::", port: 7777 },
      ],
    });
    const link = world.dial();
    link.say(announce(7) + announce(8));
    expect(splitAnswers(link.sent).length).toBe(2);
    world.sockets[1]?.receive(encodeUdpConnect(3), { address: "2001:db8::1", port: 9 });
    expect(decodeUdpAnswer(world.sockets[1]?.sent[0] as Uint8Array, "ipv6")).toMatchObject({ type: "connected", transactionId: 3 });
    expect(run.snapshot()).toMatchObject({ links: 1, peers: { all: 2 } });
    run.close();
    expect([world.isListening, link.isClosed, world.sockets.some(({ isOpen }) => isOpen), world.wakes]).toEqual([false, true, false, []]);
  });

  it("does without IPv6 where there is none, unless it was asked for", () => {
    const world = new World();
    world.hasIpv6 = false;
    expect(start(world, { udp: [{ port: 99 }] }).doors).toEqual({ http: [], udp: [{ address: "0.0.0.0", port: 99 }] });
    expect(start(world, { udp: [{ port: 99, address: "::" }] }).doors).toMatchObject({ code: "ADDRESS_UNAVAILABLE" });
  });

  it("opens all doors or none", () => {
    const world = new World();
    world.taken.add(80);
    expect(start(world, { http: [{ port: 1 }, { port: 80 }], udp: [{ port: 1 }] }).doors).toMatchObject({ code: "ADDRESS_IN_USE" });
    expect([world.isListening, world.sockets.length]).toEqual([false, 0]);
  });

  it("asks its owner about other paths, and says 404 without one", () => {
    const world = new World();
    start(world, {
      http: [{ port: 1 }],
      onOther: ({ path }, answer) => answer(200, { "Content-Type": "text/plain" }, utf8(`you want ${path}`)),
    });
    const link = world.dial();
    link.say(`GET /a HTTP/1.1\r\n\r\nGET /b HTTP/1.1\r\n\r\n${announce(1)}`);
    world.wait(0);
    expect(splitAnswers(link.sent).map(({ body }) => latin1(body.subarray(0, 11)))).toEqual(["you want /a", "you want /b", "d8:complete"]);
    expect(link.isReading).toBe(true);
    const bare = new World();
    start(bare, { http: [{ port: 1 }] });
    const other = bare.dial();
    other.say("GET / HTTP/1.0\r\n\r\n");
    expect([splitAnswers(other.sent)[0]?.status, other.isClosed]).toEqual([404, true]);
  });

  // 64 KiB of requests for /metrics came in one read, were all made before anybody else was heard, and held the tracker for seconds.
  it("makes one page a turn, and none for who has left, so that a flood of them keeps nobody waiting", () => {
    const world = new World();
    const made: string[] = [];
    start(world, {
      http: [{ port: 1 }],
      onOther: ({ path }, answer) => {
        made.push(path);
        answer(200, {}, NO_BYTES);
      },
    });
    const [flood, gone, other] = [world.dial(), world.dial(), world.dial()];
    flood.say("GET /flood HTTP/1.1\r\n\r\n".repeat(1000));
    gone.say("GET /gone HTTP/1.1\r\n\r\n");
    other.say("GET /other HTTP/1.1\r\n\r\n");
    gone.handler?.closed(gone, undefined);
    expect(made).toEqual(["/flood"]);
    other.say(announce(1));
    for (let turn = 0; turn < 3; turn++) world.turn();
    expect(made).toEqual(["/flood", "/flood", "/other"]);
    expect(splitAnswers(other.sent).map(({ body }) => body.length > 0)).toEqual([false, true]);
    world.wait(0);
    expect(made.length).toBe(1001);
  });

  // A hundred scrapes of 100,000 torrents were each made from end to end before anybody else was heard, which took 20 seconds.
  it("makes one step of one full scrape a turn, however fast its client reads, and none for who has left", () => {
    const world = new World();
    start(world, { http: [{ port: 1 }], settings: { peersGiven: 0 } });
    const teller = world.dial();
    for (let torrent = 0; torrent < 1000; torrent++) {
      teller.say(announce(1).replace(/info_hash=[^&]*/, `info_hash=${String(torrent).padStart(20, "0")}`));
    }
    const [fast, gone, other] = [world.dial(), world.dial(), world.dial()];
    for (const link of [fast, gone]) link.say("GET /scrape HTTP/1.1\r\nConnection: close\r\n\r\n");
    gone.handler?.closed(gone, undefined);
    const part = fast.sent.length;
    expect(part).toBeGreaterThan(30_000);
    expect(part).toBeLessThan(40_000);
    other.say(announce(1));
    expect(latin1(other.sent)).toContain("d8:complete");
    expect(fast.sent.length).toBe(part);
    for (let turn = 0; turn < 2; turn++) world.turn();
    expect(fast.sent.length).toBeGreaterThan(part);
    expect(fast.isClosed).toBe(false);
    world.wait(0);
    expect([latin1(fast.sent).match(/8:complete/g)?.length, fast.isClosed]).toEqual([1000, true]);
  });

  it("takes an answer once, whenever it comes, and none for a link that is gone", () => {
    const world = new World();
    const answers: (() => void)[] = [];
    start(world, { http: [{ port: 1 }], onOther: (_, answer) => void answers.push(() => answer(204, {}, NO_BYTES)) });
    const [here, gone] = [world.dial(), world.dial()];
    for (const link of [here, gone]) link.say("GET / HTTP/1.1\r\n\r\n");
    world.wait(0);
    gone.handler?.closed(gone, undefined);
    for (const answer of [...answers, ...answers]) answer();
    expect([splitAnswers(here.sent).length, gone.sent.length]).toEqual([1, 0]);
  });

  it("stops reading from who does not read, until he does", () => {
    const world = new World();
    start(world, { http: [{ port: 1 }], onOther: (_, answer) => answer(200, {}, new Uint8Array(200_000)) });
    const link = world.dial();
    link.isDeaf = true;
    link.say(`GET / HTTP/1.1\r\n\r\n${announce(1)}`);
    expect([link.isReading, splitAnswers(link.sent).length]).toEqual([false, 1]);
    link.listen();
    expect([link.isReading, splitAnswers(link.sent).length]).toEqual([true, 2]);
  });

  it("wakes up to close who is too slow, and sleeps when nobody is there", () => {
    const world = new World();
    start(world, { http: [{ port: 1 }] });
    expect(world.wakes).toEqual([]);
    const link = world.dial();
    link.say("GET /ann");
    world.wait(9000);
    expect(link.isClosed).toBe(false);
    world.wait(2000);
    expect(link.isClosed).toBe(true);
    world.wait(1000);
    expect(world.wakes).toEqual([]);
  });
});

describe("A running tracker that dials back", () => {
  it("connects, says the start of a handshake, and lets go of who ends it or of all at its end", () => {
    const world = new World();
    const { run } = start(world, { http: [{ port: 1 }], settings: { natCheckTries: 2 } });
    for (const address of ["192.0.2.1", "192.0.2.2"]) world.dial(address).say(announce(6881));
    const [first, second] = world.dialled as [WorldLink, WorldLink];
    expect([first.remote, second.remote.address]).toEqual([{ address: "192.0.2.1", port: 6881 }, "192.0.2.2"]);
    first.handler?.connected(first);
    expect(first.sent.length).toBe(48);
    const answer = concatBytes([first.sent, utf8("-BY0100-abcdefghijkl")]);
    first.handler?.bytes(first, answer);
    expect([first.isClosed, run.snapshot().natCheck]).toEqual([true, { dials: 2, reached: 1 }]);
    second.handler?.closed(second, undefined);
    world.dial("192.0.2.3").say(announce(6881));
    run.close();
    expect(world.dialled.at(-1)?.isClosed).toBe(true);
  });
});

describe("A running tracker with a journal", () => {
  /** A store whose answers come when it is told to. */
  function slowStore(before: Uint8Array = NO_BYTES) {
    const files = { current: before, next: NO_BYTES };
    const answers: (() => void)[] = [];
    const journal: JournalStore = {
      load: (take, done) => {
        take(files.current);
        done();
      },
      append: (file, bytes, done) => {
        files[file] = concatBytes([files[file], bytes]);
        answers.push(() => done());
      },
      begin: (done) => void answers.push(() => done()),
      commit: (done) => void answers.push(() => done()),
    };
    return { files, answers, journal };
  }

  it("reads it before its doors open and hands over everything before it ends", () => {
    const world = new World();
    const store = slowStore();
    const { run } = start(world, { http: [{ port: 1 }], journal: store.journal });
    world.dial().say(announce(1));
    world.wait(3000);
    expect(store.answers.length).toBe(1);
    world.dial("192.0.2.2").say(announce(2));
    let isOver = false;
    run.close(() => {
      isOver = true;
    });
    expect([store.answers.length, isOver]).toEqual([1, false]);
    store.answers.shift()?.();
    expect([store.answers.length, isOver]).toEqual([1, false]);
    store.answers.shift()?.();
    expect(isOver).toBe(true);

    const again = start(new World(), { http: [{ port: 1 }], journal: slowStore(store.files.current).journal });
    expect(again.run.snapshot()).toMatchObject({ peers: { all: 2 }, journal: { state: "writing" } });
  });

  it("does not open its doors when it cannot read the journal", () => {
    const world = new World();
    const journal: JournalStore = { ...slowStore().journal, load: (_, done) => done(new HostError("IO", "bad sector")) };
    expect(start(world, { http: [{ port: 1 }], journal }).doors).toMatchObject({ code: "IO" });
    expect(world.isListening).toBe(false);
  });

  it("ends at once where the store has nothing open", () => {
    let isOver = false;
    start(new World(), { journal: slowStore().journal }).run.close(() => {
      isOver = true;
    });
    expect(isOver).toBe(true);
  });
});
