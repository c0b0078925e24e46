import { connect, createServer, type Socket } from "node:net";
import { constants } from "node:os";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { listeningDescriptorOf } from "./handles.ts";
import { WOULD_BLOCK } from "./libc.ts";
import { PolledDoor } from "./polled-door.ts";
import type { PolledLink } from "./polled-link.ts";
import { loadStreamCalls, type StreamCalls } from "./stream-calls.ts";
import { StreamPoll } from "./stream-poll.ts";

const calls = await loadStreamCalls();
const skip = { meta: { skipReason: "needs the calls of Linux through koffi" } };

describe("PolledDoor", () => {
  let links: PolledLink[];
  let sockets: Socket[];
  let doors: PolledDoor[];

  beforeEach(() => {
    [links, sockets, doors] = [[], [], []];
  });
  afterEach(() => {
    for (const door of doors) door.close();
    for (const link of links) link.destroy(undefined);
    for (const socket of sockets) socket.destroy();
  });

  /** A door whose system may answer otherwise than the real one; returns its port. */
  const open = async (changed: Partial<StreamCalls>): Promise<number> => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as { port: number };
    const real = calls as StreamCalls;
    const descriptor = real.libc.copyDescriptor(listeningDescriptorOf(server) as number);
    const keeper = { closing: () => undefined, gone: () => undefined };
    const door = PolledDoor.open(descriptor, new StreamPoll({ ...real, ...changed }), keeper, (link) => links.push(link));
    doors.push(door as PolledDoor);
    server.close();
    return port;
  };
  const knock = (port: number): Promise<void> =>
    new Promise((resolve) => sockets.push(connect({ port, host: "127.0.0.1" }, resolve).on("error", () => undefined)));

  it.skipIf(calls === undefined)("takes 64 connections a turn at most, and the others in the next", skip, async () => {
    const turns = [0];
    let isHeld = true;
    const port = await open({
      accept: (...words) => {
        const descriptor = isHeld ? WOULD_BLOCK : (calls as StreamCalls).accept(...words);
        if (descriptor >= 0) turns[turns.length - 1] = (turns.at(-1) as number) + 1;
        return descriptor;
      },
      poll: (...words) => {
        turns.push(0);
        return (calls as StreamCalls).poll(...words);
      },
    });
    await Promise.all(Array.from({ length: 100 }, () => knock(port)));
    isHeld = false;
    await expect.poll(() => links.length).toBe(100);
    expect(Math.max(...turns)).toBeLessThanOrEqual(64);
  });

  it.skipIf(calls === undefined)("rests where no descriptor is left, and leaves nobody standing", skip, async () => {
    let tries = 0;
    const port = await open({
      accept: (...words) => (++tries <= 2 ? -constants.errno.EMFILE : (calls as StreamCalls).accept(...words)),
    });
    await knock(port);
    await expect.poll(() => links.length).toBe(1);
    // Two in vain, one that brings it, one that finds nobody more.
    expect(tries).toBeLessThanOrEqual(4);
  });

  it.skipIf(calls === undefined)("passes over a connection that ended before it was taken", skip, async () => {
    let tries = 0;
    const port = await open({
      accept: (...words) => (++tries === 1 ? -constants.errno.ECONNABORTED : (calls as StreamCalls).accept(...words)),
    });
    await knock(port);
    await expect.poll(() => links.length).toBe(1);
  });

  it.skipIf(calls === undefined)("says where both ends are", skip, async () => {
    const port = await open({});
    await knock(port);
    await expect.poll(() => links.length).toBe(1);
    expect(links[0]?.local).toEqual({ address: "127.0.0.1", port });
    expect(links[0]?.remote).toEqual({ address: "127.0.0.1", port: sockets[0]?.localPort });
  });

  it.skipIf(calls === undefined)("opens nowhere when the system has no descriptor to wait with", skip, async () => {
    await open({ createPoll: () => -constants.errno.EMFILE });
    expect(doors.splice(0)).toEqual([undefined]);
  });
});
