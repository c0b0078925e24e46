import {
  describeClock,
  describeDns,
  describeHttp,
  describeRecords,
  describeStorage,
  describeTcp,
  describeUdp,
  type World as HostWorld,
} from "@bittern/host/conformance";
import { World, type WorldOptions } from "./world.ts";

/** Events after which something that should have happened has not. */
const PATIENCE = 1_000_000;

function makeWorld(options: Partial<WorldOptions> = {}): HostWorld {
  const world = new World({ seed: 11, ...options });
  const links = { latencyMillis: 5, up: 50_000_000, down: 100_000_000 };
  const host = world.addNode({ name: "host", address: "45.0.0.1", otherAddress: "2a01::1", ...links });
  const other = world.addNode({ name: "other", address: "45.0.0.2", otherAddress: "2a01::2", ...links });
  return {
    host,
    other,
    hostAddress: host.address,
    otherAddress: other.address,
    root: "/data",
    run: async (until) => {
      const end = world.run({ until, eventsMax: PATIENCE });
      if (end !== "until") throw new Error(`it never came true (${end} at ${world.now} ms)`);
    },
    end: async () => {},
  };
}

const orderless = { shuffleTies: true, network: { segmentation: "random", jitterMillis: 3 } } as const;

describeClock(() => makeWorld());
describeTcp(() => makeWorld());
describeTcp(() => makeWorld(orderless));
describeUdp(() => makeWorld());
describeDns(() => makeWorld());
describeHttp(() => makeWorld());
describeStorage(() => makeWorld());
describeStorage(() => makeWorld(orderless));
describeRecords(() => makeWorld());
