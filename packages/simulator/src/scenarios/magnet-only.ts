/**
 * Downloaders that have nothing but a magnet link: the metadata comes from their peers, then the data.
 * @module
 */
import { parseMagnet } from "@bittern/protocol/magnet";
import { conclude, lastCompletion, runUntilComplete } from "./conclusion.ts";
import { swarmShape } from "./options.ts";
import { type Scenario, scenario } from "./scenario.ts";
import { fluidBound, SwarmStage } from "./swarm-stage.ts";

/** Metadata has to be there that long after the start, when one honest peer has it. */
const METADATA_MILLIS_MAX = 120_000;

export const magnetOnly: Scenario = scenario(
  "Downloaders begin with a magnet link and nothing else",
  swarmShape({ peers: 12 }),
  (seed, values) => {
    const stage = new SwarmStage(seed, values);
    const links = { up: values.up, down: values.down, latency: values.latency };
    stage.cast({ name: "seed", role: "seed", ...links, up: values.seedUp, isSeed: true });
    const magnet = parseMagnet(stage.magnet);
    let metadataAt = 0;
    let metadataCount = 0;
    for (let at = 1; at <= values.peers; at++) {
      stage.cast({
        name: `downloader ${at}`,
        role: "downloader",
        ...links,
        source: { type: "magnet", magnet },
        onEvent: (_, event) => {
          if (event.type !== "metadata") return;
          metadataAt = stage.world.now;
          metadataCount++;
        },
      });
    }
    stage.startAll();
    const downloaders = stage.role("downloader");
    runUntilComplete(stage, downloaders, 4 * fluidBound(values) + 300_000);
    const isLate = metadataCount < values.peers || metadataAt > METADATA_MILLIS_MAX;
    return conclude(stage, {
      scenario: "magnet-only",
      seed,
      finishers: downloaders,
      complaints: isLate ? [`${metadataCount} of ${values.peers} had the metadata at ${(metadataAt / 1000).toFixed(1)} s`] : [],
      figures: { metadataSeconds: metadataAt / 1000, lastSeconds: lastCompletion(downloaders) / 1000 },
    });
  },
);
