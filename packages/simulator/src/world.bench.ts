// How fast does virtual time pass without an engine? One core must fire well over 100,000 events a second, so that the engine is what costs.

import type { Frames, Store, TcpHandler, TcpLink } from "@bittern/host";
import { bench, describe } from "vitest";
import { Call, EventQueue } from "./queue.ts";
import { SeededRandom } from "./random.ts";
import { World } from "./world.ts";

const PIECE_LENGTH = 256 * 1024;

/** Sends block after block for ever, as fast as the send buffer takes them. */
class Pump implements TcpHandler {
  readonly #store: Store;
  #piece: number;

  constructor(store: Store, piece: number) {
    this.#store = store;
    this.#piece = piece;
  }
  connected(link: TcpLink): void {
    this.#next(link);
  }
  bytes(): void {}
  drained(): void {}
  closed(): void {}

  #next(link: TcpLink): void {
    this.#piece = (this.#piece + 1) % 64;
    this.#store.readBlocks([{ piece: this.#piece, begin: 0, length: 16_384 }], (outcome) => {
      const frames = outcome as Frames;
      link.write(frames.bytes, () => {
        frames.release();
        this.#next(link);
      });
    });
  }
}

/** Forty nodes, each sending to six others at 2.5 MB/s. */
function busyWorld(): World {
  const world = new World({ seed: 1 });
  const content = world.torrentContent({ name: "content", pieceLength: PIECE_LENGTH, totalLength: 64 * PIECE_LENGTH });
  const hosts = Array.from({ length: 40 }, (_, at) =>
    world.addNode({ name: `node ${at}`, address: `45.0.0.${at}`, up: 2.5e6, down: 12.5e6 }),
  );
  const sink: TcpHandler = { connected() {}, bytes() {}, drained() {}, closed() {} };
  const file = { path: ["content"], length: content.totalLength, isPad: false, offset: 0 };
  const { pieceLength, totalLength } = content;
  for (const [index, host] of hosts.entries()) {
    host.plant(content, "/data");
    host.tcp.listen(
      { ports: [1, 1] },
      () => sink,
      () => {},
    );
    host.storage.open(
      { root: "/data", files: [file], pieceLength, totalLength, wanted: [true], partsKey: "x", readOnly: true },
      (store) => {
        for (let step = 1; step <= 6; step++) {
          const to = hosts[(index + step * 5) % hosts.length] as (typeof hosts)[number];
          host.tcp.connect({ address: to.address, port: 1 }, { timeoutMillis: 5000 }, new Pump(store as Store, step));
        }
      },
    );
  }
  world.run({ untilMillis: 1000 });
  return world;
}

describe("the event queue", () => {
  const queue = new EventQueue();
  const random = new SeededRandom(1);
  let sequence = 0;
  const tasks = Array.from({ length: 20_000 }, () => new Call(() => {}));
  for (const task of tasks) {
    task.at = random.unit();
    task.sequence = sequence++;
    queue.add(task);
  }
  bench("10,000 events with 20,000 waiting", () => {
    for (let count = 0; count < 10_000; count++) {
      const task = queue.shift() as Call;
      task.at += random.unit();
      task.sequence = sequence++;
      queue.add(task);
    }
  });
});

describe("a busy world", () => {
  const world = busyWorld();
  bench("10,000 events of 240 full links", () => {
    world.run({ eventsMax: 10_000 });
  });
});
