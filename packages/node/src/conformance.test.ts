import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  describeClock,
  describeDns,
  describeHttp,
  describeRecords,
  describeStorage,
  describeTcp,
  describeUdp,
  type World,
} from "@bittern/host/conformance";
import { createNodeHost, type NodeHostOptions } from "./host.ts";
import { temporaryFolder } from "./storage/testing.ts";

/** Milliseconds after which something that should have happened has not. */
const PATIENCE = 20_000;

function makeWorld(stateDir: string | undefined, options: Pick<NodeHostOptions, "native"> = {}): World {
  const folder = temporaryFolder();
  const host = createNodeHost(stateDir === undefined ? options : { ...options, stateDir: join(folder.path, stateDir) });
  const other = createNodeHost(options);
  return {
    host,
    other,
    hostAddress: "127.0.0.1",
    otherAddress: "127.0.0.1",
    root: join(folder.path, "data"),
    run: async (until) => {
      const giveUpAt = performance.now() + PATIENCE;
      while (!until()) {
        if (performance.now() > giveUpAt) throw new Error("it never came true");
        await sleep(1);
      }
    },
    end: async () => {
      await Promise.all([host.close(), other.close()]);
      folder.end();
    },
  };
}

describeClock(() => makeWorld(undefined));
describeTcp(() => makeWorld(undefined));
// Brief links of Node, which are there where nothing native is.
describeTcp(() => makeWorld(undefined, { native: false }));
describeUdp(() => makeWorld(undefined));
describeUdp(() => makeWorld(undefined), { isBusy: true });
describeUdp(() => makeWorld(undefined, { native: false }), { isBusy: true });
describeDns(() => makeWorld(undefined));
describeHttp(() => makeWorld(undefined));
describeStorage(() => makeWorld(undefined));
describeStorage(() => makeWorld("state"));
describeRecords(() => makeWorld(undefined));
describeRecords(() => makeWorld("state"));
