/**
 * What a user can ask of a torrent that is there already.
 * @module
 */
import type { Millis } from "@bittern/protocol/base";
import type { Command, FilePriority } from "../session/command.ts";
import type { SessionOutput } from "../session/output.ts";
import type { TorrentCore } from "./core.ts";
import type { TorrentLife } from "./life.ts";
import type { Traffic } from "./traffic.ts";
import type { Verdicts } from "./verdicts.ts";

export type TorrentCommand = Exclude<
  Command,
  { type: "listen" | "stop-listening" | "configure" | "add-torrent" | "dht-search" | "dht-forget" | "dht-ping" | "close" }
>;

interface Corners {
  readonly core: TorrentCore;
  readonly life: TorrentLife;
  readonly traffic: Traffic;
  readonly verdicts: Verdicts;
}

/** Carries a command out. */
export function obey(corners: Corners, command: TorrentCommand, now: Millis, out: SessionOutput[]): void {
  const { core, life, traffic } = corners;
  const { body, discovery } = core;
  switch (command.type) {
    case "remove-torrent":
      return life.remove(command, now, out);
    case "pause":
      return life.pause(now, out);
    case "resume":
      return life.resume(now, out);
    case "recheck":
      return life.recheck(now, out);
    case "reannounce":
      core.dht.hurry(now);
      return discovery.announces.hurry(now, true);
    case "move":
      return life.move(command, now, out);
    case "prioritize":
      return prioritize(corners, command.priorities, now, out);
    case "set-sequential":
      if (body !== undefined) body.requests.isSequential = command.sequential;
      return traffic.wish(out);
    case "hurry":
      body?.picker.clearDeadlines();
      command.pieces.forEach((piece, place) => {
        body?.picker.setDeadline(piece, now + place);
      });
      traffic.wish(out);
      return traffic.askAll(now, out);
    case "limit":
      if (command.downRateMax !== undefined) core.downBucket.setRate(command.downRateMax, now);
      if (command.upRateMax !== undefined) core.upBucket.setRate(command.upRateMax, now);
      return;
    case "add-peers":
      return core.swarm.meet(command.peers, "user", now);
    case "add-trackers":
      for (const url of command.trackers) discovery.announces.add(url);
      return;
  }
}

function prioritize({ core, traffic, verdicts }: Corners, priorities: readonly FilePriority[], now: Millis, out: SessionOutput[]): void {
  core.priorities = priorities;
  const { body } = core;
  if (body === undefined) return;
  body.content.prioritize(priorities, now, out);
  body.picker.setPriorities(body.content.piecePriorities());
  core.fields.recount(core.peers.values());
  core.isDoneTold = false;
  verdicts.finishIfDone(body, now, out, false);
  traffic.wishAndAskAll(now, out);
}
