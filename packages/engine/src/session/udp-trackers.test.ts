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

  ask(url: string, family: 4 | 6, question: UdpQuestion = ANNOUNCE, request = 1): readonly SessionOutput[] {
    const out: SessionOutput[] = [];
    this.trackers.ask(request, { url, family, source: "torrent" }, question, 0, out);
    return out;
  }

  resolved(addresses: readonly string[] | HostError, request = 1): readonly Sent[] {
    return sent((out) => this.trackers.resolved(request, addresses, 0, out));
  }

  tick(now: Millis): readonly Sent[] {
    return sent((out) => this.trackers.tick(now, out));
  }

  /** The tracker at `from` says this. */
  hear(bytes: Uint8Array, from: Endpoint): readonly Sent[] {
    return sent((out) => this.trackers.receive(bytes, from, 0, out));
  }

  connect({ to, request }: Sent): readonly Sent[] {
    return this.hear(encodeUdpConnected(transactionOf(request), new Uint8Array(8).fill(9)), to);
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
