import { latin1, utf8 } from "@bittern/protocol/base";
import { seededRandom } from "@bittern/protocol/fuzz";
import {
  type AddressFamily,
  type AnnounceRequest,
  type AnnounceSuccess,
  decodeUdpAnswer,
  encodeUdpAnnounce,
  encodeUdpConnect,
  encodeUdpScrape,
  type UdpAnswer,
} from "@bittern/protocol/tracker";
import { describe, expect, it } from "vitest";
import type { TrackerSettings } from "../settings.ts";
import { TrackerSpeaker } from "../testing.ts";

function tracker(settings: Partial<TrackerSettings> = {}): TrackerSpeaker {
  return new TrackerSpeaker(settings, seededRandom(1));
}

const REQUEST: AnnounceRequest = {
  infoHash: new Uint8Array(20).fill(1),
  peerId: utf8("-BY0100-abcdefghijkl"),
  port: 6881,
  uploaded: 0,
  downloaded: 0,
  left: 100,
};

function familyOf(address: string): AddressFamily {
  return address.includes(":") ? "ipv6" : "ipv4";
}

function ask(speaker: TrackerSpeaker, address: string, datagram: Uint8Array): UdpAnswer | undefined {
  const answer = speaker.datagram(datagram, { address, port: 5000 });
  if (answer === undefined) return undefined;
  const decoded = decodeUdpAnswer(answer, familyOf(address));
  if (decoded.type === "malformed") throw new Error(decoded.code);
  return decoded;
}

function connect(speaker: TrackerSpeaker, address: string): Uint8Array {
  const answer = ask(speaker, address, encodeUdpConnect(7));
  if (answer?.type !== "connected") throw new Error("not connected");
  expect(answer.transactionId).toBe(7);
  return answer.connectionId;
}

function announce(speaker: TrackerSpeaker, address: string, request: Partial<AnnounceRequest> = {}): AnnounceSuccess {
  const connectionId = connect(speaker, address);
  const answer = ask(speaker, address, encodeUdpAnnounce({ connectionId, transactionId: 9, request: { ...REQUEST, ...request } }));
  if (answer?.type !== "announced") throw new Error(`no answer but ${JSON.stringify(answer)}`);
  expect(answer.transactionId).toBe(9);
  speaker.machine.check();
  return answer.answer;
}

describe("A tracker over UDP", () => {
  it("introduces two peers to each other", () => {
    const speaker = tracker();
    expect(announce(speaker, "192.0.2.1", { left: 0 })).toMatchObject({ peers: [], complete: 1, incomplete: 0, interval: 1800 });
    expect(announce(speaker, "192.0.2.2", { event: "started" })).toMatchObject({
      peers: [{ address: "192.0.2.1", port: 6881 }],
      complete: 1,
      incomplete: 1,
    });
    expect(announce(speaker, "192.0.2.1", { left: 0 }).peers).toEqual([{ address: "192.0.2.2", port: 6881 }]);
    announce(speaker, "192.0.2.2", { event: "stopped" });
    expect(announce(speaker, "192.0.2.1", { left: 0 })).toMatchObject({ peers: [], incomplete: 0 });
  });

  it("gives each family its own peers and counts them together", () => {
    const speaker = tracker();
    announce(speaker, "192.0.2.1");
    announce(speaker, "2001:db8::1");
    expect(announce(speaker, "192.0.2.2")).toMatchObject({ peers: [{ address: "192.0.2.1", port: 6881 }], incomplete: 3 });
    expect(announce(speaker, "2001:db8::2")).toMatchObject({ peers: [{ address: "2001:db8::1", port: 6881 }], incomplete: 4 });
  });

  it("gives 70 peers at most, and 50 to who does not say", () => {
    const speaker = tracker();
    for (let number = 1; number <= 100; number++) announce(speaker, `2001:db8::${number}`);
    const given = (numwant?: number) => announce(speaker, "2001:db8::1", numwant === undefined ? {} : { numwant }).peers.length;
    expect([given(), given(0), given(5), given(2 ** 31 - 1)]).toEqual([50, 0, 5, 70]);
  });

  it("scrapes in the order of the question, zeros for what is unknown, twice what is asked twice", () => {
    const speaker = tracker();
    announce(speaker, "192.0.2.1", { left: 0, event: "completed" });
    const unknown = new Uint8Array(20);
    const connectionId = connect(speaker, "192.0.2.9");
    const answer = ask(
      speaker,
      "192.0.2.9",
      encodeUdpScrape({ connectionId, transactionId: 3, infoHashes: [REQUEST.infoHash, unknown, REQUEST.infoHash] }),
    );
    const one = { complete: 1, downloaded: 1, incomplete: 0 };
    expect(answer).toEqual({ type: "scraped", transactionId: 3, swarms: [one, { complete: 0, downloaded: 0, incomplete: 0 }, one] });
    const many = ask(speaker, "192.0.2.9", encodeUdpScrape({ connectionId, transactionId: 3, infoHashes: new Array(70).fill(unknown) }));
    expect(many?.type === "scraped" && many.swarms.length).toBe(70);
  });

  it("takes event 4 for the pause of a partial seed, as libtorrent sends it", () => {
    const speaker = tracker();
    const connectionId = connect(speaker, "192.0.2.1");
    const datagram = encodeUdpAnnounce({ connectionId, transactionId: 1, request: REQUEST });
    datagram[83] = 4;
    ask(speaker, "192.0.2.1", datagram);
    expect(speaker.machine.snapshot(speaker.now)).toMatchObject({ partialSeeds: 1, downloaders: 0 });
  });

  it("counts a completion once, however often its datagram comes", () => {
    const speaker = tracker();
    announce(speaker, "192.0.2.1");
    for (let round = 0; round < 3; round++) announce(speaker, "192.0.2.1", { left: 0, event: "completed" });
    expect(speaker.machine.snapshot(speaker.now).completed).toBe(1);
  });

  it("knows the same client by its key over HTTP and UDP", () => {
    const speaker = tracker();
    announce(speaker, "192.0.2.1", { key: 0xdeadbeef });
    const stop = `/announce?info_hash=${"%01".repeat(20)}&peer_id=-BY0100-abcdefghijkl&port=6881&left=0&event=stopped&key=`;
    speaker.get("192.0.2.1", `${stop}DEADBEE0`);
    expect(speaker.machine.snapshot(speaker.now).peers.all).toBe(1);
    speaker.get("192.0.2.1", `${stop}DEADBEEF`);
    expect(speaker.machine.snapshot(speaker.now).peers.all).toBe(0);
  });

  it("heeds the address field only from its own network", () => {
    const speaker = tracker();
    announce(speaker, "203.0.113.1", { ip: "8.8.8.8" });
    announce(speaker, "192.168.1.1", { ip: "8.8.4.4" });
    expect(
      announce(speaker, "192.0.2.1")
        .peers.map(({ address }) => address)
        .toSorted(),
    ).toEqual(["203.0.113.1", "8.8.4.4"]);
  });

  it("passes over an address where no peer can be", () => {
    const speaker = tracker();
    for (const ip of ["255.255.255.255", "224.0.0.1", "240.0.0.1", "169.254.169.254", "0.0.0.1"]) announce(speaker, "192.168.1.1", { ip });
    expect(announce(speaker, "192.0.2.1").peers.map(({ address }) => address)).toEqual(["192.168.1.1"]);
  });

  it("is silent to whoever shows no connection id of its own address and time", () => {
    const speaker = tracker();
    const connectionId = connect(speaker, "192.0.2.1");
    const datagram = encodeUdpAnnounce({ connectionId, transactionId: 1, request: REQUEST });
    expect(ask(speaker, "192.0.2.2", datagram)).toBeUndefined();
    expect(
      ask(speaker, "192.0.2.1", encodeUdpAnnounce({ connectionId: new Uint8Array(8), transactionId: 1, request: REQUEST })),
    ).toBeUndefined();
    expect(ask(speaker, "192.0.2.1", datagram)?.type).toBe("announced");
    speaker.wait(123_000);
    expect(ask(speaker, "192.0.2.1", datagram)).toBeUndefined();
    expect(speaker.machine.snapshot(speaker.now).counts.unverified).toBe(3);
  });

  it("never answers a stranger with more than came", () => {
    const speaker = tracker();
    expect(speaker.datagram(encodeUdpConnect(1), { address: "192.0.2.1", port: 1 })?.length).toBe(16);
    const wrongProtocol = encodeUdpConnect(1);
    wrongProtocol[3] = 0;
    for (const datagram of [wrongProtocol, encodeUdpConnect(1).subarray(0, 15), new Uint8Array(0), new Uint8Array(98).fill(3)]) {
      expect(speaker.datagram(datagram, { address: "192.0.2.1", port: 1 })).toBeUndefined();
    }
    expect(speaker.datagram(encodeUdpConnect(1), { address: "192.0.2.1", port: 0 })).toBeUndefined();
  });

  it("says what is wrong to those it knows", () => {
    const speaker = tracker({ admits: () => false });
    const connectionId = connect(speaker, "192.0.2.1");
    const tell = (request: AnnounceRequest) => ask(speaker, "192.0.2.1", encodeUdpAnnounce({ connectionId, transactionId: 4, request }));
    expect(tell({ ...REQUEST, port: 0 })).toEqual({ type: "error", transactionId: 4, failure: "port must be from 1 to 65535" });
    expect(tell(REQUEST)).toEqual({ type: "error", transactionId: 4, failure: "this torrent is not allowed here" });
    const cut = encodeUdpAnnounce({ connectionId, transactionId: 4, request: REQUEST }).subarray(0, 97);
    expect(ask(speaker, "192.0.2.1", cut)).toBeUndefined();
  });

  it("reads no options it does not know, however they are written", () => {
    const speaker = tracker();
    const connectionId = connect(speaker, "192.0.2.1");
    for (const urlData of ["", "/announce?x=1", "/".repeat(600)]) {
      expect(ask(speaker, "192.0.2.1", encodeUdpAnnounce({ connectionId, transactionId: 4, request: REQUEST, urlData }))?.type).toBe(
        "announced",
      );
    }
    expect(latin1(connectionId).length).toBe(8);
  });
});
