/** @module */
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import type { Sender } from "@bittern/host";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { BATCHED_LENGTH_MAX, BatchWire } from "./batch-wire.ts";
import { type Libc, loadLibc, NO_BUFFER } from "./libc.ts";
import { SendingThread } from "./sending-thread.ts";
import { HandleWire, type Wire } from "./wire.ts";

const libc = await loadLibc();
const opened: { close(): void }[] = [];
afterEach(() => {
  for (const open of opened.splice(0)) open.close();
});

interface Door {
  readonly wire: BatchWire;
  readonly port: number;
  /** What was handed over because it could not leave with the others. */
  readonly handedOver: Uint8Array[];
}

/** Opens a door that many come to; `receive` hears of each datagram. */
async function openDoor(
  receive: (wire: BatchWire, bytes: Uint8Array, from: Sender) => void,
  { address = "127.0.0.1", given = libc as Libc, thread }: { address?: string; given?: Libc; thread?: SendingThread } = {},
): Promise<Door> {
  const socket = createSocket(address.includes(":") ? "udp6" : "udp4");
  socket.bind(0, address);
  await once(socket, "listening");
  const single = HandleWire.over(socket, () => expect.fail("Node has read a datagram")) as HandleWire;
  const handedOver: Uint8Array[] = [];
  const rest: Wire = {
    send: (bytes, to) => {
      handedOver.push(bytes.slice());
      single.send(bytes, to);
    },
    close: () => single.close(),
  };
  const wire = BatchWire.over(socket, { libc: given, thread }, rest, (bytes, from) => receive(wire, bytes, from)) as BatchWire;
  const { port } = socket.address();
  opened.push(wire);
  return { wire, port, handedOver };
}

/** Somebody who asks, and keeps what comes back. */
async function openAsker(address = "127.0.0.1"): Promise<{ socket: Socket; heard: Buffer[]; port: number }> {
  const socket = createSocket(address.includes(":") ? "udp6" : "udp4");
  const heard: Buffer[] = [];
  socket.on("message", (bytes) => heard.push(bytes));
  socket.bind(0, address);
  await once(socket, "listening");
  opened.push({ close: () => socket.close() });
  return { socket, heard, port: socket.address().port };
}

/** The C library, with a note of how many datagrams each call took. */
function counted(changes: Partial<Libc> = {}): { given: Libc; taken: number[]; sent: number[] } {
  const real = libc as Libc;
  const taken: number[] = [];
  const sent: number[] = [];
  const given: Libc = {
    ...real,
    receiveMany: (...words) => {
      const count = real.receiveMany(...words);
      taken.push(count);
      return count;
    },
    sendMany: (descriptor, messages, count) => {
      sent.push(count);
      return real.sendMany(descriptor, messages, count);
    },
    ...changes,
  };
  return { given, taken, sent };
}

describe.skipIf(libc === undefined)("A wire for many datagrams", () => {
  it("takes all that wait in few calls, and answers them in as many", async () => {
    const { given, taken, sent } = counted();
    const { port } = await openDoor((wire, bytes, from) => wire.send(bytes, from), { given });
    const { socket, heard } = await openAsker();
    // Node sends at once, so all of them wait before anybody can read.
    for (let number = 0; number < 150; number++) socket.send(Uint8Array.of(number), port, "127.0.0.1");
    await expect.poll(() => heard.length).toBe(150);
    expect(heard.map(([first]) => first)).toEqual(Array.from({ length: 150 }, (_, number) => number));
    expect(taken.filter((count) => count > 0)).toEqual([64, 64, 22]);
    expect(sent).toEqual([64, 64, 22]);
  });

  it("knows senders and answers them, over both families", async () => {
    for (const address of ["127.0.0.1", "::1"]) {
      const heardAt: string[] = [];
      const { port } = await openDoor(
        (wire, bytes, from) => {
          heardAt.push(`${from.address} ${from.port}`);
          wire.send(bytes, from);
        },
        { address },
      );
      const asker = await openAsker(address);
      asker.socket.send("hello", port, address);
      await expect.poll(() => asker.heard.length).toBe(1);
      expect(asker.heard[0]?.toString()).toBe("hello");
      expect(heardAt).toEqual([`${address} ${asker.port}`]);
    }
  });

  it("sends to whoever is named, later and unasked too", async () => {
    const senders: Sender[] = [];
    const { wire, port } = await openDoor((_wire, _bytes, from) => senders.push(from));
    const asker = await openAsker();
    const other = await openAsker();
    asker.socket.send("hello", port, "127.0.0.1");
    await expect.poll(() => senders.length).toBe(1);
    wire.send(Buffer.from("later"), senders[0] as Sender);
    wire.send(Buffer.from("unasked"), { address: "127.0.0.1", port: other.port });
    wire.send(Buffer.from("to nobody"), { address: "::1", port: other.port });
    wire.send(Buffer.from("to no address"), { address: "here", port: other.port });
    await expect.poll(() => [...asker.heard, ...other.heard].map(String)).toEqual(["later", "unasked"]);
  });

  it("takes empty ones, and loses those that are too long without losing others", async () => {
    const lengths: number[] = [];
    const { port } = await openDoor((_wire, bytes) => lengths.push(bytes.length));
    const { socket } = await openAsker();
    for (const length of [0, BATCHED_LENGTH_MAX, BATCHED_LENGTH_MAX + 1, 60_000, 7]) socket.send(Buffer.alloc(length), port, "127.0.0.1");
    await expect.poll(() => lengths).toEqual([0, BATCHED_LENGTH_MAX, 7]);
  });

  it("sends long answers as Node does", async () => {
    const { port, handedOver } = await openDoor((wire, _bytes, from) => wire.send(Buffer.alloc(5000, 3), from));
    const { socket, heard } = await openAsker();
    socket.send("?", port, "127.0.0.1");
    await expect.poll(() => heard.map(({ length }) => length)).toEqual([5000]);
    expect(handedOver.length).toBe(1);
  });

  it("sends more answers than questions", async () => {
    const { port } = await openDoor((wire, bytes, from) => {
      for (let number = 0; number < 100; number++) wire.send(Uint8Array.of(bytes[0] as number, number), from);
    });
    const { socket, heard } = await openAsker();
    socket.send(Uint8Array.of(9), port, "127.0.0.1");
    await expect.poll(() => heard.length).toBe(100);
    expect(heard.map((bytes) => [...bytes])).toEqual(Array.from({ length: 100 }, (_, number) => [9, number]));
  });

  it("leaves to Node what the system does not take now", async () => {
    const real = libc as Libc;
    let calls = 0;
    const { given } = counted({
      // Two of them leave, then there is no room.
      sendMany: (descriptor, messages) => (calls++ === 0 ? real.sendMany(descriptor, messages, 2) : NO_BUFFER),
    });
    const { port, handedOver } = await openDoor((wire, bytes, from) => wire.send(bytes, from), { given });
    const { socket, heard } = await openAsker();
    for (const word of ["one", "two", "three", "four"]) socket.send(word, port, "127.0.0.1");
    await expect.poll(() => heard.map(String)).toEqual(["one", "two", "three", "four"]);
    expect(handedOver.map((bytes) => Buffer.from(bytes).toString())).toEqual(["three", "four"]);
  });

  it("loses the one that the system refuses, and no other", async () => {
    const { port } = await openDoor((wire, bytes, from) => {
      // Nobody may send to everybody who has not asked for the right to.
      wire.send(bytes, { address: "255.255.255.255", port: 9 });
      wire.send(bytes, from);
    });
    const { socket, heard } = await openAsker();
    for (const word of ["one", "two", "three"]) socket.send(word, port, "127.0.0.1");
    await expect.poll(() => heard.map(String)).toEqual(["one", "two", "three"]);
  });

  it("is silent as soon as it is closed, in the middle of it too; what was sent before leaves", async () => {
    let count = 0;
    const { port } = await openDoor((wire, bytes, from) => {
      wire.send(bytes, from);
      if (++count === 3) wire.close();
    });
    const { socket, heard } = await openAsker();
    for (let number = 0; number < 10; number++) socket.send(Uint8Array.of(number), port, "127.0.0.1");
    await expect.poll(() => heard.length).toBe(3);
    expect(count).toBe(3);
  });

  it("gives Node its turn: ticks and promises of whoever hears come true", async () => {
    const told: string[] = [];
    const { port } = await openDoor(() => {
      process.nextTick(() => told.push("tick"));
      void Promise.resolve().then(() => told.push("promise"));
    });
    const { socket } = await openAsker();
    socket.send("?", port, "127.0.0.1");
    await expect.poll(() => told).toEqual(["tick", "promise"]);
  });

  it("is not where the descriptor cannot be had", async () => {
    const socket = createSocket("udp4");
    socket.bind(0, "127.0.0.1");
    await once(socket, "listening");
    const heard: string[] = [];
    const single = HandleWire.over(socket, (bytes) => heard.push(Buffer.from(bytes).toString())) as HandleWire;
    opened.push(single);
    const refuse = () => undefined;
    expect(BatchWire.over(socket, { libc: { ...(libc as Libc), copyDescriptor: () => -24 } }, single, refuse)).toBeUndefined();
    const unwatched = (): never => {
      throw new Error("no such descriptor");
    };
    expect(BatchWire.over(socket, { libc: { ...(libc as Libc), watch: unwatched } }, single, refuse)).toBeUndefined();
    const asker = await openAsker();
    asker.socket.send("still here", socket.address().port, "127.0.0.1");
    await expect.poll(() => heard).toEqual(["still here"]);
  });
});

describe.skipIf(libc === undefined)("A wire whose answers another thread sends", () => {
  let thread: SendingThread;
  beforeAll(() => {
    thread = new SendingThread();
  });
  afterAll(async () => await thread.close());

  it("sends all of them, whoever does it, and nothing twice", async () => {
    const { given, sent } = counted();
    const { port } = await openDoor((wire, bytes, from) => wire.send(bytes, from), { given, thread });
    const { socket, heard } = await openAsker();
    await expect
      .poll(
        async () => {
          heard.length = 0;
          sent.length = 0;
          for (let number = 0; number < 200; number++) socket.send(Uint8Array.of(number), port, "127.0.0.1");
          await vi.waitUntil(() => heard.length === 200);
          // As soon as the thread is there, this one sends few of them or none.
          return sent.reduce((sum, count) => sum + count, 0);
        },
        { timeout: 5000 },
      )
      .toBeLessThan(200);
    expect(heard.map(([first]) => first as number).toSorted((one, other) => one - other)).toEqual(
      Array.from({ length: 200 }, (_, number) => number),
    );
  });

  it("leaves few answers to nobody else", async () => {
    const { given, sent } = counted();
    const { port } = await openDoor((wire, bytes, from) => wire.send(bytes, from), { given, thread });
    const { socket, heard } = await openAsker();
    for (const word of ["one", "two"]) socket.send(word, port, "127.0.0.1");
    await expect.poll(() => heard.map(String)).toEqual(["one", "two"]);
    expect(sent.length).toBeGreaterThan(0);
  });

  it("has sent everything when it closes", async () => {
    let count = 0;
    const { port } = await openDoor(
      (wire, bytes, from) => {
        wire.send(bytes, from);
        if (++count === 150) wire.close();
      },
      { thread },
    );
    const { socket, heard } = await openAsker();
    for (let number = 0; number < 200; number++) socket.send(Uint8Array.of(number), port, "127.0.0.1");
    await expect.poll(() => heard.length).toBe(150);
  });

  it("goes on alone when the thread is gone", async () => {
    const mortal = new SendingThread();
    const { port } = await openDoor((wire, bytes, from) => wire.send(bytes, from), { thread: mortal });
    await mortal.close();
    const { socket, heard } = await openAsker();
    for (let number = 0; number < 100; number++) socket.send(Uint8Array.of(number), port, "127.0.0.1");
    await expect.poll(() => heard.length).toBe(100);
  });
});
