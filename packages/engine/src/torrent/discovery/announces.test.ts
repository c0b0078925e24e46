import type { HttpAnswer } from "@bittern/host";
import { HostError, MIB, type Millis, utf8 } from "@bittern/protocol/base";
import { encode } from "@bittern/protocol/bencode";
import { seededRandom } from "@bittern/protocol/fuzz";
import { describe, expect, it } from "vitest";
import type { SessionOutput } from "../../session/output.ts";
import { TrackerPreferences } from "../../session/tracker-preferences.ts";
import { UdpTrackers } from "../../session/udp-trackers.ts";
import type { AnnounceFacts } from "./announce-round.ts";
import { type AnnounceOutcome, Announces } from "./announces.ts";

const FACTS: AnnounceFacts = {
  infoHashes: [new Uint8Array(20).fill(1)],
  peerId: new Uint8Array(20).fill(2),
  port: 6881,
  uploaded: 0,
  downloaded: 0,
  left: 100,
  key: 7,
  address: "",
  userAgent: "Bittern",
  isPartialSeed: false,
  wantsPeers: true,
};

type HttpOutput = Extract<SessionOutput, { type: "http" }>;

/** Announces of one torrent, and a clock. */
class Stage {
  now: Millis = 0;
  /** What an answer made us send at once. */
  sent: SessionOutput[] = [];
  readonly announces: Announces;
  #requests = 0;

  constructor(urls: readonly string[], facts: Partial<AnnounceFacts> = {}) {
    const random = seededRandom(1);
    this.announces = new Announces({
      tiers: urls.map((url) => [url]),
      random,
      facts: () => ({ ...FACTS, ...facts }),
      nextRequest: () => ++this.#requests,
      udp: new UdpTrackers(random),
      preferences: new TrackerPreferences(),
    });
  }

  /** What is sent now. */
  tick(): readonly SessionOutput[] {
    const out: SessionOutput[] = [];
    this.announces.tick(this.now, out);
    return out;
  }

  start(): readonly SessionOutput[] {
    this.announces.start(this.now);
    return this.tick();
  }

  /** Starts where the host of the tracker says nothing by DNS. */
  startAsked(): readonly HttpOutput[] {
    return this.lookUp(this.start(), new HostError("NAME_NOT_FOUND", "nothing")).out as HttpOutput[];
  }

  lookUp(
    out: readonly SessionOutput[],
    outcome: readonly string[] | HostError,
  ): { out: SessionOutput[]; outcome: AnnounceOutcome | undefined } {
    const question = out[0];
    if (question?.type !== "resolve-texts") throw new Error("nothing was looked up");
    const sent: SessionOutput[] = [];
    return { outcome: this.announces.lookedUp(question.query, outcome, this.now, sent), out: sent };
  }

  answer(question: SessionOutput | undefined, outcome: HostError | object): AnnounceOutcome | undefined {
    if (question?.type !== "http") throw new Error("nothing was asked");
    const given = outcome instanceof HostError ? outcome : httpAnswer(outcome);
    this.sent = [];
    return this.announces.answeredByHttp(question.request, given, this.now, this.sent);
  }

  get state(): string | undefined {
    return this.announces.snapshot(this.now)[0]?.state;
  }
}

function httpAnswer(content: object): HttpAnswer {
  return { status: 200, headers: new Map(), url: "", address: "45.0.0.9", body: encode(content as Parameters<typeof encode>[0]) };
}

const NO_V6 = new HostError("FAMILY_ABSENT", "t.example has no IPv6 address");
const GOOD = { interval: 900, complete: 3, incomplete: 4, peers: new Uint8Array([45, 0, 0, 1, 26, 225]) };

describe("an announce", () => {
  it("goes out once per address family of a tracker with a name", () => {
    const questions = new Stage(["http://t.example/announce"]).startAsked();
    expect(questions.map(({ what }) => what.family)).toEqual([4, 6]);
    expect(questions.every(({ what }) => what.url.includes("event=started"))).toBe(true);
  });

  it("goes out once where the tracker has an address, and nobody is asked for its name", () => {
    const families = (url: string) => new Stage([url]).start().map((output) => (output as HttpOutput).what.family);
    expect(families("http://45.0.0.9/announce")).toEqual([4]);
    expect(families("http://[2a01::9]/announce")).toEqual([6]);
  });

  it("is not sent where the URL says in our name what only we may say, and the user hears why", () => {
    const stage = new Stage(["http://127.0.0.1/announce?info_hash=x&event=stopped", "http://45.0.0.9/announce?passkey=1"]);
    stage.announces.start(0);
    const out: SessionOutput[] = [];
    expect(stage.announces.tick(0, out)).toMatchObject({ type: "failed", message: expect.stringContaining("in our name") });
    expect([out, stage.state]).toEqual([[], "failed"]);
    expect((stage.tick()[0] as HttpOutput).what.url).toContain("passkey=1&info_hash=");
  });

  it("has no use for an answer of more than a mebibyte", () => {
    const questions = new Stage(["http://t.example/announce"]).startAsked();
    expect(questions.map(({ what }) => what.bodyLengthMax)).toEqual([MIB, MIB]);
  });

  it("comes from a torrent, so the host keeps it from other services of this machine", () => {
    expect((new Stage(["http://127.0.0.1/announce"]).start()[0] as HttpOutput).what.source).toBe("torrent");
  });

  it("of completion follows when the tracker has answered the first, however late that is", () => {
    const stage = new Stage(["http://45.0.0.9/announce"]);
    const [started] = stage.start();
    stage.announces.completed(100);
    stage.now = 3000;
    stage.answer(started, GOOD);
    const [completed] = stage.tick() as HttpOutput[];
    expect(completed?.what.url).toContain("event=completed");
    stage.answer(completed, GOOD);
    stage.now += 900_000;
    expect((stage.tick() as HttpOutput[])[0]?.what.url).not.toContain("event=");
  });

  it("of leaving follows when the tracker has answered the first after we left", () => {
    const stage = new Stage(["http://45.0.0.9/announce"]);
    const [started] = stage.start();
    const out: SessionOutput[] = [];
    expect(stage.announces.stop(100, out)).toBe(true);
    expect([out, stage.announces.isBusy]).toEqual([[], true]);
    stage.now = 2500;
    stage.answer(started, GOOD);
    expect(stage.sent.map((output) => (output as HttpOutput).what.url)).toEqual([expect.stringContaining("event=stopped")]);
    const [stopped] = stage.sent;
    stage.answer(stopped, GOOD);
    expect(stage.sent).toEqual([]);
    expect(stage.announces.isBusy).toBe(false);
  });

  it("that a user asks for waits for the tracker's minimum interval, and for five seconds where it was not reached", () => {
    const stage = new Stage(["http://45.0.0.9/announce"]);
    stage.answer(stage.start()[0], { ...GOOD, "min interval": 60 });
    stage.announces.hurry(1000, true);
    expect(stage.announces.deadline).toBe(60_000);
    stage.now = 60_000;
    stage.answer(stage.tick()[0], new HostError("TIMED_OUT", "silence"));
    stage.announces.hurry(60_100, true);
    expect(stage.announces.deadline).toBe(65_000);
  });

  it("goes out by each family for each info hash of a hybrid torrent", () => {
    const infoHashes = [new Uint8Array(20).fill(1), new Uint8Array(20).fill(3)];
    expect(new Stage(["http://t.example/announce"], { infoHashes }).startAsked()).toHaveLength(4);
  });

  it("counts as answered when one family was; the other says nothing", () => {
    const stage = new Stage(["http://t.example/announce"]);
    const [four, six] = stage.startAsked();
    expect(stage.answer(six, NO_V6)).toBeUndefined();
    expect(stage.answer(four, GOOD)).toMatchObject({ type: "peers", peers: [{ address: "45.0.0.1", port: 6881 }] });
    expect(stage.state).toBe("working");
    expect(stage.announces.deadline).toBe(900_000);
  });

  it("has failed when no family was answered, and tells what matters most", () => {
    const stage = new Stage(["http://t.example/announce"]);
    const [four, six] = stage.startAsked();
    expect(stage.answer(four, { "failure reason": "not registered" })).toBeUndefined();
    expect(stage.answer(six, NO_V6)).toEqual({ type: "refused", url: "http://t.example/announce", message: "not registered" });
    expect(stage.state).toBe("failed");
    expect(stage.announces.deadline).toBe(5000);
  });

  it("takes the larger count of two families", () => {
    const stage = new Stage(["http://t.example/announce"]);
    const [four, six] = stage.startAsked();
    stage.answer(four, GOOD);
    stage.answer(six, { ...GOOD, complete: 1, incomplete: 9 });
    expect(stage.announces.swarm).toEqual({ seeds: 3, peers: 9 });
  });

  it("says goodbye by each family, and never waits for a name to do so", () => {
    const stage = new Stage(["http://t.example/announce"]);
    const [four, six] = stage.startAsked();
    stage.answer(four, GOOD);
    stage.answer(six, GOOD);
    stage.now = 4_000_000;
    const out: SessionOutput[] = [];
    expect(stage.announces.stop(stage.now, out)).toBe(true);
    expect(out.map((output) => (output as HttpOutput).what.url.includes("event=stopped"))).toEqual([true, true]);
  });
});

/** Which hosts are asked, by whatever protocol. */
const hostsOf = (out: readonly SessionOutput[]) =>
  out.map((output) => {
    if (output.type === "http") return new URL(output.what.url).host;
    return output.type === "send-datagram" ? `${output.to.address}:${output.to.port}` : output.type;
  });

const SILENCE = new HostError("TIMED_OUT", "silence");

describe("a tracker that is silent", () => {
  it("has the next one asked beside it after five seconds, and not before", () => {
    const stage = new Stage(["udp://45.0.0.8:80", "http://45.0.0.9/announce"]);
    expect(hostsOf(stage.start())).toEqual(["45.0.0.8:80"]);
    expect(stage.announces.deadline).toBe(5000);
    stage.now = 4999;
    expect(stage.tick()).toEqual([]);
    stage.now = 5000;
    const [second] = stage.tick() as HttpOutput[];
    expect(second?.what.url).toContain("45.0.0.9/announce?info_hash=");
    expect(second?.what.url).toContain("event=started");
    expect(stage.answer(second, GOOD)).toMatchObject({ type: "peers" });
    expect(stage.tick()).toEqual([]);
  });

  it("is heard when it speaks after all, and gets a goodbye as the other does", () => {
    const stage = new Stage(["http://45.0.0.8/announce", "http://45.0.0.9/announce"]);
    const [first] = stage.start();
    stage.now = 5000;
    const [second] = stage.tick();
    stage.answer(second, GOOD);
    stage.now = 7000;
    expect(stage.answer(first, GOOD)).toMatchObject({ type: "peers", url: "http://45.0.0.8/announce" });
    expect(stage.announces.deadline).toBe(7000 + 900_000);
    const out: SessionOutput[] = [];
    stage.announces.stop(8000, out);
    expect(hostsOf(out)).toEqual(["45.0.0.8", "45.0.0.9"]);
  });

  it("is not asked again before its questions have ended, and all silent means waiting", () => {
    const stage = new Stage(["http://45.0.0.8/announce", "http://45.0.0.9/announce"]);
    const [first] = stage.start();
    stage.now = 5000;
    expect(hostsOf(stage.tick())).toEqual(["45.0.0.9"]);
    stage.now = 10_000;
    expect(stage.tick()).toEqual([]);
    expect(stage.announces.deadline).toBeUndefined();
    stage.now = 20_000;
    stage.answer(first, SILENCE);
    expect(stage.announces.deadline).toBe(25_000);
    stage.now = 25_000;
    expect(hostsOf(stage.tick())).toEqual(["45.0.0.8"]);
  });

  it("does not keep the others from being tried again", () => {
    const stage = new Stage(["http://45.0.0.8/announce", "http://45.0.0.9/announce"]);
    stage.start();
    stage.now = 5000;
    stage.answer(stage.tick()[0], new HostError("CONNECTION_REFUSED", "nobody there"));
    expect(stage.announces.deadline).toBe(10_000);
    stage.now = 10_000;
    expect(hostsOf(stage.tick())).toEqual(["45.0.0.9"]);
  });

  it("is the only one: nobody else is asked, and an added one at once", () => {
    const stage = new Stage(["http://45.0.0.8/announce"]);
    stage.start();
    stage.now = 5000;
    expect(stage.tick()).toEqual([]);
    expect(stage.announces.deadline).toBeUndefined();
    stage.announces.add("http://45.0.0.9/announce");
    expect(stage.announces.deadline).toBe(0);
    expect(hostsOf(stage.tick())).toEqual(["45.0.0.9"]);
  });

  it("by one family counts as heard when it answered by the other", () => {
    const stage = new Stage(["http://t.example/announce", "http://45.0.0.9/announce"]);
    const [four] = stage.startAsked();
    stage.answer(four, GOOD);
    stage.now = 5000;
    expect(stage.tick()).toEqual([]);
    expect(stage.announces.deadline).toBeUndefined();
  });
});

describe("the preferences of a tracker's host", () => {
  it("lead to the next place while the first is silent, and the goodbye goes to the one that heard", () => {
    const stage = new Stage(["http://t.example/announce"]);
    const { out: first } = stage.lookUp(stage.start(), ["BITTORRENT TCP:81 TCP:82"]);
    expect(hostsOf(first)).toEqual(["t.example:81", "t.example:81"]);
    stage.now = 5000;
    const second = stage.tick();
    expect(hostsOf(second)).toEqual(["t.example:82", "t.example:82"]);
    for (const question of second) stage.answer(question, GOOD);
    stage.now = 20_000;
    for (const question of first) expect(stage.answer(question, SILENCE)).toBeUndefined();
    expect(stage.state).toBe("working");
    stage.now = 905_000;
    expect(hostsOf(stage.tick())).toEqual(["t.example:82", "t.example:82"]);
  });

  it("lead back to the first place where that answers late", () => {
    const stage = new Stage(["http://t.example/announce"]);
    const { out: first } = stage.lookUp(stage.start(), ["BITTORRENT TCP:81 TCP:82"]);
    stage.now = 5000;
    const second = stage.tick();
    stage.now = 6000;
    for (const question of first) stage.answer(question, GOOD);
    for (const question of second) stage.answer(question, SILENCE);
    expect([stage.state, stage.announces.deadline]).toEqual(["working", 906_000]);
    const out: SessionOutput[] = [];
    stage.announces.stop(7000, out);
    expect(hostsOf(out)).toEqual(["t.example:81", "t.example:81"]);
  });

  it("are asked for once before the first announce, and hold for an hour", () => {
    const stage = new Stage(["http://t.example/announce"]);
    const first = stage.start();
    expect(first).toEqual([{ type: "resolve-texts", query: 1, name: "t.example" }]);
    expect(stage.announces.deadline).toBeUndefined();
    const { out } = stage.lookUp(first, ["BITTORRENT TCP:8080"]);
    expect((out as HttpOutput[]).map(({ what }) => new URL(what.url).host)).toEqual(["t.example:8080", "t.example:8080"]);
    for (const question of out) stage.answer(question, GOOD);
    stage.now = 900_000;
    expect(stage.tick().map(({ type }) => type)).toEqual(["http", "http"]);
  });

  it("forbid an announce where they list no tracker", () => {
    const stage = new Stage(["http://www.example/announce"]);
    const { out, outcome } = stage.lookUp(stage.start(), ["BITTORRENT DENY ALL"]);
    expect(out).toEqual([]);
    expect(outcome).toMatchObject({ type: "failed", url: "http://www.example/announce" });
    expect(stage.announces.deadline).toBe(3_600_000);
  });

  it("lead to the next place when one does not answer", () => {
    const stage = new Stage(["http://t.example/announce"]);
    const { out } = stage.lookUp(stage.start(), ["BITTORRENT TCP:81 TCP:82"]);
    for (const question of out) stage.answer(question, new HostError("CONNECTION_REFUSED", "nobody there"));
    stage.now = 5000;
    expect((stage.tick() as HttpOutput[]).map(({ what }) => new URL(what.url).port)).toEqual(["82", "82"]);
  });

  it("are of no interest after the torrent was stopped", () => {
    const stage = new Stage(["http://t.example/announce"]);
    const asked = stage.start();
    expect(stage.announces.stop(0, [])).toBe(false);
    expect(stage.lookUp(asked, ["BITTORRENT TCP:81"]).out).toEqual([]);
  });
});

describe("an answer over HTTP", () => {
  it("that is no answer says what the server said", () => {
    const stage = new Stage(["http://45.0.0.9/announce"]);
    const [question] = stage.start() as HttpOutput[];
    const answer: HttpAnswer = { ...httpAnswer({}), status: 404, body: utf8("not found") };
    expect(stage.announces.answeredByHttp(question?.request ?? 0, answer, 0, [])).toMatchObject({ message: "HTTP status 404" });
  });
});
