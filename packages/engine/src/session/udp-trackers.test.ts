import type { Endpoint } from "@bittern/protocol/address";
import { HostError, type Millis } from "@bittern/protocol/base";
import { seededRandom } from "@bittern/protocol/fuzz";
import { decodeUdpRequest, encodeUdpAnnounced, encodeUdpConnected, encodeUdpScraped, type UdpRequest } from "@bittern/protocol/tracker";
import { describe, expect, it } from "vitest";
import type { SessionOutput } from "./output.ts";
import { type UdpQuestion, UdpTrackers } from "./udp-trackers.ts";

const ANNOUNCE: UdpQuestion = {
  type: "announce",
  announce: {
    infoHash: new Uint8Array(20).fill(1),
    peerId: new Uint8Array(20).fill(2),
    port: 6881,
    uploaded: 0,
    downloaded: 0,
    left: 1,
  },
};
const URL_OF_NAME = "udp://t.example:6969/announce";

interface Sent {
  readonly to: Endpoint;
  readonly request: UdpRequest;
}

class Stage {
  readonly trackers: UdpTrackers = new UdpTrackers(seededRandom(1));

  ask(url: string, family: 4 | 6, question: UdpQuestion = ANNOUNCE, request = 1, now: Millis = 0): readonly SessionOutput[] {
    const out: SessionOutput[] = [];
    this.trackers.ask(request, { url, family, source: "torrent" }, question, now, out);
    return out;
  }

  /** Asks the n-th of many trackers, which answers; what we had to send first. */
  askOneOf(number: number, now: Millis = 0): UdpRequest["type"] | undefined {
    const url = `udp://45.0.${number >> 8}.${number & 255}:6969`;
    const [first] = sent((out) => out.push(...this.ask(url, 4, ANNOUNCE, number, now)));
    if (first === undefined) return undefined;
    const begun = first.request.type === "connect" ? this.connect(first, now) : [first];
    for (const { to, request } of begun)
      this.hear(encodeUdpAnnounced(transactionOf(request), { interval: 900, complete: 0, incomplete: 0, peers: [] }, "ipv4"), to, now);
    return first.request.type;
  }

  resolved(addresses: readonly string[] | HostError, request = 1): readonly Sent[] {
    return sent((out) => this.trackers.resolved(request, addresses, 0, out));
  }

  tick(now: Millis): readonly Sent[] {
    return sent((out) => this.trackers.tick(now, out));
  }

  /** The tracker at `from` says this. */
  hear(bytes: Uint8Array, from: Endpoint, now: Millis = 0): readonly Sent[] {
    return sent((out) => this.trackers.receive(bytes, from, now, out));
  }

  connect({ to, request }: Sent, now: Millis = 0): readonly Sent[] {
    return this.hear(encodeUdpConnected(transactionOf(request), new Uint8Array(8).fill(9)), to, now);
  }
}

function sent(act: (out: SessionOutput[]) => void): readonly Sent[] {
  const out: SessionOutput[] = [];
  act(out);
  return out.flatMap((output) => {
    if (output.type !== "send-datagram") return [];
    const request = decodeUdpRequest(output.bytes);
    if (request.type === "malformed") throw new Error("we sent a datagram that nobody can read");
    return [{ to: output.to, request }];
  });
}

function transactionOf(request: UdpRequest): number {
  return request.transactionId;
}

describe("a question to a UDP tracker", () => {
  it("goes by the family it is told, to the addresses of that family only", () => {
    const stage = new Stage();
    expect(stage.ask(URL_OF_NAME, 4, ANNOUNCE, 1)).toEqual([{ type: "resolve", query: 1, name: "t.example" }]);
    stage.ask(URL_OF_NAME, 6, ANNOUNCE, 2);
    const addresses = ["2a01::9", "45.0.0.9"];
    expect(stage.resolved(addresses, 1).map(({ to }) => to.address)).toEqual(["45.0.0.9"]);
    expect(stage.resolved(addresses, 2).map(({ to }) => to.address)).toEqual(["2a01::9"]);
  });

  it("goes nowhere where nobody may send us, by number or by name, and to no port of another service", () => {
    const denied = ["udp://169.254.169.254:80", "udp://224.0.0.1:6969", "udp://255.255.255.255:6969", "udp://[fe80::1]:6969"];
    for (const url of denied) {
      const stage = new Stage();
      expect(stage.ask(url, url.includes("[") ? 6 : 4)).toEqual([]);
      expect(stage.trackers.takeAnswers()).toMatchObject([{ outcome: { code: "ADDRESS_DENIED" } }]);
    }
    const stage = new Stage();
    stage.ask(URL_OF_NAME, 4);
    expect(stage.resolved(["45.0.0.9", "169.254.169.254"])).toEqual([]);
    expect(stage.trackers.takeAnswers()).toMatchObject([{ outcome: { code: "ADDRESS_DENIED" } }]);
    expect(stage.ask("udp://45.0.0.9:11211", 4)).toEqual([]);
    expect(stage.trackers.takeAnswers()).toMatchObject([{ outcome: { code: "URL_DENIED" } }]);
  });

  it("fails at once where the name has no address of the family", () => {
    const stage = new Stage();
    stage.ask(URL_OF_NAME, 6);
    expect(stage.resolved(["45.0.0.9"])).toEqual([]);
    expect(stage.trackers.takeAnswers()).toMatchObject([{ request: 1, outcome: { code: "FAMILY_ABSENT" } }]);
  });

  it("gets peers of the family it went by", () => {
    for (const [url, family, address] of [
      ["udp://45.0.0.9:6969", 4, "45.0.0.1"],
      ["udp://[2a01::9]:6969", 6, "2a01::1"],
    ] as const) {
      const stage = new Stage();
      const [connect] = sent((out) => out.push(...stage.ask(url, family)));
      const [announce] = stage.connect(connect as Sent);
      const answer = { interval: 900, complete: 1, incomplete: 2, peers: [{ address, port: 5 }] };
      stage.hear(encodeUdpAnnounced(transactionOf(announce!.request), answer, family === 4 ? "ipv4" : "ipv6"), announce!.to);
      expect(stage.trackers.takeAnswers()).toMatchObject([{ outcome: { peers: [{ address, port: 5 }] }, from: announce!.to.address }]);
    }
  });

  it("tries the next address of a name after each time-out, and gives up after three", () => {
    const stage = new Stage();
    stage.ask(URL_OF_NAME, 4);
    const tried = [...stage.resolved(["45.0.0.8", "45.0.0.9"])];
    for (let tries = 0; tries < 3; tries++) tried.push(...stage.tick(stage.trackers.deadline ?? 0));
    expect(tried.map(({ to }) => to.address)).toEqual(["45.0.0.8", "45.0.0.9", "45.0.0.8"]);
    expect(stage.trackers.takeAnswers()).toMatchObject([{ outcome: { code: "TIMED_OUT" } }]);
    expect(stage.trackers.deadline).toBeUndefined();
  });

  it("may ask for counts only", () => {
    const stage = new Stage();
    const infoHashes = [new Uint8Array(20).fill(1), new Uint8Array(20).fill(2)];
    const [connect] = sent((out) => out.push(...stage.ask("udp://45.0.0.9:6969", 4, { type: "scrape", infoHashes })));
    const [scrape] = stage.connect(connect as Sent);
    expect(scrape?.request).toMatchObject({ type: "scrape", infoHashes });
    const swarms = [{ complete: 1, downloaded: 2, incomplete: 3 }];
    stage.hear(encodeUdpScraped(transactionOf(scrape!.request), swarms), scrape!.to);
    expect(stage.trackers.takeAnswers()).toMatchObject([{ outcome: { swarms } }]);
  });

  it("believes nobody but the tracker", () => {
    const stage = new Stage();
    const [connect] = sent((out) => out.push(...stage.ask("udp://45.0.0.9:6969", 4)));
    const answer = encodeUdpConnected(transactionOf(connect!.request), new Uint8Array(8));
    expect(stage.hear(answer, { address: "45.0.0.8", port: 6969 })).toEqual([]);
    expect(stage.hear(answer, { address: "45.0.0.9", port: 6968 })).toEqual([]);
    expect(stage.hear(answer, { address: "45.0.0.9", port: 6969 })).toHaveLength(1);
  });

  it("needs a port, and a name that exists", () => {
    const stage = new Stage();
    stage.ask("udp://t.example/announce", 4);
    stage.ask(URL_OF_NAME, 4, ANNOUNCE, 2);
    stage.resolved(new HostError("NAME_NOT_FOUND", "nobody"), 2);
    expect(stage.trackers.takeAnswers()).toMatchObject([{ outcome: { code: "TRACKER_URL" } }, { outcome: { code: "NAME_NOT_FOUND" } }]);
  });
});

describe("a connection id", () => {
  it("serves the next question for a minute", () => {
    const stage = new Stage();
    expect([0, 59_999, 60_000].map((now) => stage.askOneOf(1, now))).toEqual(["connect", "announce", "connect"]);
  });

  it("is one of a thousand at most: the oldest goes", () => {
    const stage = new Stage();
    for (let number = 1; number <= 1001; number++) stage.askOneOf(number);
    expect([2, 1001].map((number) => stage.askOneOf(number))).toEqual(["announce", "announce"]);
    // Asking the first one again makes room at the expense of the second.
    expect([1, 2, 3].map((number) => stage.askOneOf(number))).toEqual(["connect", "connect", "connect"]);
  });

  it("makes room before all others once its minute is over", () => {
    const stage = new Stage();
    for (let number = 1; number <= 1000; number++) stage.askOneOf(number, number === 500 ? 0 : 30_000);
    stage.askOneOf(1001, 60_000);
    expect([1, 2, 499, 501, 1000].map((number) => stage.askOneOf(number, 60_000))).toEqual(Array(5).fill("announce"));
  });
});
