import { HostError, type TorrentEvents, type TorrentState, TypedEmitter } from "@bittern/client";
import { describe, expect, it } from "vitest";
import { activityOf } from "./activity.ts";
import { DiskRoom } from "./disk-room.ts";
import { ENGLISH } from "./messages/english.ts";
import { SPANISH } from "./messages/spanish.ts";
import { Output } from "./output.ts";

const FULL = new HostError("DISK_FULL", "no room on a.bin");

class Events extends TypedEmitter<TorrentEvents> {
  become(state: TorrentState): void {
    this.emit("state", state);
  }
}

/** What is said when the disk is full and then the torrent goes through `states`. */
function saidOf(states: readonly TorrentState[], json: boolean, messages = ENGLISH): readonly string[] {
  const said: string[] = [];
  const sink = { write: (text: string | Uint8Array) => said.push(String(text).trimEnd()) };
  const torrent = new Events();
  const room = new DiskRoom(new Output({ json, quiet: false, messages }, sink, sink), torrent);
  torrent.become("downloading");
  room.waitsFor(FULL);
  for (const state of states) torrent.become(state);
  return said;
}

const WAITS = '{"type":"error","error":{"code":"DISK_FULL","message":"no room on a.bin"}}';
const WARNING = "bittern: warning: no room on a.bin: waits for room on the disk, and goes on by itself";

describe("A full disk", () => {
  it("has a line when it begins and a line when it has healed, once", () => {
    expect(saidOf(["error", "checking", "downloading"], true)).toEqual([WAITS, WARNING, '{"type":"healed"}']);
  });

  it("is not healed by a look at what is there, which needs no room", () => {
    expect(saidOf(["error", "paused", "checking", "error"], true)).toEqual([WAITS, WARNING]);
  });

  it("is told to people in their language", () => {
    expect(saidOf(["error", "downloading"], false)).toEqual([WARNING, "there is room on the disk again: going on"]);
    expect(saidOf(["error", "downloading"], false, SPANISH)).toEqual([
      "bittern: aviso: no room on a.bin: se espera a que haya sitio en el disco, y se sigue sin más",
      "Vuelve a haber sitio en el disco: se sigue.",
    ]);
  });

  it("is not healed by who pauses the torrent", () => {
    expect(saidOf(["error", "paused"], true)).toEqual([WAITS, WARNING]);
    expect(saidOf(["error", "paused", "downloading"], true)).toEqual([WAITS, WARNING, '{"type":"healed"}']);
  });

  it("is a state of its own, in the words of people and of programs; other faults are errors", () => {
    const broken = { state: "error", error: new HostError("IO", "broken") } as const;
    expect(activityOf({ state: "error", error: FULL })).toBe("disk-full");
    expect(activityOf(broken)).toBe("error");
    expect(activityOf({ state: "error", error: new HostError("DATA_DAMAGED", "a is missing or damaged on the disk") })).toBe("damaged");
    expect(activityOf({ state: "downloading", error: null })).toBe("downloading");
    expect([ENGLISH, SPANISH].map(({ transfer }) => transfer.states["disk-full"])).toEqual([
      "waits for room on the disk",
      "espera sitio en disco",
    ]);
  });
});
