import { createSocket } from "node:dgram";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { describeTcp, describeUdp, type World } from "@bittern/host/conformance";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createNodeHost } from "../host.ts";
import { boundIpv6Handle, streamKit, takeConnections, udpHandleOf } from "./handles.ts";

type Binding = { binding?: unknown };
const node = process as unknown as Binding;
const { binding } = node;

function makeWorld(): World {
  const host = createNodeHost({ native: false });
  const other = createNodeHost({ native: false });
  return {
    host,
    other,
    hostAddress: "127.0.0.1",
    otherAddress: "127.0.0.1",
    root: "/nowhere",
    run: async (until) => {
      const giveUpAt = performance.now() + 20_000;
      while (!until()) {
        if (performance.now() > giveUpAt) throw new Error("it never came true");
        await sleep(1);
      }
    },
    end: async () => {
      await Promise.all([host.close(), other.close()]);
    },
  };
}

describe("Where Node gives out no handles", () => {
  beforeAll(() => {
    node.binding = () => {
      throw new Error("not in this Node");
    };
  });
  afterAll(() => {
    node.binding = binding;
  });

  it("nothing is found, and nothing breaks", async () => {
    expect(streamKit()).toBeUndefined();
    expect(takeConnections(createServer(), () => undefined)).toBe(false);
    expect(boundIpv6Handle(0)).toBeUndefined();
    const socket = createSocket("udp4");
    expect(udpHandleOf(socket)).toBeUndefined();
    await new Promise<void>((resolve) => socket.close(resolve));
  });

  describeTcp(makeWorld);
  describeUdp(makeWorld);
});
