/**
 * No tracker at all: each downloader knows the one that came before it, and the first one knows the seed. What makes a swarm of
 * such a chain is that peers tell each other of peers (BEP 11).
 * @module
 */
import type { Endpoint } from "@bittern/protocol/address";
import { conclude, lastCompletion, runUntilComplete } from "./conclusion.ts";
import { swarmShape } from "./options.ts";
import { type Scenario, scenario } from "./scenario.ts";
import { fluidBound, SwarmStage } from "./swarm-stage.ts";

const PORT = 6881;

export const wordOfMouth: Scenario = scenario(
  "Downloaders without a tracker, each knowing one other, tell each other of the rest",
  swarmShape({ peers: 12 }),
  (seed, values) => {
    const stage = new SwarmStage(seed, values, { announce: [] });
    const links = { up: values.up, down: values.down, latency: values.latency };
    stage.cast({ name: "seed", role: "seed", ...links, up: values.seedUp, isSeed: true });
    /** The other ends of each one's links, as many as there ever were. */
    const met = new Map<string, Set<string>>();
    for (let at = 1; at <= values.peers; at++) {
      const before = stage.members.at(-1)?.host.station.addresses[0] ?? "";
      const known: Endpoint = { address: before, port: PORT };
      stage.cast({
        name: `downloader ${at}`,
        role: "downloader",
        ...links,
        peers: [known],
        onEvent: ({ name }, event) => {
          if (event.type === "peer-joined") met.set(name, (met.get(name) ?? new Set()).add(event.peer.address));
        },
      });
    }
    stage.startAll();
    const downloaders = stage.role("downloader");
    runUntilComplete(stage, downloaders, 4 * fluidBound(values) + 300_000);
    const contacts = downloaders.map(({ name }) => met.get(name)?.size ?? 0);
    // In the chain nobody has more than two.
    const lonely = contacts.filter((count) => count < Math.min(3, values.peers)).length;
    return conclude(stage, {
      scenario: "word-of-mouth",
      seed,
      finishers: downloaders,
      complaints: lonely > 0 ? [`${lonely} of ${values.peers} met nobody but their neighbours`] : [],
      figures: {
        lastSeconds: lastCompletion(downloaders) / 1000,
        lastOverBound: lastCompletion(downloaders) / fluidBound(values),
        contactsMin: Math.min(...contacts),
        contactsMax: Math.max(...contacts),
      },
    });
  },
);
