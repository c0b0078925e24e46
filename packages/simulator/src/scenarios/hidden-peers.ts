/**
 * Nobody but one can be dialled: all sit behind routers that let in only what answers. The one they know has next to nothing to
 * give, so who wants to be complete has to meet the others, by uTP (BEP 29) and hole punching (BEP 55).
 * @module
 */
import { conclude, lastCompletion, runUntilComplete } from "./conclusion.ts";
import { swarmShape } from "./options.ts";
import { type Scenario, scenario } from "./scenario.ts";
import { fluidBound, SwarmStage } from "./swarm-stage.ts";

const PORT = 6881;
/** Bytes per second: enough to carry a word, and not the content. */
const RELAY_RATE = 2_000;
/** The relay tells of the others after a second, and who does not answer by TCP for two is met by hole punching. */
const MET_SECONDS_MAX = 6;

export const hiddenPeers: Scenario = scenario(
  "Peers that nobody can dial are brought together by one that all of them know",
  {
    ...swarmShape({ peers: 6, totalLength: 8 * 2 ** 20 }),
    utp: { summary: "1: they speak uTP; 0: they do not, and never meet", value: 1, min: 0, max: 1 },
  },
  (seed, values) => {
    const stage = new SwarmStage(seed, values, { announce: [] });
    const settings = { speaksUtp: values.utp === 1 };
    const links = { up: values.up, down: values.down, latency: values.latency };
    const relay = stage.cast({
      name: "relay",
      role: "relay",
      ...links,
      settings: { ...settings, downRateMax: RELAY_RATE, upRateMax: RELAY_RATE },
    });
    const peers = [{ address: relay.host.address, port: PORT }];
    const node = { isShielded: true };
    const met = new Map<string, Set<string>>();
    /** When each first met another than the relay. */
    const metAt = new Map<string, number>();
    const onEvent: Parameters<SwarmStage["cast"]>[0]["onEvent"] = ({ name }, event) => {
      if (event.type !== "peer-joined") return;
      met.set(name, (met.get(name) ?? new Set()).add(event.peer.address));
      if (event.peer.address !== relay.host.address && !metAt.has(name)) metAt.set(name, stage.world.now);
    };
    stage.cast({ name: "seed", role: "seed", ...links, up: values.seedUp, isSeed: true, settings, peers, node, onEvent });
    for (let at = 1; at <= values.peers; at++)
      stage.cast({ name: `downloader ${at}`, role: "downloader", ...links, settings, peers, node, onEvent });
    stage.startAll();
    const downloaders = stage.role("downloader");
    runUntilComplete(stage, downloaders, 4 * fluidBound(values) + 300_000);
    const metSeconds = Math.max(...downloaders.map(({ name }) => metAt.get(name) ?? Infinity)) / 1000;
    const isLate = values.utp === 1 && metSeconds > MET_SECONDS_MAX;
    const contacts = downloaders.map(({ name }) => met.get(name)?.size ?? 0);
    return conclude(stage, {
      scenario: "hidden-peers",
      seed,
      finishers: downloaders,
      complaints: isLate ? [`somebody met nobody but the relay for ${metSeconds.toFixed(1)} s`] : [],
      figures: {
        metSeconds,
        lastSeconds: lastCompletion(downloaders) / 1000,
        contactsMin: Math.min(...contacts),
        contactsMax: Math.max(...contacts),
      },
    });
  },
);
