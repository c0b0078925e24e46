/** What every TCP and UDP keeps, kept where two processes stand at the doors and either may be the one that serves. */
import { setTimeout as sleep } from "node:timers/promises";
import { describeTcp, describeUdp, type World } from "@bittern/host/conformance";
import { createNodeHost } from "../host.ts";

/** Milliseconds after which something that should have happened has not. */
const PATIENCE = 20_000;

async function makeWorld(): Promise<World> {
  const host = createNodeHost({ carriers: 1 });
  const other = createNodeHost({ carriers: 1 });
  await Promise.all([host.ready(), other.ready()]);
  return {
    host,
    other,
    hostAddress: "127.0.0.1",
    otherAddress: "127.0.0.1",
    root: "",
    run: async (until) => {
      const giveUpAt = performance.now() + PATIENCE;
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

describeTcp(makeWorld);
describeUdp(makeWorld);
describeUdp(makeWorld, { isBusy: true });
