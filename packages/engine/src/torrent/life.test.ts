import { HostError } from "@bittern/protocol/base";
import { encode } from "@bittern/protocol/bencode";
import { parseMagnet } from "@bittern/protocol/magnet";
import { buildTorrent, CreationPlan, type Metainfo, parseTorrent } from "@bittern/protocol/metainfo";
import { describe, expect, it } from "vitest";
import type { AddTorrent, Command } from "../session/command.ts";
import type { SessionInput } from "../session/input.ts";
import type { SessionOutput } from "../session/output.ts";
import { SessionMachine } from "../session/session.ts";
import { parseMetadata } from "./metadata/metadata-source.ts";

const METAINFO = parseTorrent(encode({ info: { length: 40_000, name: "content", "piece length": 16_384, pieces: new Uint8Array(60) } }));
const SOURCE = { type: "metainfo", metainfo: METAINFO } as const;
const MAGNET = { type: "magnet", magnet: parseMagnet(`magnet:?xt=urn:btih:${METAINFO.infoHashes.v1}`) } as const;
const FULL = new HostError("DISK_FULL", "no room");
const AWAY = new HostError("STORAGE_MISSING", "the disk is away");
const IN_THE_WAY = new HostError("FILE_UNSAFE", "content is already there");

/** A torrent whose disk answers at once, as the fields say. */
class Stage {
  readonly #machine = new SessionMachine({ random: { u32: () => 7 }, wallSeconds: () => 0 });
  readonly told: string[] = [];
  readonly asked: string[] = [];
  /** What was done to records. */
  readonly records: string[] = [];
  /** Of every verdict. */
  isGood = 0;
  isFull = false;
  opening: HostError | undefined;
  moving: HostError | undefined;
  /** The disk takes its time. */
  isSlow = false;
  readonly #late: SessionInput[] = [];
  readonly #inputs: SessionInput[] = [];
  #isGiving = false;
  now = 0;

  constructor(add: Partial<AddTorrent> = {}) {
    const placement = { root: "/data" };
    this.command({ type: "add-torrent", torrent: 1, source: SOURCE, placement, recordKey: "key", ...add });
  }

  get status() {
    const { state, fault } = this.#machine.view.snapshot(1, this.now) ?? {};
    return [state, fault?.code];
  }

  command(command: Command): this {
    return this.give({ type: "command", command });
  }
  pause(): this {
    return this.command({ type: "pause", torrent: 1 });
  }
  resume(): this {
    return this.command({ type: "resume", torrent: 1 });
  }
  recheck(): this {
    return this.command({ type: "recheck", torrent: 1 });
  }
  move(move: number, root: string): this {
    return this.command({ type: "move", torrent: 1, move, root, recordKey: root.slice(1) });
  }

  /** The disk is full when the torrent wants to write. */
  fill(): this {
    this.isFull = true;
    return this.give({ type: "store-selected", torrent: 1, fault: FULL });
  }

  /** Lets time go by until then. */
  until(now: number): this {
    for (let due = this.#machine.deadline ?? now; due < now; due = this.#machine.deadline ?? now) {
      this.now = Math.max(due, this.now + 1);
      this.give({ type: "tick" });
    }
    this.now = now;
    return this.give({ type: "tick" });
  }

  catchUp(): this {
    this.isSlow = false;
    return this.answer();
  }

  /** What was asked until now. */
  answer(): this {
    for (const input of this.#late.splice(0)) this.give(input);
    return this;
  }

  give(input: SessionInput): this {
    this.#inputs.push(input);
    if (this.#isGiving) return this;
    this.#isGiving = true;
    for (let next = this.#inputs.shift(); next !== undefined; next = this.#inputs.shift()) {
      for (const output of this.#machine.handle(next, this.now)) this.#perform(output);
    }
    this.#isGiving = false;
    return this;
  }

  #perform(output: SessionOutput): void {
    if (output.type === "event") {
      const { event } = output;
      if (event.type === "moved") this.told.push(`moved ${event.move} ${event.fault?.code ?? "well"}`);
      else if (event.type === "state") this.told.push(event.state);
      else if (event.type === "checked") this.told.push("checked");
      else if (event.type === "error") this.told.push(event.fault.code);
      return;
    }
    if (output.type === "save-record" || output.type === "erase-record") this.records.push(`${output.type} ${output.key}`);
    const answer = this.#answerTo(output);
    if (answer === undefined) return;
    this.asked.push(output.type);
    if (this.isSlow) this.#late.push(answer);
    else this.give(answer);
  }

  #answerTo(output: SessionOutput): SessionInput | undefined {
    const torrent = 1;
    const fault = undefined;
    const stamps = { files: [undefined], rootIdentity: "1" };
    switch (output.type) {
      case "load-record":
        return { type: "record-loaded", torrent, bytes: undefined };
      case "open-store":
        return { type: "store-opened", torrent, outcome: this.opening ?? stamps };
      case "verify":
        return { type: "verified", torrent, pieces: output.pieces, outcome: new Uint8Array(output.pieces.length).fill(this.isGood) };
      case "allocate":
        return { type: "store-allocated", torrent, fault };
      case "ask-space":
        return { type: "space", torrent, outcome: this.isFull ? 0 : 1e9 };
      case "move":
        return { type: "moved", torrent, move: output.move, to: output.to, outcome: this.moving ?? stamps };
      case "save-record":
        return { type: "record-saved", torrent, fault };
      default:
        return undefined;
    }
  }
}

/** What is told while something is done. */
function toldBy(stage: Stage, act: (stage: Stage) => unknown): readonly string[] {
  stage.told.length = 0;
  act(stage);
  return stage.told;
}

describe("A full disk", () => {
  it("is still full after a pause, and says so until there is room", () => {
    const stage = new Stage().fill();
    expect(stage.status).toEqual(["error", "DISK_FULL"]);
    expect(stage.pause().status).toEqual(["paused", undefined]);
    expect(toldBy(stage, () => stage.resume())).toEqual(["error"]);
    expect(stage.status).toEqual(["error", "DISK_FULL"]);
    stage.isFull = false;
    stage.until(6_000);
    expect(stage.status).toEqual(["downloading", undefined]);
  });

  it("is tried at once when the user says go on, and soon again after that", () => {
    const stage = new Stage().fill();
    stage.until(80_000).asked.length = 0;
    expect(stage.resume().asked).toEqual(["ask-space"]);
    expect(stage.until(84_999).asked).toHaveLength(1);
    expect(stage.until(85_001).asked).toHaveLength(2);
    stage.isFull = false;
    expect(stage.resume().status).toEqual(["downloading", undefined]);
  });

  it("can be moved away from, and there it goes on at once", () => {
    const stage = new Stage().fill();
    stage.moving = IN_THE_WAY;
    expect(toldBy(stage, () => stage.move(1, "/taken"))).toEqual(["moved 1 FILE_UNSAFE"]);
    expect(stage.status).toEqual(["error", "DISK_FULL"]);
    stage.moving = undefined;
    stage.isFull = false;
    expect(toldBy(stage, () => stage.move(2, "/bigger"))).toEqual(["moved 2 well", "checking", "checked", "downloading"]);
    expect(stage.status).toEqual(["downloading", undefined]);
  });

  it("is read all the same when a recheck is asked for", () => {
    const stage = new Stage().fill();
    stage.isGood = 1;
    expect(toldBy(stage, () => stage.recheck())).toContain("checked");
    expect(stage.status[0]).toBe("seeding");
  });

  it("stays full after a recheck that finds something missing", () => {
    const stage = new Stage().fill();
    expect(toldBy(stage, () => stage.recheck())).toEqual(["checked"]);
    expect(stage.status).toEqual(["error", "DISK_FULL"]);
  });
});

describe("A disk that is away", () => {
  it("is tried again when the user says go on, and the error is told again", () => {
    const stage = new Stage({ paused: true });
    stage.opening = AWAY;
    expect(toldBy(stage, () => stage.resume())).toContain("STORAGE_MISSING");
    expect(toldBy(stage, () => stage.resume())).toContain("STORAGE_MISSING");
    expect(stage.status).toEqual(["error", "STORAGE_MISSING"]);
  });

  it("refuses a move, and a recheck of a paused torrent, with its own word", () => {
    const stage = new Stage({ paused: true });
    stage.opening = AWAY;
    expect(toldBy(stage, () => stage.move(1, "/other"))).toEqual(["moved 1 STORAGE_MISSING", "STORAGE_MISSING"]);
    expect(stage.status).toEqual(["paused", "STORAGE_MISSING"]);
    stage.recheck();
    expect(stage.status).toEqual(["paused", "STORAGE_MISSING"]);
    stage.opening = undefined;
    expect(toldBy(stage, () => stage.recheck())).toEqual(["checked"]);
    expect(stage.status).toEqual(["paused", undefined]);
  });
});

describe("A move", () => {
  it("of a torrent that began paused opens it, moves it, and lets it rest", () => {
    const stage = new Stage({ paused: true });
    expect(toldBy(stage, () => stage.move(1, "/other"))).toEqual(["moved 1 well"]);
    expect([stage.asked.includes("verify"), stage.status]).toEqual([false, ["paused", undefined]]);
    expect(toldBy(stage, () => stage.resume())).toContain("checked");
    expect(stage.status[0]).toBe("downloading");
  });

  it("answers every question with its own number, whenever it was asked", () => {
    const stage = new Stage();
    stage.isSlow = true;
    stage.move(1, "/one").move(2, "/two");
    expect(stage.told).not.toContain("moved 1 well");
    expect(toldBy(stage, () => stage.catchUp())).toEqual(["moved 1 well", "moved 2 well"]);
    const early = new Stage({ paused: true });
    early.isSlow = true;
    early.move(3, "/three").move(4, "/four");
    early.opening = AWAY;
    expect(toldBy(early, () => early.catchUp())).toEqual(["moved 3 well", "moved 4 well"]);
  });

  it("to the folder where everything lies asks the disk for nothing", () => {
    const stage = new Stage();
    stage.asked.length = 0;
    expect(toldBy(stage, () => stage.move(1, "/data"))).toEqual(["moved 1 well"]);
    expect(stage.asked).toEqual([]);
    stage.isSlow = true;
    stage.move(2, "/other").move(3, "/data");
    expect(toldBy(stage, () => stage.catchUp())).toEqual(["moved 2 well", "moved 3 well"]);
  });

  it("takes the record along, and leaves none where it was", () => {
    const stage = new Stage();
    const records = (act: () => unknown): readonly string[] => {
      stage.records.length = 0;
      act();
      return [...stage.records];
    };
    expect(records(() => stage.move(1, "/other"))).toEqual(["save-record other", "erase-record key"]);
    expect(records(() => stage.move(2, "/there").move(3, "/other"))).toEqual([
      "save-record there",
      "erase-record other",
      "save-record other",
      "erase-record there",
    ]);
    expect(records(() => stage.command({ type: "remove-torrent", torrent: 1, deleteFiles: true }))).toEqual(["erase-record other"]);
  });

  it("leaves no record anywhere when its files are deleted before one is saved there", () => {
    const stage = new Stage();
    stage.isSlow = true;
    stage.move(1, "/other").answer();
    expect(stage.records.at(-1)).toBe("save-record other");
    stage.records.length = 0;
    stage.command({ type: "remove-torrent", torrent: 1, deleteFiles: true });
    expect(stage.records).toEqual(["erase-record other", "erase-record key"]);
  });

  it("keeps the record where it was until it is saved where the files are", () => {
    const stage = new Stage();
    stage.isSlow = true;
    stage.move(1, "/other").command({ type: "prioritize", torrent: 1, priorities: [4] });
    stage.records.length = 0;
    stage.catchUp();
    expect(stage.records).toEqual(["save-record other", "erase-record key"]);
  });

  it("of a link without metadata is where its files are going to be", () => {
    const stage = new Stage({ source: MAGNET });
    expect(toldBy(stage, () => stage.move(1, "/other"))).toEqual(["moved 1 well"]);
  });
});

describe("A torrent of version 2 that came without its piece layers", () => {
  it("says that it waits for them, before a pause and after it", () => {
    const options = { name: "t", files: [{ path: ["t"], length: 40_000 }], pieceLength: 16_384, version: "v2" } as const;
    const fileTrees = new CreationPlan(options).fileTrees(new Uint8Array(96));
    const { infoBytes, infoHashes } = parseTorrent(buildTorrent({ ...options, fileTrees }));
    const link = parseMagnet(`magnet:?xt=urn:btmh:1220${infoHashes.v2}`);
    const bare = parseMetadata({ info: infoBytes }, { type: "magnet", magnet: link }) as Metainfo;
    const stage = new Stage({ source: { type: "metainfo", metainfo: bare } });
    expect(stage.status).toEqual(["layers", undefined]);
    expect([stage.pause().status, stage.resume().status]).toEqual([
      ["paused", undefined],
      ["layers", undefined],
    ]);
  });
});

describe("A recheck", () => {
  it("of a paused torrent is done while it is paused", () => {
    const stage = new Stage();
    stage.isGood = 1;
    expect(toldBy(stage, () => stage.pause().recheck())).toEqual(["paused", "checked"]);
    expect(stage.resume().status[0]).toBe("seeding");
    const begun = new Stage({ paused: true });
    expect(toldBy(begun, () => begun.recheck())).toEqual(["checked"]);
    expect(begun.status[0]).toBe("paused");
  });

  it("is not confused by verdicts that an earlier check has under way", () => {
    const stage = new Stage();
    stage.isGood = 1;
    stage.isSlow = true;
    stage.recheck().recheck().pause().resume();
    expect(toldBy(stage, () => stage.catchUp())).toEqual(["checked", "seeding"]);
  });
});
